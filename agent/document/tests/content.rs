//! What documents say: fields, forms, and the places that refusals point at.
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

use arch_document::{ConstraintValue, Grant, Job, Runtime, SignedDocument, quantity::Cpu};
use world::*;

fn job(text: &str) -> Result<Job, String> {
    let document = SignedDocument::parse("job.yaml", text.as_bytes()).unwrap();
    document.read::<Job>().map_err(|problem| {
        let span = problem.at.as_ref().unwrap().span;
        format!("{} {}:{} {}", problem.code, span.line, span.column, problem.message)
    })
}

/// The job with further lines under `spec`.
fn with(lines: &str) -> Result<Job, String> {
    job(&format!("{}{lines}", job_text()))
}

#[test]
fn the_job_of_the_design_is_read_once_metadata_says_when_and_which() {
    let text = include_str!("../../../tests/vectors/document/accepted/job-of-the-design.yaml");
    let document = SignedDocument::parse("job.yaml", text.as_bytes()).unwrap();
    assert_eq!(document.signatures().len(), 1);
    let problem = document.read::<Job>().unwrap_err();
    assert_eq!(problem.code.as_str(), "ARCH-D203");
    assert!(problem.help.contains("nonce: \""), "{}", problem.help);
    let life = format!(
        "owner: \"user:superintelligence\", nonce: \"{NONCE}\", notBefore: \"2026-11-23T00:00:00Z\", \
         notAfter: \"2026-11-24T00:00:00Z\""
    );
    let job = job(&text.replace("owner: \"user:superintelligence\"", &life)).unwrap();
    assert_eq!((job.spec.runtime, job.owner()), (Runtime::Wasm, "user:superintelligence"));
    assert_eq!(job.spec.resources.cpu, Cpu::from_millicores(4_000));
    assert_eq!(job.spec.capabilities.fs[1], "write:/var/arch/cache".parse::<Grant>().unwrap());
    let value = &job.spec.placement.constraints[0].value;
    assert_eq!(*value, ConstraintValue::Decimal("0.15".parse().unwrap()));
    assert_eq!(value.micros(), Some(150_000));
    assert_eq!(job.spec.inputs["model"].name(), "onnx://models.example/minilm");
}

#[test]
fn unknown_fields_are_refused_where_they_stand() {
    for (text, expected) in [
        (with("  runtme: wasm\n"), "ARCH-D202 13:3"),
        (with("  capabilities: {nte: []}\n"), "ARCH-D202 13:18"),
        (
            with(
                "  placement:\n    constraints:\n      - {key: a, op: \"<\", value: 1, unit: W}\n",
            ),
            "ARCH-D202 15:37",
        ),
        (job(&job_text().replace("  name: hello", "  name: hello\n  color: red")), "ARCH-D202 5:3"),
        (job(&format!("{}extra: 1\n", job_text())), "ARCH-D202 13:1"),
    ] {
        let refusal = text.unwrap_err();
        assert!(refusal.starts_with(expected), "{refusal}, expected {expected}");
    }
}

#[test]
fn the_field_that_was_meant_is_suggested() {
    let text = format!("{}  captabilities: {{}}\n", job_text());
    let document = SignedDocument::parse("job.yaml", text.as_bytes()).unwrap();
    assert_eq!(document.read::<Job>().unwrap_err().help, "did you mean `capabilities`?");
}

