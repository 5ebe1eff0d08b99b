//! Disputes as somebody reads them who has a ledger and an archive, or files alone, and believes nobody.
//!
//! ```text
//! ledger ──Docket──> entries of each dispute ─┐
//! archive ──sources──> list and messages ─────┴─> Evidence ──Course──> every state, in turn ──> Story
//! exported folder ──folder::read──────────────────> Evidence            Checks  <──── Books
//! ```

pub(crate) mod arguments;
pub(crate) mod books;
pub(crate) mod checks;
pub(crate) mod course;
pub(crate) mod court;
pub(crate) mod docket;
pub(crate) mod evidence;
pub(crate) mod flaw;
pub(crate) mod folder;
pub(crate) mod inputs;
pub(crate) mod leaves;
pub(crate) mod meeting;
pub(crate) mod named;
pub(crate) mod office;
pub(crate) mod product;
pub(crate) mod prover;
pub(crate) mod signer;
pub(crate) mod sources;
pub(crate) mod story;
pub(crate) mod words;
