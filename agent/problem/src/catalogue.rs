//! The table of all codes, one file an area. `docs/ERRORS.md` is written from it.

/// Declares an area: constants for the code, and the rows for the catalogue.
macro_rules! area {
    ($($name:ident = $code:literal, $title:literal, $cause:literal, $remedy:literal;)*) => {
        use crate::{Code, Explanation};
        $(
            #[doc = concat!("`", $code, "`: ", $title, ".")]
            pub const $name: Code = Code(&Explanation {
                code: $code, title: $title, cause: $cause, remedy: $remedy,
            });
        )*
        pub(crate) const ROWS: &[&Explanation] = &[$($name.0),*];
    };
}

mod circuits;
mod dispute;
mod document;
mod executor;
mod files;
mod keys;
mod ledger;
mod node;
mod policy;
mod prover;

/// All codes as constants.
pub mod codes {
    pub use super::circuits::*;
    pub use super::dispute::*;
    pub use super::document::*;
    pub use super::executor::*;
    pub use super::files::*;
    pub use super::keys::*;
    pub use super::ledger::*;
    pub use super::node::*;
    pub use super::policy::*;
    pub use super::prover::*;
}

pub(crate) const AREAS: &[&[&crate::Explanation]] = &[
    circuits::ROWS,
    document::ROWS,
    executor::ROWS,
    files::ROWS,
    keys::ROWS,
    ledger::ROWS,
    node::ROWS,
    policy::ROWS,
    dispute::ROWS,
    prover::ROWS,
];