#[test]
fn wrong_types_and_forms_are_pointed_at() {
    let resources =
        |r: &str| job(&job_text().replace("{cpu: \"1\", memory: \"64Mi\", timeout: \"10s\"}", r));
    for (result, expected) in [
        (resources("{cpu: 1, memory: \"64Mi\", timeout: \"10s\"}"), "ARCH-D204 12:20"),
        (resources("{cpu: \"1\", memory: \"64MB\", timeout: \"10s\"}"), "ARCH-D205 12:33"),
        (resources("{cpu: \"0\", memory: \"64Mi\", timeout: \"10s\"}"), "ARCH-D205 12:20"),
        (resources("{cpu: \"1\", memory: \"64Mi\"}"), "ARCH-D203 12:3"),
        (
            resources("{cpu: \"1\", memory: \"64Mi\", timeout: \"10s\", powerBudgetW: \"80\"}"),
            "ARCH-D204 12:71",
        ),
        (
            resources("{cpu: \"1\", memory: \"64Mi\", timeout: \"10s\", powerBudgetW: -1}"),
            "ARCH-D205 12:71",
        ),
        (resources("[]"), "ARCH-D204 12:14"),
        (with("  capabilities: {net: [\"egress:443\", \"egress:0\"]}\n"), "ARCH-D205 13:38"),
        (with("  capabilities: {net: [\"read:/a\"]}\n"), "ARCH-D205 13:24"),
        (with("  capabilities: {fs: [\"read:/a/../b\"]}\n"), "ARCH-D205 13:23"),
        (with("  args: [1]\n"), "ARCH-D204 13:10"),
        (with("  env: {\"A.B\": x}\n"), "ARCH-D205 13:9"),
        (with("  inputs: {\"a/b\": x}\n"), "ARCH-D205 13:12"),
        (with("  outputs: {\"..\": x}\n"), "ARCH-D205 13:13"),
        (with("  isolation: none\n"), "ARCH-D205 13:14"),
        (with("  seed: \"\"\n"), "ARCH-D205 13:9"),
        (with("  verify: {redundancy: 0}\n"), "ARCH-D205 13:24"),
        (with("  placement: {constraints: [{key: a, op: \"<\", value: b}]}\n"), "ARCH-D205 13:54"),
        (with("  after: [\"sha256:12\"]\n"), "ARCH-D205 13:11"),
        (job(&job_text().replace("runtime: wasm", "runtime: native")), "ARCH-D205 11:12"),
        (job(&job_text().replace("name: hello", "name: \"he llo\"")), "ARCH-D205 4:9"),
        (job(&job_text().replace("user:ada", "usér")), "ARCH-D205 5:10"),
        (job(&job_text().replace(NONCE, "short")), "ARCH-D205 6:10"),
        (job(&job_text().replace("11-24T00:00:00Z", "11-24")), "ARCH-D205 8:13"),
        (
            job(&job_text().replace("  name:", "  annotations: {x-a: b, c: d}\n  name:")),
            "ARCH-D205 4:25",
        ),
    ] {
        let refusal = result.unwrap_err();
        assert!(refusal.starts_with(expected), "{refusal}, expected {expected}");
    }
}

#[test]
fn a_job_names_as_many_files_as_one_run_can_be_given_and_no_more() {
    for field in ["inputs", "outputs"] {
        let named = |count: usize| {
            let all: Vec<String> = (0..count).map(|number| format!("f{number}: x")).collect();
            with(&format!("  {field}: {{{}}}\n", all.join(", ")))
        };
        assert!(named(arch_document::MOST_NAMED_FILES).is_ok());
        let refusal = named(arch_document::MOST_NAMED_FILES + 1).unwrap_err();
        assert!(refusal.starts_with("ARCH-D205 13:"), "{refusal}");
    }
}

#[test]
fn the_frame_of_a_document_is_checked_first() {
    let parse = |text: &str| {
        let problem = SignedDocument::parse("job.yaml", text.as_bytes()).unwrap_err();
        let span = problem.at.as_ref().unwrap().span;
        format!("{} {}:{}", problem.code, span.line, span.column)
    };
    assert_eq!(parse(&job_text().replace("/v1", "/v2")), "ARCH-D206 1:13");
    assert_eq!(parse(&job_text().replace("kind: Job", "kind: Tea")), "ARCH-D201 2:7");
    assert_eq!(parse(&job_text().replace("kind: Job", "kind: job")), "ARCH-D201 2:7");
    assert_eq!(parse(&job_text().replace("kind: Job\n", "")), "ARCH-D203 1:1");
    assert_eq!(parse(&format!("{}signatures: x\n", job_text())), "ARCH-D208 13:13");
    assert_eq!(parse(&format!("{}signatures:\n  - {{by: x}}\n", job_text())), "ARCH-D208 14:10");
}

#[test]
fn the_seed_is_the_jobs_own_unless_it_names_one() {
    let plain = job(&job_text()).unwrap();
    assert_ne!(plain.seed(digest_of("a")), plain.seed(digest_of("b")));
    let seeded = with("  seed: \"lottery\"\n").unwrap();
    assert_eq!(seeded.seed(digest_of("a")), seeded.seed(digest_of("b")));
}

fn digest_of(text: &str) -> arch_identity::Digest {
    arch_identity::Digest::of(text.as_bytes())
}

#[test]
fn a_document_written_back_as_json_has_the_same_canonical_form() {
    let text = format!(
        "{}  capabilities: {{fs: [\"read:/a\"]}}\n  placement: {{constraints: [{{key: a.b, op: \"<=\", value: 1.5}}]}}\n",
        job_text()
    );
    let document = SignedDocument::parse("j", text.as_bytes()).unwrap();
    let job: Job = document.read().unwrap();
    assert_eq!(arch_identity::canonical::bytes(&job).unwrap(), document.body());
}
