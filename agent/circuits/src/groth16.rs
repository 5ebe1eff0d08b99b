//! Groth16 over BN254 ([Groth 2016](https://eprint.iacr.org/2016/260)): the proving and the pairings are
//! arkworks'; which keys, proofs and numbers are let in is ours.

mod batch;
mod chance;
mod check;
mod proof;
mod prove;
mod proving_key;
mod quotient;
mod relations;
mod setup;
mod verifying_key;

pub use batch::verify_all;
pub use proof::{Groth16Proof, NotAProof};
pub use prove::{ProveError, prove};
pub use proving_key::{NotAProvingKey, ProvingKey};
pub use setup::dev_key;
pub use verifying_key::{KeyError, VerifyingKey};
