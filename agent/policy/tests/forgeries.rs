//! An `Admitted` comes from `ActivePolicy::admit` and from nowhere else.

#[test]
fn an_admission_cannot_be_forged_copied_or_read_from_disk() {
    let cases = trybuild::TestCases::new();
    cases.pass("tests/forgeries/admitted_by_the_policy.rs");
    cases.compile_fail("tests/forgeries/admitted_by_hand.rs");
    cases.compile_fail("tests/forgeries/admitted_twice.rs");
    cases.compile_fail("tests/forgeries/admitted_from_disk.rs");
    cases.compile_fail("tests/forgeries/policy_unverified.rs");
}
