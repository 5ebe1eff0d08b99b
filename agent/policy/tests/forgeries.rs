//! An `Admitted` comes from `ActivePolicy::admit` and from nowhere else, a `PinnedKey` from a policy that
//! was verified.

use arch_policy::{ActivePolicy, Admitted, PinnedKey};
use serde::de::DeserializeOwned;

#[test]
fn an_admission_cannot_be_forged_or_given_twice() {
    let cases = trybuild::TestCases::new();
    cases.pass("tests/forgeries/admitted_by_the_policy.rs");
    cases.compile_fail("tests/forgeries/admitted_by_hand.rs");
    cases.compile_fail("tests/forgeries/admitted_twice.rs");
    cases.compile_fail("tests/forgeries/policy_unverified.rs");
}

#[test]
fn a_pinned_key_comes_from_a_verified_policy_and_from_nowhere_else() {
    let cases = trybuild::TestCases::new();
    cases.pass("tests/forgeries/pinned_by_the_policy.rs");
    cases.compile_fail("tests/forgeries/pinned_by_hand.rs");
    cases.compile_fail("tests/forgeries/pinned_by_a_policy_unverified.rs");
}

/// If `$evidence` had the trait, the compiler could not tell which of the two impls is meant.
macro_rules! is_never {
    ($evidence:ty, $trait:path) => {{
        trait Ambiguous<A> {
            fn here() {}
        }
        struct Other;
        impl<T> Ambiguous<()> for T {}
        impl<T: $trait> Ambiguous<Other> for T {}
        <$evidence as Ambiguous<_>>::here();
    }};
}

#[test]
fn evidence_is_never_copied_made_from_nothing_or_read_from_disk() {
    is_never!(Admitted, Clone);
    is_never!(Admitted, Default);
    is_never!(Admitted, DeserializeOwned);
    is_never!(ActivePolicy, Clone);
    is_never!(ActivePolicy, Default);
    is_never!(ActivePolicy, DeserializeOwned);
    is_never!(PinnedKey, Clone);
    is_never!(PinnedKey, Default);
    is_never!(PinnedKey, DeserializeOwned);
}
