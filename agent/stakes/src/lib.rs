//! The book's operations as entries of the ledger, and back: the agent writes them, whoever has a ledger
//! reads the same.
//!
//! ```text
//! dispute: Op ──entry_of──> ledger: Record ──op_of──> Op, or an account that is no key
//! ```
//!
//! The crates of disputes and of the ledger do not know each other. Nothing here says whether a book takes
//! an operation.
//!
//! ```
//! use arch_dispute::book::Op;
//! use arch_identity::{Algorithm, Digest, SigningKey};
//! use arch_stakes::{entry_of, op_of};
//! let account = SigningKey::from_seed(Algorithm::Ed25519, &[7; 32]).public().clone();
//! let op = Op::Lock { dispute: Digest::of(b"a challenge"), account, units: 101 };
//! assert_eq!(op_of(&entry_of(&op)), Some(Ok(op)));
//! ```

use arch_dispute::book::{Op, Share};
use arch_identity::{KeyError, PublicKey};
use arch_ledger::{BondShare, Record};

/// An entry about stakes that nobody can book.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{account}` is no key: {why}")]
pub struct NoKey {
    /// What it names as an account.
    pub account: String,
    /// Why that is none.
    #[source]
    pub why: KeyError,
}

/// The operation that an entry stands for; none if it is not about stakes.
#[must_use]
pub fn op_of(record: &Record) -> Option<Result<Op, NoKey>> {
    Some(match record {
        Record::Deposit { source, account, units } => {
            key(account).map(|account| Op::Deposit { entry: *source, account, units: *units })
        }
        Record::Bond { dispute, account, units } => {
            key(account).map(|account| Op::Lock { dispute: *dispute, account, units: *units })
        }
        Record::BondReturned { dispute, account } => {
            key(account).map(|account| Op::Release { dispute: *dispute, account })
        }
        Record::BondLost { dispute, account, shares, burnt } => {
            let share = |share: &BondShare| Ok(Share { to: key(&share.to)?, units: share.units });
            let shares = shares.iter().map(share).collect::<Result<Vec<Share>, NoKey>>();
            shares.and_then(|shares| {
                let account = key(account)?;
                Ok(Op::Slash { dispute: *dispute, account, shares, burnt: *burnt })
            })
        }
        _ => return None,
    })
}

fn key(account: &str) -> Result<PublicKey, NoKey> {
    PublicKey::from_did(account).map_err(|why| NoKey { account: account.to_owned(), why })
}

/// The entry for an operation.
#[must_use]
pub fn entry_of(op: &Op) -> Record {
    match op {
        Op::Deposit { entry, account, units } => {
            Record::Deposit { source: *entry, account: account.did(), units: *units }
        }
        Op::Lock { dispute, account, units } => {
            Record::Bond { dispute: *dispute, account: account.did(), units: *units }
        }
        Op::Release { dispute, account } => {
            Record::BondReturned { dispute: *dispute, account: account.did() }
        }
        Op::Slash { dispute, account, shares, burnt } => {
            let share = |share: &Share| BondShare { to: share.to.did(), units: share.units };
            let shares = shares.iter().map(share).collect();
            Record::BondLost { dispute: *dispute, account: account.did(), shares, burnt: *burnt }
        }
    }
}

#[cfg(test)]
mod tests {
    use arch_identity::{Algorithm, Digest, SigningKey};

    use super::*;

    fn account(number: u8) -> PublicKey {
        SigningKey::from_seed(Algorithm::Ed25519, &[number; 32]).public().clone()
    }

    #[test]
    fn an_operation_becomes_an_entry_and_the_same_operation_again() {
        let dispute = Digest::of(b"dispute");
        let [one, other] = [account(1), account(2)];
        let shares = vec![Share { to: other, units: 50 }];
        for op in [
            Op::Deposit { entry: dispute, account: one.clone(), units: 7 },
            Op::Lock { dispute, account: one.clone(), units: 7 },
            Op::Release { dispute, account: one.clone() },
            Op::Slash { dispute, account: one, shares, burnt: 51 },
        ] {
            assert_eq!(op_of(&entry_of(&op)), Some(Ok(op)));
        }
        assert_eq!(op_of(&Record::OutOfSpace {}), None);
    }

    #[test]
    fn an_account_that_is_no_key_is_named_wherever_it_stands() {
        let (dispute, one) = (Digest::of(b"dispute"), account(1).did());
        let nobody = "nobody".to_owned();
        let share = |to: &String| vec![BondShare { to: to.clone(), units: 1 }];
        let lost = |account: &String, to| Record::BondLost {
            dispute,
            account: account.clone(),
            shares: share(to),
            burnt: 0,
        };
        for entry in [
            Record::Deposit { source: dispute, account: nobody.clone(), units: 1 },
            Record::Bond { dispute, account: nobody.clone(), units: 1 },
            Record::BondReturned { dispute, account: nobody.clone() },
            lost(&nobody, &one),
            lost(&one, &nobody),
        ] {
            let told = op_of(&entry).unwrap().unwrap_err();
            assert_eq!(told.account, nobody);
            assert!(told.to_string().starts_with("`nobody` is no key: "), "{told}");
        }
    }
}
