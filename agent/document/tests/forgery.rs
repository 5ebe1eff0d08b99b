//! Evidence cannot be made outside this crate; each forgery has a twin that shows the honest way.

#[test]
fn forged_evidence_does_not_compile() {
    let cases = trybuild::TestCases::new();
    cases.pass("tests/forgery/verified_by_a_root.rs");
    cases.compile_fail("tests/forgery/verified_by_hand.rs");
    cases.compile_fail("tests/forgery/verified_from_json.rs");
    cases.compile_fail("tests/forgery/verified_copied.rs");
    cases.compile_fail("tests/forgery/verified_by_default.rs");
    cases.compile_fail("tests/forgery/root_by_hand.rs");
}
