//! What the ledger can say: one variant a kind of entry.

use std::collections::BTreeMap;

use arch_identity::Digest;
use serde::{Deserialize, Serialize};

/// The content of one entry. In JSON the variant stands in `kind`, all names in camelCase.
///
/// Numbers must stay within 2^53 − 1 (RFC 8785); texts are the writer's to cap, an entry as a whole
/// holds at most 65,535 bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase",
    deny_unknown_fields
)]
#[non_exhaustive]
pub enum Record {
    /// The first entry of every ledger, and of no other place.
    Opened {
        /// The node's did:key (its Ed25519 key).
        node: String,
        /// Origin line of the checkpoints.
        origin: String,
        /// C2SP verifier keys of the checkpoints, Ed25519 first, then ML-DSA-44.
        vkeys: Vec<String>,
    },
    /// The agent was cut off while writing; what was never committed has been cut.
    Recovered {
        /// Bytes cut from the journal's end.
        cut_bytes: u64,
    },
    /// The disk is full: from here on only refusals and endings are written.
    OutOfSpace {},
    /// There is room again.
    SpaceRegained {},
    /// A trust root became active.
    Root {
        /// Digest of the signed document.
        document: Digest,
        /// Its version.
        version: u64,
    },
    /// A policy became active.
    Policy {
        /// Digest of the signed document.
        document: Digest,
        /// Its name; versions are counted by name.
        name: String,
        /// Its version.
        version: u64,
    },
    /// A revocation list became active.
    Revocation {
        /// Digest of the signed document.
        document: Digest,
        /// Its name; versions are counted by name.
        name: String,
        /// Its version.
        version: u64,
    },
    /// A reload failed, and the policy stayed as it was.
    PolicyKept {
        /// Why, as a code.
        code: String,
        /// Why, in words.
        message: String,
    },
    /// A document was not accepted.
    Refused {
        /// Digest of the document if it could be read, else of the bytes as found.
        subject: Digest,
        /// File name, without folders.
        file: String,
        /// Why, as a code.
        code: String,
        /// Why, in words.
        message: String,
        /// Line in the file, from 1.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        line: Option<u32>,
        /// Column in the line, from 1.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        column: Option<u32>,
        /// The rule that decided.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        rule: Option<String>,
    },
    /// A job waits to be run: the durable queue.
    Accepted {
        /// Digest of the signed job.
        document: Digest,
        /// Its name.
        name: String,
        /// Its owner.
        owner: String,
        /// Digest of the module to be run; none if what runs is the node's own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        module: Option<Digest>,
        /// Inputs by name, also those that the job does not pin: every attempt and every replay runs
        /// with these bytes and no others.
        inputs: BTreeMap<String, Digest>,
        /// Digest of the policy that admitted it.
        policy: Digest,
        /// Ids of the rules that decided.
        rules: Vec<String>,
        /// What it may do, as text.
        grants: Vec<String>,
    },
    /// A sandbox is about to be started; durable before it is.
    Started {
        /// Digest of the signed job.
        document: Digest,
        /// Counted from 1.
        attempt: u32,
        /// Digest of engine and configuration.
        environment: Digest,
    },
    /// All parts of a product are computed, and this is what is said of each. What of them is looked at
    /// is drawn from this entry's leaf hash, which stands for all before it and which nobody knew.
    Committed {
        /// Digest of the signed job.
        document: Digest,
        /// The attempt.
        attempt: u32,
        /// Digest of the list of commitments, which the archive has.
        commitments: Digest,
    },
    /// Two results of the same work differ, or one is not what its inputs give: somebody computed
    /// wrongly.
    Diverged {
        /// Digest of the signed job.
        document: Digest,
        /// The attempt.
        attempt: u32,
        /// Digest of what shows it, which the archive has.
        evidence: Digest,
        /// What was found, in words.
        what: String,
    },
    /// An attempt was cut off without the job's doing; it may be tried again.
    Interrupted {
        /// Digest of the signed job.
        document: Digest,
        /// The attempt cut off.
        attempt: u32,
        /// Why, in words.
        why: String,
    },
    /// The job came to an end; durable before it is announced.
    Finished {
        /// Digest of the signed job.
        document: Digest,
        /// The attempt that ended; 0 if none was started.
        attempt: u32,
        /// How it ended.
        state: EndState,
        /// The sandbox's outcome, in a word.
        outcome: String,
        /// The outcome's code, if it is not a plain success.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<String>,
        /// Outputs by name.
        outputs: BTreeMap<String, Digest>,
        /// What it wrote to standard error and the like.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        logs: Option<Digest>,
        /// List of the files read through read grants.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reads: Option<Digest>,
        /// Fuel used.
        fuel: u64,
        /// What else it used.
        usage: Usage,
    },
    /// A person let a quarantined result go.
    Released {
        /// Digest of the signed job.
        document: Digest,
        /// Who.
        by: String,
    },
    /// A person threw a result away that cannot be relied upon.
    Rejected {
        /// Digest of the signed job.
        document: Digest,
        /// Who.
        by: String,
    },
    /// A person has a dead letter tried again.
    Retried {
        /// Digest of the signed job.
        document: Digest,
        /// Who.
        by: String,
    },
    /// A person called a job off.
    Cancelled {
        /// Digest of the signed job.
        document: Digest,
        /// Who.
        by: String,
    },
    /// Somebody says something about a disputed job. The time of this entry is when it was heard.
    Said {
        /// Digest of the job's document.
        document: Digest,
        /// The dispute: digest of its challenge; none for a commitment, which may be used in several.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        dispute: Option<Digest>,
        /// Digest of the signed message, which the archive has.
        message: Digest,
        /// Which message, in its word.
        word: String,
        /// The did:key whose it is.
        by: String,
    },
    /// A dispute has ended, as everybody finds who replays its messages. The entries that settle its
    /// stakes come with it, in one unit.
    Settled {
        /// Digest of the job's document.
        document: Digest,
        /// Digest of the challenge.
        dispute: Digest,
        /// Whether the challenge was right.
        upheld: bool,
        /// The did:keys of those at fault, the challenger first.
        at_fault: Vec<String>,
        /// The did:key of the judge whose verdict it is; none where it stands without one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        judge: Option<String>,
        /// SHA-256 of the key under which a proof was believed, where one decided.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        key: Option<Digest>,
    },
    /// Units come into the book.
    Deposit {
        /// What brought them; once each.
        source: Digest,
        /// The did:key whose they are.
        account: String,
        /// How many.
        units: u64,
    },
    /// Units are staked in a dispute.
    Bond {
        /// In which; once for each account.
        dispute: Digest,
        /// The did:key by whom.
        account: String,
        /// How many.
        units: u64,
    },
    /// A stake goes back.
    BondReturned {
        /// Of which dispute.
        dispute: Digest,
        /// The did:key to whom.
        account: String,
    },
    /// A stake is lost, all of it.
    BondLost {
        /// In which dispute.
        dispute: Digest,
        /// The did:key by whom.
        account: String,
        /// Who gets how much of it.
        shares: Vec<BondShare>,
        /// What nobody gets.
        burnt: u64,
    },
}

