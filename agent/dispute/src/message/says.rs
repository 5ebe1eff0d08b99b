//! The content of each message, and the most that there may be of it.

use arch_identity::Digest;
use arch_matrix::{
    Cell,
    commit::{Commitment, Hash},
};
use serde::{Deserialize, Serialize};

use super::Says;
use crate::{
    bytes::Bytes,
    fault::Fault,
    marked::count_of_roots,
    task::{Roots, Task},
    tile_digest::TileDigest,
};

/// A leaf has four by four tiles at most.
const MOST_TILES: usize = 16;

/// 262,144 positions of the depth; sums of 32 bits allow half of that for any content.
pub(crate) const MOST_STEPS: usize = 2_048;

/// A tile of A or B touches three by two leaves at most.
const MOST_INPUT_LEAVES: usize = 6;

/// A tree of 2^64 leaves has as many levels.
const MOST_PATH: usize = 64;

/// A leaf of 64-bit sums.
const MOST_LEAF: usize = 32_768;

/// Any system's proof that is worth being called short.
const MOST_PROOF: usize = 1_024;

/// What integers in canonical JSON reach.
const MOST_NUMBER: u64 = 9_007_199_254_740_991;

/// What was computed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Commit {
    /// The job's document.
    pub job: Digest,
    /// Which attempt at it.
    pub attempt: u32,
    /// The roots of the cells.
    pub commitment: Commitment,
    /// The roots over the marks of their leaves, in the same order; empty where marks are made in a
    /// dispute only.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub marks: Vec<Hash>,
}

/// That a leaf is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Challenge {
    /// Of what.
    pub task: Task,
    /// The cell. Over which depth its sums run follows from the commitments.
    pub cell: Cell,
    /// Which leaf of the cell, from 0, row by row.
    pub leaf: u64,
    /// What the challenger committed to.
    pub challenger: Stand,
    /// What the respondent committed to.
    pub respondent: Stand,
    /// Digests of the tiles of the challenger's leaf, row by row.
    pub marks: Vec<TileDigest>,
    /// The way of these digests to the root that the challenger committed to, lowest first; empty where
    /// he did not.
    #[serde(default, rename = "marksPath", skip_serializing_if = "Vec::is_empty")]
    pub marks_path: Vec<Hash>,
    /// The inputs as the challenger has them.
    pub inputs: Roots,
    /// How the step is settled.
    pub resolver: Resolver,
    /// Stakes and deadlines: those of the task, as the challenger knows them.
    pub terms: Terms,
}

/// A leaf's hash, and its way to a committed root.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stand {
    /// The document that commits.
    pub commit: Digest,
    /// The leaf's hash.
    pub hash: Hash,
    /// The hashes beside its way to the cell's root, lowest first.
    pub path: Vec<Hash>,
}

/// How a step is settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Resolver {
    /// The step's tiles are opened, and whoever judges computes it.
    Reveal,
    /// A proof says what comes out; the tiles stay with the parties.
    Groth16,
}

/// Stakes and deadlines of a task: settled before it is computed, never by a challenge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    /// Units that each party stakes, and a judge with his verdict.
    pub bond: u64,
    /// Seconds to answer a challenge.
    pub answer: u64,
    /// Seconds for each exchange of digests, and to open what is disputed.
    pub exchange: u64,
    /// Seconds for a proof.
    pub proof: u64,
    /// Seconds that each judge has.
    pub verdict: u64,
}

/// That the leaf is right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// Digest of the challenge.
    pub dispute: Digest,
    /// Digests of the tiles of the respondent's leaf, row by row.
    pub marks: Vec<TileDigest>,
    /// Their way to the root that the respondent committed to, lowest first; empty where he did not.
    #[serde(default, rename = "marksPath", skip_serializing_if = "Vec::is_empty")]
    pub marks_path: Vec<Hash>,
    /// The inputs as the respondent has them.
    pub inputs: Roots,
}

/// That the leaf is wrong indeed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Concede {
    /// Digest of the challenge.
    pub dispute: Digest,
}

/// The disputed tile after every 128 positions of the depth.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Steps {
    /// Digest of the challenge.
    pub dispute: Digest,
    /// Digest of what was said before.
    pub stage: Digest,
    /// The digests; the last is the tile's own.
    pub digests: Vec<TileDigest>,
}

/// The inputs of the disputed step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tiles {
    /// Digest of the challenge.
    pub dispute: Digest,
    /// Digest of what was said before.
    pub stage: Digest,
    /// Digest of the tile of A.
    pub a: TileDigest,
    /// Digest of the tile of B.
    pub b: TileDigest,
}

