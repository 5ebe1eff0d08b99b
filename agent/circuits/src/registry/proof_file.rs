//! A proof with all that is needed to look up what it is of.

use ark_bn254::Fr;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::hex;
use crate::{
    field::{NotAnElement, from_decimal, to_bytes, to_decimal},
    groth16::{Groth16Proof, NotAProof, VerifyingKey},
};

const SCHEMA: &str = "arch.proof/v1";

/// The most public numbers that are read.
const MOST_PUBLICS: usize = 64;

/// A proof, its public numbers, and the circuit and key that it says it is for.
#[derive(Clone, Debug, PartialEq)]
pub struct ProofFile {
    circuit: String,
    version: u32,
    vk_sha256: [u8; 32],
    publics: Vec<Fr>,
    proof: Groth16Proof,
}

/// Why bytes are no such file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotAProofFile {
    /// Not JSON of the schema `arch.proof/v1`.
    #[error("it is not JSON of the schema `arch.proof/v1`: {0}")]
    Form(String),
    /// A public number that is none.
    #[error("public number {place}: {error}")]
    Public {
        /// Which one, from 1.
        place: usize,
        /// What is wrong with it.
        error: NotAnElement,
    },
    /// The points are none.
    #[error("`proof`: {0}")]
    Proof(#[from] NotAProof),
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Written {
    schema: String,
    circuit: String,
    version: u32,
    vk_sha256: String,
    publics: Vec<String>,
    proof: String,
}

impl ProofFile {
    /// Puts together what belongs together.
    #[must_use]
    pub fn new(
        circuit: &str,
        version: u32,
        key: &VerifyingKey,
        publics: &[Fr],
        proof: Groth16Proof,
    ) -> Self {
        let (circuit, publics) = (circuit.to_owned(), publics.to_vec());
        Self { circuit, version, vk_sha256: key.sha256(), publics, proof }
    }

    /// Reads the JSON.
    ///
    /// # Errors
    /// [`NotAProofFile`].
    pub fn read(json: &[u8]) -> Result<Self, NotAProofFile> {
        let form = |why: &str| NotAProofFile::Form(why.to_owned());
        let written: Written =
            serde_json::from_slice(json).map_err(|error| NotAProofFile::Form(error.to_string()))?;
        if written.schema != SCHEMA {
            return Err(form("the schema is another one"));
        }
        if written.publics.len() > MOST_PUBLICS {
            return Err(form("there are more than 64 public numbers"));
        }
        let vk_sha256 = hex::read(&written.vk_sha256).and_then(|bytes| bytes.try_into().ok());
        let vk_sha256 = vk_sha256.ok_or_else(|| form("`vkSha256` is not 64 digits"))?;
        let proof = hex::read(&written.proof).and_then(|bytes| bytes.try_into().ok());
        let proof = Groth16Proof::read(&proof.ok_or_else(|| form("`proof` is not 256 digits"))?)?;
        let numbers = written.publics.iter().enumerate().map(|(place, text)| {
            let place = place.saturating_add(1);
            from_decimal(text).map_err(|error| NotAProofFile::Public { place, error })
        });
        let publics = numbers.collect::<Result<_, _>>()?;
        Ok(Self { circuit: written.circuit, version: written.version, vk_sha256, publics, proof })
    }

    /// The JSON that [`ProofFile::read`] reads, on several lines.
    #[must_use]
    pub fn to_json(&self) -> String {
        let written = Written {
            schema: SCHEMA.to_owned(),
            circuit: self.circuit.clone(),
            version: self.version,
            vk_sha256: hex::write(&self.vk_sha256),
            publics: self.publics.iter().map(to_decimal).collect(),
            proof: hex::write(&self.proof.to_bytes()),
        };
        // Texts and lists of texts are always written.
        serde_json::to_string_pretty(&written).unwrap_or_default()
    }

    /// What is proved, whatever the bytes of the proof: the SHA-256 of circuit, version, key and public
    /// numbers. A proof can be made into another of the same statement; this stays.
    #[must_use]
    pub fn statement_id(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update("arch-network.v1 statement\n");
        hash.update(format!("{} {}\n{}\n", self.circuit.len(), self.circuit, self.version));
        hash.update(self.vk_sha256);
        self.publics.iter().for_each(|number| hash.update(to_bytes(number)));
        hash.finalize().into()
    }

    /// The circuit's name.
    #[must_use]
    pub fn circuit(&self) -> &str {
        &self.circuit
    }

    /// The circuit's version.
    #[must_use]
    pub fn version(&self) -> u32 {
        self.version
    }

    /// The SHA-256 of the key that it is for.
    #[must_use]
    pub fn vk_sha256(&self) -> [u8; 32] {
        self.vk_sha256
    }

    /// The public numbers.
    #[must_use]
    pub fn publics(&self) -> &[Fr] {
        &self.publics
    }

    /// The proof itself.
    #[must_use]
    pub fn proof(&self) -> &Groth16Proof {
        &self.proof
    }
}
