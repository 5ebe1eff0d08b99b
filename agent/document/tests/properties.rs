//! What holds for every input.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests may be blunt"
)]

mod world;

use std::sync::LazyLock;

use arch_document::{Job, NoHistory, SignedDocument, TrustRoot, yaml};
use arch_identity::{
    Digest,
    canonical::{self, Decimal, Json},
};
use proptest::prelude::*;
use world::*;

/// A root, and a job that it believes.
static GOOD: LazyLock<(TrustRoot, String, Digest)> = LazyLock::new(|| {
    let root = RootText::new(1).person("bea").role("jobs", &["bea"], 1, "Job").active();
    let text = sign_text(&job_text(), &["bea"]);
    let digest = SignedDocument::parse("f", text.as_bytes()).unwrap().digest();
    (root, text, digest)
});

/// Text made of what YAML is made of, so that many of them come far.
fn yaml_like() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "a",
        "b: ",
        "c:\n",
        "- ",
        "\n",
        "  ",
        "    ",
        "[",
        "]",
        "{",
        "}",
        ", ",
        ": ",
        "? ",
        "\"",
        "'",
        "\"x\"",
        "'y'",
        "#",
        " # z",
        "|\n",
        ">-\n",
        "&a ",
        "*a",
        "!t ",
        "<<: ",
        "1",
        "0.5",
        "-",
        "true",
        "null",
        "~",
        "---\n",
        "...\n",
        "%YAML 1.2\n",
        "\\n",
        "\\u0041",
        "é",
        "e\u{301}",
        "\u{feff}",
        "\t",
        "\r\n",
        "\r",
        "yes",
        "2026-11-23",
        "apiVersion: arch.network/v1\n",
        "kind: Job\n",
        "metadata: {name: a}\n",
        "spec:\n",
        "signatures:\n",
    ]);
    prop::collection::vec(pieces, 0..40).prop_map(|pieces| pieces.concat())
}

fn json() -> impl Strategy<Value = Json> {
    let text = prop_oneof![
        "[ -~]{0,12}",
        "(yes|no|~|null|1|0x1|1\\.0|:|- |# )",
        "[a-zé世😀\\n\\t\"\\\\]{0,6}"
    ];
    let leaf = prop_oneof![
        any::<bool>().prop_map(Json::Bool),
        (-9_007_199_254_740_991_i64..=9_007_199_254_740_991).prop_map(Json::Integer),
        (-999_999_999_999_999_i64..=999_999_999_999_999)
            .prop_filter("a fraction", |n| n % 1_000_000 != 0)
            .prop_map(|n| Json::Decimal(Decimal::from_micros(n).unwrap())),
        text.prop_map(Json::Text),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Json::List),
            prop::collection::btree_map("[A-Za-z0-9._/-]{1,8}", inner, 0..6).prop_map(Json::Object),
        ]
    })
}

/// A document whose spec holds `value`, as canonical JSON.
fn document_of(value: Json) -> Vec<u8> {
    let text = |text: &str| Json::Text(text.to_owned());
    let map = |fields: Vec<(&str, Json)>| {
        Json::Object(fields.into_iter().map(|(k, v)| (k.to_owned(), v)).collect())
    };
    let document = map(vec![
        ("apiVersion", text("arch.network/v1")),
        ("kind", text("Job")),
        ("metadata", map(vec![("name", text("a"))])),
        ("spec", map(vec![("x", value)])),
    ]);
    canonical::write(&document).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = yaml::load("f", &bytes);
        let _ = SignedDocument::parse("f", &bytes);
        let _ = SignedDocument::parse("f", &[b"{".as_slice(), &bytes].concat());
    }

    #[test]
    fn no_text_panics_and_every_refusal_has_a_place_within_the_file(text in yaml_like()) {
        if let Err(problem) = SignedDocument::parse("f", text.as_bytes()) {
            let span = problem.at.as_ref().unwrap().span;
            prop_assert!(span.start <= span.end && span.end <= text.len(), "{:?}", problem);
            prop_assert!(span.line >= 1 && span.column >= 1);
            prop_assert!(!problem.help.is_empty());
        }
    }

    #[test]
    fn every_place_of_an_accepted_text_is_where_it_says(text in yaml_like()) {
        if let Ok(tree) = yaml::load("f", text.as_bytes()) {
            check_places(&text, tree.root())?;
        }
    }

    /// JSON is YAML, so canonical JSON behind a blank is a YAML document of one line.
    #[test]
    fn canonical_json_read_as_yaml_has_itself_as_its_canonical_form(value in json()) {
        let body = document_of(value);
        let line = [b"--- ".as_slice(), &body, b"\n"].concat();
        match SignedDocument::parse("f", &line) {
            Ok(document) => {
                prop_assert_eq!(document.body(), &body);
                let plain: serde_json::Value = serde_json::from_slice(&body).unwrap();
                let theirs = serde_json_canonicalizer::to_vec(&plain).unwrap();
                prop_assert_eq!(theirs, body, "an independent writer disagrees");
            }
            Err(problem) => prop_assert!(false, "{} in {}", problem, String::from_utf8_lossy(&body)),
        }
    }

    #[test]
    fn an_envelope_read_back_is_the_same_document(value in json()) {
        let line = [b"--- ".as_slice(), &document_of(value), b"\n"].concat();
        let document = SignedDocument::parse("f", &line).unwrap();
        let again = SignedDocument::parse("f", document.to_envelope().as_bytes()).unwrap();
        prop_assert_eq!(again.body(), document.body());
        prop_assert_eq!(again.to_envelope(), document.to_envelope());
    }

    #[test]
    fn no_mutant_of_a_signed_job_is_believed(at in any::<prop::sample::Index>(), with in yaml_like()) {
        let (root, text, digest_of_good) = &*GOOD;
        let at = at.index(text.len());
        let mutant = format!("{}{with}{}", &text[..at], &text[at..]);
        if let Ok(document) = SignedDocument::parse("f", mutant.as_bytes()) {
            let digest = document.digest();
            if root.verify::<Job>(document, &noon(), &NoHistory).is_ok() {
                prop_assert_eq!(digest, *digest_of_good);
            }
        }
    }
}

fn check_places(text: &str, node: &yaml::Node) -> Result<(), TestCaseError> {
    let at = |span: arch_problem::Span| {
        let before = &text[..span.start];
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap().chars().count() + 1;
        (line as u32, column as u32)
    };
    prop_assert_eq!(at(node.span), (node.span.line, node.span.column), "{:?} in {:?}", node, text);
    match &node.value {
        yaml::Value::List(items) => items.iter().try_for_each(|item| check_places(text, item)),
        yaml::Value::Map(fields) => fields.values().try_for_each(|field| {
            prop_assert_eq!(at(field.key), (field.key.line, field.key.column));
            check_places(text, &field.node)
        }),
        yaml::Value::Text(value) if !text[node.span.start..].starts_with(['"', '\'', '|']) => {
            // A block text's place is its content; what it says is looked at elsewhere.
            let raw = &text[node.span.start..node.span.end];
            prop_assert!(
                raw == value || raw.contains('\n') || raw.starts_with(' ') || value.contains('\n'),
                "{raw:?} is not {value:?} in {text:?}"
            );
            Ok(())
        }
        _ => Ok(()),
    }
}
