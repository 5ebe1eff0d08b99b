//! What a proof file says, for those who cannot check it.

use serde::Deserialize;

use super::{DIGITS_CAP, NAME_CAP, PROOF_CAP, PUBLICS_CAP};

const SCHEMA: &str = "arch.proof/v1";

/// The words of a proof file. Whether they are true is not known.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ProofText {
    schema: String,
    /// The circuit's name.
    pub circuit: String,
    /// The version of its keys.
    pub version: u32,
    /// The SHA-256 of the key that it is for, in hex.
    pub vk_sha256: String,
    /// The public numbers, in decimal.
    pub publics: Vec<String>,
    /// The points, in hex.
    pub proof: String,
}

/// A text that is no proof file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("it is not JSON of the schema `arch.proof/v1`: {0}")]
pub struct NotAProofText(String);

impl ProofText {
    /// Reads a proof file.
    ///
    /// # Errors
    /// [`NotAProofText`].
    pub fn read(json: &str) -> Result<Self, NotAProofText> {
        let refused = |why: &str| NotAProofText(why.to_owned());
        if json.len() > PROOF_CAP {
            return Err(refused("it is too long"));
        }
        let read: Self =
            serde_json::from_str(json).map_err(|error| NotAProofText(error.to_string()))?;
        let hex = |text: &str, digits: usize| {
            text.len() == digits && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
        };
        let number = |text: &String| {
            (1..=DIGITS_CAP).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
        };
        let good = read.schema == SCHEMA
            && read.circuit.len() <= NAME_CAP
            && hex(&read.vk_sha256, 64)
            && hex(&read.proof, 256)
            && read.publics.len() <= PUBLICS_CAP
            && read.publics.iter().all(number);
        if good { Ok(read) } else { Err(refused("a field is none of its kind")) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SHIPPED: &str = include_str!("../../../../circuits/example/step.json");

    #[test]
    fn the_shipped_proof_is_read_and_no_other_shape_of_it() {
        let read = ProofText::read(SHIPPED).unwrap();
        assert_eq!((read.circuit.as_str(), read.version), ("arch-tile-fma-v1", 1));
        assert_eq!(read.publics.len(), 5);
        for (from, to) in [
            ("arch.proof/v1", "arch.proof/v2"),
            ("\"version\"", "\"Version\""),
            ("\"vkSha256\": \"", "\"vkSha256\": \"g"),
            ("\"proof\": \"", "\"proof\": \"0"),
            ("\"publics\": [", "\"publics\": [\"-1\","),
            ("\"publics\": [", "\"publics\": [1,"),
            ("{", "{\"more\": 1,"),
        ] {
            let other = SHIPPED.replacen(from, to, 1);
            assert_ne!(other, SHIPPED, "{from}");
            ProofText::read(&other).unwrap_err();
        }
        ProofText::read(&format!("{SHIPPED}{}", " ".repeat(PROOF_CAP))).unwrap_err();
    }

    proptest! {
        #[test]
        fn no_text_makes_the_reader_panic(text in ".{0,200}", cut in 0_usize..600) {
            drop(ProofText::read(&text));
            drop(ProofText::read(SHIPPED.get(..cut).unwrap_or_default()));
        }
    }
}
