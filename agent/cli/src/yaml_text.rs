//! Writes JSON values as the strict YAML that every parser reads alike: block style, all texts
//! quoted unless they are plain words.

use serde_json::Value;

/// The value as a YAML document; the top must be a map.
pub(crate) fn write(value: &Value) -> String {
    let mut out = String::new();
    block(value, 0, &mut out);
    out
}

fn block(value: &Value, depth: usize, out: &mut String) {
    let indent = "  ".repeat(depth);
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                out.push_str(&format!("{indent}{}:", word(key)));
                below(value, depth, out);
            }
        }
        Value::Array(list) => {
            for value in list {
                out.push_str(&format!("{indent}-"));
                below(value, depth, out);
            }
        }
        scalar => out.push_str(&format!("{indent}{}\n", flat(scalar))),
    }
}

/// Scalars, and lists of scalars, stay on the line of their key; the rest goes below it.
fn below(value: &Value, depth: usize, out: &mut String) {
    if is_flat(value) {
        out.push_str(&format!(" {}\n", flat(value)));
    } else {
        out.push('\n');
        block(value, depth.saturating_add(1), out);
    }
}

/// Longer lists are easier to read, and to point into, one entry a line.
const SHORT: usize = 60;

fn is_flat(value: &Value) -> bool {
    match value {
        Value::Object(map) => map.is_empty(),
        Value::Array(list) => {
            let scalars = list.iter().all(|item| !item.is_object() && !item.is_array());
            list.is_empty() || (scalars && flat(value).len() <= SHORT)
        }
        _ => true,
    }
}

fn flat(value: &Value) -> String {
    match value {
        Value::Array(list) => {
            format!("[{}]", list.iter().map(flat).collect::<Vec<_>>().join(", "))
        }
        Value::Object(_) => "{}".to_owned(),
        Value::String(text) => word(text),
        // `null` cannot be signed; whoever hands one in gets the loader's refusal.
        other => other.to_string(),
    }
}

/// Words that no version of YAML takes for something else stay bare.
fn word(text: &str) -> String {
    let plain = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'/' | b'.' | b'_'))
        && !RESERVED.iter().any(|reserved| text.eq_ignore_ascii_case(reserved));
    if plain { text.to_owned() } else { Value::from(text).to_string() }
}

const RESERVED: [&str; 9] = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_written_is_read_back_by_the_strict_loader() {
        let value = json!({
            "apiVersion": "arch.network/v1",
            "kind": "Root",
            "metadata": { "name": "x", "notAfter": "2026-11-23T00:00:00Z", "version": 1 },
            "spec": {
                "keys": { "root-1": { "alg": "ed25519", "public": "did:key:z6Mk" }, "no": {} },
                "roles": { "root": { "keys": ["root-1", "1.10", "on"], "threshold": 2 } },
                "list": [ { "a": "b c" }, [], ["x"] ],
                "odd": "a\"b\\c: #\t",
            },
        });
        let text = write(&value);
        let document = arch_document::SignedDocument::parse("x.yaml", text.as_bytes()).unwrap();
        let body: Value = serde_json::from_slice(document.body()).unwrap();
        assert_eq!(body, value, "{text}");
    }

    #[test]
    fn ambiguous_words_are_quoted() {
        assert_eq!(word("Root"), "Root");
        for text in ["yes", "No", "1.10", "2026-11-23", "", "a b", "a:b", "~", "-x"] {
            assert!(word(text).starts_with('"'), "{text}");
        }
    }
}
