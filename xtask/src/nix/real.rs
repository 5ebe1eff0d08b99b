//! The same evaluations with nixpkgs' own library, where somebody has one: `ARCH_NIXPKGS_LIB` is the
//! path of its folder `lib`. Whoever changes the miniature or asks the sample more should do it.

use super::{Judged, Nix};

const VARIABLE: &str = "ARCH_NIXPKGS_LIB";

/// Nothing where there is none: what stands in answers.json was said by it.
pub(super) fn judged(nix: &Nix) -> Vec<Judged> {
    let Ok(path) = std::env::var(VARIABLE) else { return Vec::new() };
    let real = format!("import (/. + \"{path}\")");
    vec![
        Judged::by("nixpkgs' library gives the same units", same(nix, &real, "./nix/tests")),
        Judged::by(
            "nixpkgs' library gives the same sample",
            same(nix, &real, "./nix/tests/sample"),
        ),
    ]
}

fn same(nix: &Nix, real: &str, what: &str) -> Result<(), String> {
    let with = |lib: &str| nix.evaluate(&format!("import {what} {{ lib = {lib}; }}"));
    match with("import ./nix/tests/mini/lib.nix")? == with(real)? {
        true => Ok(()),
        false => Err("another answer than the miniature's".to_owned()),
    }
}