/// A share of a lost stake.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BondShare {
    /// The did:key whose it is from now on.
    pub to: String,
    /// How many units.
    pub units: u64,
}

/// How a job ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum EndState {
    /// As it should.
    Completed,
    /// Not as it should.
    Failed,
    /// With a result that somebody has to look at first.
    Quarantined,
    /// With parts that contradict each other.
    Disputed,
    /// With a result that another run did not give.
    Dead,
    /// Called off.
    Cancelled,
}

/// What a job used besides fuel.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Usage {
    /// Processor time in milliseconds.
    pub cpu_millis: u64,
    /// Largest memory in bytes.
    pub peak_memory_bytes: u64,
    /// Size of all outputs in bytes.
    pub output_bytes: u64,
    /// Time by the clock in milliseconds.
    pub wall_millis: u64,
    /// How often it reached for what it was not granted: a path out of its folders, a link, a
    /// file that is only to be read.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub denied: u64,
}

fn is_zero(number: &u64) -> bool {
    *number == 0
}

impl Record {
    /// The job that the record is a step of.
    #[must_use]
    pub fn job(&self) -> Option<&Digest> {
        match self {
            Self::Accepted { document, .. }
            | Self::Started { document, .. }
            | Self::Committed { document, .. }
            | Self::Diverged { document, .. }
            | Self::Interrupted { document, .. }
            | Self::Finished { document, .. }
            | Self::Released { document, .. }
            | Self::Rejected { document, .. }
            | Self::Retried { document, .. }
            | Self::Cancelled { document, .. } => Some(document),
            _ => None,
        }
    }

    /// Whether the record takes on work; such ones are refused first when the disk is full.
    #[must_use]
    pub fn takes_on_work(&self) -> bool {
        matches!(self, Self::Accepted { .. } | Self::Started { .. } | Self::Retried { .. })
    }
}
