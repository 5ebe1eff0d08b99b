//! What is done to a book.

use arch_identity::{Digest, PublicKey};
use serde::{Deserialize, Serialize};

/// One operation: an entry of the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub enum Op {
    /// Units come in.
    Deposit {
        /// What brought them; once each.
        entry: Digest,
        /// Whose they are.
        account: PublicKey,
        /// How many.
        units: u64,
    },
    /// Units are staked.
    Lock {
        /// In which dispute; once for each account.
        dispute: Digest,
        /// By whom.
        account: PublicKey,
        /// How many.
        units: u64,
    },
    /// A stake goes back.
    Release {
        /// Of which dispute.
        dispute: Digest,
        /// To whom.
        account: PublicKey,
    },
    /// A stake is lost, all of it.
    Slash {
        /// In which dispute.
        dispute: Digest,
        /// By whom.
        account: PublicKey,
        /// Who gets how much of it.
        shares: Vec<Share>,
        /// What nobody gets.
        burnt: u64,
    },
}

/// A share of a lost stake.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Share {
    /// Whose it is from now on.
    pub to: PublicKey,
    /// How many units.
    pub units: u64,
}
