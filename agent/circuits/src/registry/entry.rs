//! What a manifest says of a circuit.

use serde::{Deserialize, Serialize};

use crate::{Circuit, System, groth16::ProvingKey, poseidon2, tile::TileShape};

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Manifest {
    pub(super) schema: String,
    pub(super) circuits: Vec<Entry>,
}

/// A circuit in one version.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Entry {
    /// Its name.
    pub id: String,
    /// Counts its keys, from 1.
    pub version: u32,
    /// Whether new proofs are made, old ones are believed, or none are.
    pub status: Status,
    /// What a proof says, or why none says anything.
    pub about: String,
    /// Its rows; none for a circuit that was revoked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub laid: Option<Laid>,
    /// Its keys; likewise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<Key>,
}

/// What proofs of a circuit are good for.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Proofs are made and believed.
    Active,
    /// Proofs that were made are believed, new ones are made by a newer version.
    VerifyOnly,
    /// No proof is evidence of anything any more; verdicts that rest on one can be opened again.
    Revoked,
}

/// The rows of a circuit.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Laid {
    /// Sizes and widths, where it proves steps of a product.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub steps: Option<Steps>,
    /// The hash of its digests.
    pub hash: String,
    /// How many rows there are.
    pub rows: usize,
    /// How many cells.
    pub cells: usize,
    /// The SHA-256 of its `.r1cs` file, in hex.
    pub r1cs_sha256: String,
    /// What the public numbers are, in order.
    pub publics: Vec<String>,
}

/// Sizes and widths of a step.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Steps {
    /// Rows of A.
    pub rows: usize,
    /// Columns of B.
    pub columns: usize,
    /// Columns of A.
    pub depth: usize,
    /// Bits of a number of A or B.
    pub input_bits: usize,
    /// Bits of a sum.
    pub sum_bits: usize,
}

/// The keys of a circuit.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Key {
    /// Who made it.
    pub kind: KeyKind,
    /// The SHA-256 of the key to check with, in hex: what policies pin.
    pub vk_sha256: String,
    /// That key: compressed points, in hex.
    pub vk: String,
    /// The SHA-256 of the key to prove with, uncompressed points, in hex.
    pub pk_sha256: String,
    /// How many bytes that one has.
    pub pk_bytes: usize,
    /// What a ceremony left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transcript: Option<Transcript>,
}

/// Who made a key.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeyKind {
    /// From a seed that everybody knows: for trying things out.
    Dev,
    /// Several people, of whom one suffices who forgot his part.
    Ceremony,
    /// Said to come from a ceremony, which nobody verified on this machine.
    Unverified,
}

/// What a ceremony left.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Transcript {
    /// The names that contributors gave, in order.
    pub contributors: Vec<String>,
    /// Their digests of all that came before, in hex.
    pub digests: Vec<String>,
    /// The SHA-256 of the `.zkey` file, in hex.
    pub zkey_sha256: String,
}

impl Entry {
    /// The entry of a circuit with the key that it has.
    #[must_use]
    pub fn of(
        circuit: Circuit,
        version: u32,
        kind: KeyKind,
        key: &ProvingKey,
        transcript: Option<Transcript>,
    ) -> Self {
        Self {
            id: circuit.id().to_owned(),
            version,
            status: Status::Active,
            about: circuit.about().to_owned(),
            laid: Some(Laid::of(circuit, circuit.system())),
            key: Some(Key::of(kind, key, transcript)),
        }
    }
}

impl Transcript {
    /// The fewest who must have contributed, the beacon not counted.
    pub const FEWEST: usize = 3;

    /// Whether as many contributed as must, and a beacon.
    #[must_use]
    pub fn is_of_several(&self) -> bool {
        self.contributors.len() > Self::FEWEST && self.digests.len() == self.contributors.len()
    }
}

impl Laid {
    fn of(circuit: Circuit, system: &System) -> Self {
        Self {
            steps: circuit.tile_shape().map(Steps::of),
            hash: poseidon2::NAME.to_owned(),
            rows: system.rows(),
            cells: system.cells(),
            r1cs_sha256: super::hex::write(&system.digest()),
            publics: circuit.public_names().iter().map(|&name| name.to_owned()).collect(),
        }
    }
}

impl Steps {
    pub(super) fn of(shape: TileShape) -> Self {
        Self {
            rows: shape.rows(),
            columns: shape.columns(),
            depth: shape.depth(),
            input_bits: shape.inputs().bits(),
            sum_bits: shape.inputs().sum_bits(),
        }
    }
}

impl Key {
    fn of(kind: KeyKind, key: &ProvingKey, transcript: Option<Transcript>) -> Self {
        use sha2::Digest as _;
        let pk = key.to_bytes();
        Self {
            kind,
            vk_sha256: super::hex::write(&key.verifying().sha256()),
            vk: super::hex::write(&key.verifying().to_bytes()),
            pk_sha256: super::hex::write(&sha2::Sha256::digest(&pk)),
            pk_bytes: pk.len(),
            transcript,
        }
    }
}
