//! The files of iden3's tools: `.r1cs` and `.wtns` to write, `.zkey` to read and write, and snarkjs'
//! JSON both ways.

mod json;
mod points;
mod r1cs;
mod sections;
mod wtns;
mod zkey;

pub use json::{
    BadJson, proof_from_json, proof_to_json, publics_from_json, publics_to_json,
    verifying_key_from_json, verifying_key_to_json,
};
pub use r1cs::write_r1cs;
pub use sections::BadFile;
pub use wtns::write_wtns;
pub use zkey::{Contribution, Zkey, ZkeyError, read_zkey, write_zkey};
