//! Which instructions are used is found out when the program runs.

use arch_kernels::Backend;

/// Who knows the processor says in `ARCH_BACKENDS` what has to be found, the slowest first.
#[test]
fn instruction_sets_are_those_that_the_processor_is_known_to_have_and_the_quickest_is_taken() {
    let found: Vec<&str> = Backend::available().iter().map(Backend::as_str).collect();
    assert_eq!(found.first(), Some(&"scalar"));
    assert_eq!(found.last(), Some(&Backend::best().as_str()));
    for name in &found {
        assert_eq!(Backend::named(name).map(|backend| backend.to_string()), Some((*name).into()));
    }
    assert!(Backend::named("abacus").is_none());
    if let Ok(known) = std::env::var("ARCH_BACKENDS") {
        assert_eq!(found.join(" "), known);
    }
}
