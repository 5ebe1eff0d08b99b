//! Turns bytes into documents that are believed, or says why not and where.
//!
//! ```text
//! bytes ──yaml/json──> Tree with spans ──> canonical JSON ──> SignedDocument
//!                                                                  │ TrustRoot::verify
//!                      Refusal (document handed back, Problem) <───┴───> Verified<T>
//! ```
//!
//! Nothing here reads a file, a clock or randomness. What is acted on is what was signed: the
//! typed document is read from the canonical bytes, never from the YAML. `Verified<T>` can be made
//! here only; it has no public constructor and cannot be deserialised.
//!
//! ```
//! use arch_document::{Grant, SignedDocument};
//! let text = b"apiVersion: arch.network/v1\nkind: Job\nmetadata: { name: hello }\nspec: {}\n";
//! let document = SignedDocument::parse("hello.yaml", text).unwrap();
//! assert_eq!(document.body().first(), Some(&b'{'));
//! let all: Grant = "read:/srv".parse().unwrap();
//! assert!(all.covers(&"read:/srv/data".parse().unwrap()));
//! ```

mod address;
mod document;
mod envelope;
mod fault;
mod flaw;
mod form;
mod grant;
mod job;
mod json;
mod kind;
mod letters;
mod metadata;
mod moment;
pub mod quantity;
mod resources;
mod revocation;
mod root;
pub mod schema;
mod signature;
mod signed;
pub mod signing;
mod tree;
mod trust;
mod typed;
pub mod yaml;

pub use address::Address;
pub use document::{ApiVersion, Document, Validity};
pub use fault::Fault;
pub use grant::{Grant, GrantPath, NotAGrant};
pub use job::{
    Constraint, ConstraintValue, Isolation, Job, JobSpec, MATRIX_OUTPUTS, MOST_NAMED_FILES,
    MOST_SHARDS, MatrixSpec, Op, Operand, Placement, Runtime, Verify,
};
pub use kind::{Kind, NoSuchKind};
pub use metadata::{Audience, Metadata, Nonce};
pub use moment::{ClockStep, ClockUnset, Moment, TOLERATED_STEP, check_clock};
pub use resources::{Capabilities, Resources};
pub use revocation::{Revocation, RevocationSpec, RevokedDocument, RevokedKey};
pub use root::{Caps, Keys, OwnerPattern, Role, Root, RootKey, RootSpec};
pub use signature::SignatureEntry;
pub use signed::SignedDocument;
pub use trust::{
    ActiveList, History, InForce, News, NoHistory, Refusal, RoleGrant, Shown, TrustRoot, Verified,
};

/// The most bytes that a document may have: as YAML, or as the payload of an envelope.
pub const MAX_BYTES: u64 = 262_144;

/// The most bytes that an envelope's file may have: a payload of [`MAX_BYTES`] in base64 and 32
/// signatures of the longer algorithm, each with its did:key.
pub const MAX_ENVELOPE_BYTES: u64 = 524_288;
