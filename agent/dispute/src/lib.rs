//! Disputes: two say other values of the same leaf, and what they signed names who is at fault.
//!
//! ```text
//! Commit, Commit ── signed before anybody knew what would be looked at
//!    │ the leaf's hashes differ, and both lead to the committed roots
//! Challenge ── task, leaf, bond; digests of the leaf's sixteen tiles            (challenger)
//! Answer    ── the same digests                                                 (respondent)
//!    │ locate: the first tile whose digests differ       none differ ──> each opens its leaf
//! Steps     ── that tile's digest after every 128 positions of the depth        (both)
//!    │ locate: the first step after which they differ
//! Tiles     ── digests of the tiles of A and B of that step                     (both)
//!    │ the statement: before + A·B = ?                 they differ ──> an input tile is opened
//! Proof     ── what after is, proved; or an Opening, and it is computed         (either)
//!    │ court: whoever signed another digest is at fault; silence is a fault of its own
//! Verdict   ── by a judge who was drawn; whoever replays the record can contradict
//!    │
//! Book      ── bonds released, or paid and burnt
//! ```
//!
//! Every message is a signed document. [`Dispute`] is the state after some of them; from the same
//! messages, with the times at which the ledger has them, everybody comes to the same state
//! ([`replay`]). Nothing here has a clock, a file, chance, or a circuit: digests of tiles and proofs
//! are judged by who implements [`Digester`] and [`ProofCheck`].
//!
//! ```
//! use arch_dispute::{Concede, Heard, Message, Says, seal};
//! use arch_identity::{Algorithm, Digest, SigningKey};
//! let key = SigningKey::from_seed(Algorithm::Ed25519, &[7; 32]);
//! let says = Says::Concede(Concede { dispute: Digest::of(b"a challenge") });
//! let file = seal(&Message::new(key.public().clone(), says, None), &key).unwrap();
//! let document = arch_document::SignedDocument::parse("concede.dsse.json", file.as_bytes()).unwrap();
//! assert_eq!(Heard::check(&document).unwrap().by(), key.public());
//! ```

#![cfg_attr(
    test,
    allow(clippy::arithmetic_side_effects, clippy::as_conversions, reason = "tests may be blunt")
)]

#[cfg(test)]
extern crate self as arch_dispute;

pub mod book;
mod bytes;
mod compute;
mod court;
mod factors;
mod fault;
mod ground;
mod heard;
mod holding;
mod judge;
mod list;
mod locate;
mod marked;
mod message;
mod opened;
mod pair;
mod reply;
mod seal;
mod state;
mod statement;
mod task;
mod three_way;
mod tile_digest;

#[cfg(test)]
mod simulator;

pub use bytes::Bytes;
pub use court::{Court, Digester, Facts, ProofCheck, Tile};
pub use factors::{Factor, Factors, OneFactor, Source};
pub use fault::{Believed, Fault, Finding, Rule};
pub use ground::{Ground, SIDE, STEP, Spot};
pub use heard::{Heard, NotHeard};
pub use holding::{Holding, StepNumbers, StepProver};
pub use judge::{MOST_JUDGES, draw};
pub use list::{Agreed, Line, List, NotAList, ProofKey, Signature};
pub use locate::first_difference;
pub use marked::{Leaves, Marks, mark_tree};
pub use message::{
    Answer, Challenge, Commit, Concede, InputLeaf, Message, Opening, Proof, Resolver, Says, Shown,
    Spec, Stand, Steps, Terms, Tiles, Verdict,
};
pub use opened::tiles as tiles_of_leaf;
pub use pair::{Pair, Side};
pub use reply::{Own, reply, reply_by_showing, rule};
pub use seal::{Unsealed, seal};
pub use state::{
    AwaitsAnswer, AwaitsInputs, AwaitsLeaves, AwaitsProof, AwaitsReveal, AwaitsSteps, AwaitsTiles,
    Case, Decided, Dispute, Ended, Located, Recorded, Refused, Rejected, replay,
};
pub use statement::Statement;
pub use task::{Roots, Task};
pub use three_way::{ThreeWay, pairs, three_way};
pub use tile_digest::{NotATileDigest, TileDigest};