/// Values that were committed to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opening {
    /// Digest of the challenge.
    pub dispute: Digest,
    /// Digest of what was said before.
    pub stage: Digest,
    /// The values.
    pub shows: Shown,
}

/// What is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Shown {
    /// All values of one's own leaf.
    Leaf(Bytes),
    /// Leaves of the inputs that hold the tile of A, or of B, of the step, row by row; and the sums
    /// before it, if they are asked for. What is not asked for is left out.
    #[serde(rename_all = "camelCase")]
    Step {
        /// Of A.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        a: Vec<InputLeaf>,
        /// Of B.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        b: Vec<InputLeaf>,
        /// 16 × 16 sums, row by row, lowest byte first.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        before: Option<Bytes>,
    },
}

/// A leaf of A or B. Which one follows from the step, so nobody says it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InputLeaf {
    /// Its values, row by row, lowest byte first.
    pub values: Bytes,
    /// The hashes beside its way to the root, lowest first.
    pub path: Vec<Hash>,
}

/// What comes out of the disputed step, proved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proof {
    /// Digest of the challenge.
    pub dispute: Digest,
    /// Digest of what was said before.
    pub stage: Digest,
    /// The circuit's name.
    pub circuit: String,
    /// Digest of its verifying key.
    pub key: Digest,
    /// Digest of the sums after the step. All else that is proved follows from the record.
    pub after: TileDigest,
    /// The proof.
    pub proof: Bytes,
}

/// Who is at fault, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Verdict {
    /// Digest of the challenge.
    pub dispute: Digest,
    /// Digest of all that was said: on what record this is the verdict.
    pub stage: Digest,
    /// Whether the challenge is upheld.
    pub upheld: bool,
    /// Each party that is at fault, the challenger first.
    pub at_fault: Vec<Fault>,
    /// The inputs as the judge has them, where the parties differ in that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inputs: Option<Roots>,
}

impl Says {
    /// The field that has too much in it, or nothing.
    pub(super) fn check(&self) -> Result<(), (&'static str, String)> {
        let list = |field, have: usize, most: usize| match have <= most {
            true => Ok(()),
            false => Err((field, format!("there are {have}, at most {most} are read"))),
        };
        let word = |field, text: &str| {
            let good = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.');
            match (1..=64).contains(&text.len()) && text.bytes().all(good) {
                true => Ok(()),
                false => Err((field, "1 to 64 letters, digits, `-` and `.`".to_owned())),
            }
        };
        match self {
            Self::Concede(_) | Self::Tiles(_) => Ok(()),
            Self::Commit(Commit { commitment, marks, .. }) => {
                let (have, cells) = (marks.len(), count_of_roots(commitment));
                match have == 0 || have == cells {
                    true => Ok(()),
                    false => Err(("marks", format!("{have} roots for {cells} cells"))),
                }
            }
            Self::Challenge(said) => {
                list("challenger/path", said.challenger.path.len(), MOST_PATH)?;
                list("respondent/path", said.respondent.path.len(), MOST_PATH)?;
                list("marksPath", said.marks_path.len(), MOST_PATH)?;
                let Terms { bond, answer, exchange, proof, verdict } = said.terms;
                let most = [bond, answer, exchange, proof, verdict].into_iter().max();
                if most > Some(MOST_NUMBER) {
                    return Err(("terms", "a number is too large".to_owned()));
                }
                list("marks", said.marks.len(), MOST_TILES)
            }
            Self::Answer(said) => {
                list("marksPath", said.marks_path.len(), MOST_PATH)?;
                list("marks", said.marks.len(), MOST_TILES)
            }
            Self::Steps(said) => list("digests", said.digests.len(), MOST_STEPS),
            Self::Proof(said) => {
                word("circuit", &said.circuit)?;
                list("proof", said.proof.0.len(), MOST_PROOF)
            }
            Self::Verdict(said) => list("atFault", said.at_fault.len(), 2),
            Self::Opening(Opening { shows: Shown::Leaf(bytes), .. }) => {
                list("shows/leaf", bytes.0.len(), MOST_LEAF)
            }
            Self::Opening(Opening { shows: Shown::Step { a, b, before }, .. }) => {
                list("shows/step/a", a.len(), MOST_INPUT_LEAVES)?;
                list("shows/step/b", b.len(), MOST_INPUT_LEAVES)?;
                for leaf in a.iter().chain(b) {
                    list("shows/step", leaf.values.0.len(), MOST_LEAF)?;
                    list("shows/step", leaf.path.len(), MOST_PATH)?;
                }
                list("shows/step/before", before.as_ref().map_or(0, |b| b.0.len()), MOST_LEAF)
            }
        }
    }
}
