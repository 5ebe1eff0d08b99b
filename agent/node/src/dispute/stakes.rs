//! Stakes: who is endowed by which policy, whether somebody has enough to be let compute, and the book's
//! operations as entries of the ledger.

use arch_dispute::book::{Book, Op, Share, Unbooked};
use arch_identity::{Digest, DigestWriter, PublicKey};
use arch_ledger::{BondShare, Record};
use arch_policy::{ActivePolicy, DisputeRules};
use arch_problem::codes;

use crate::{
    node::Node,
    told::{Told, problem},
};

/// The book's operation that an entry stands for.
pub(crate) fn op_of(record: &Record) -> Option<Op> {
    let key = |did: &String| PublicKey::from_did(did).ok();
    Some(match record {
        Record::Deposit { source, account, units } => {
            Op::Deposit { entry: *source, account: key(account)?, units: *units }
        }
        Record::Bond { dispute, account, units } => {
            Op::Lock { dispute: *dispute, account: key(account)?, units: *units }
        }
        Record::BondReturned { dispute, account } => {
            Op::Release { dispute: *dispute, account: key(account)? }
        }
        Record::BondLost { dispute, account, shares, burnt } => {
            let share = |share: &BondShare| Some(Share { to: key(&share.to)?, units: share.units });
            let shares = shares.iter().map(share).collect::<Option<_>>()?;
            Op::Slash { dispute: *dispute, account: key(account)?, shares, burnt: *burnt }
        }
        _ => return None,
    })
}

/// The entry for an operation.
pub(super) fn entry_of(op: &Op) -> Record {
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

/// Entries for all of these, if the book takes them as it is; nothing of them otherwise.
pub(super) fn booked(book: &Book, ops: &[Op]) -> Result<Vec<Record>, Unbooked> {
    let mut book = book.clone();
    ops.iter().try_for_each(|op| book.apply(op))?;
    Ok(ops.iter().map(entry_of).collect())
}

/// Whether the book may take these once other disputes are settled: what is missing is staked elsewhere.
pub(super) fn may_come(node: &Node, ops: &[Op]) -> bool {
    let memory = node.anchors.memory();
    let book = memory.disputes().book();
    ops.iter().all(|op| match op {
        Op::Lock { account, units, .. } => {
            book.free(account).saturating_add(book.bonded(account)) >= *units
        }
        _ => true,
    })
}

/// What endows an account under a policy: once for each version of it.
fn source(policy: &Digest, account: &PublicKey) -> Digest {
    let mut source = DigestWriter::new();
    source.update(b"arch-network.v1 endowment\n");
    source.update(policy.as_bytes());
    source.update(account.material().as_bytes());
    source.finish()
}

/// The endowments that these identities, and those whom the policy names, have not had yet.
pub(crate) fn endowments(
    book: &Book,
    policy: &ActivePolicy,
    identities: &[PublicKey],
) -> Vec<Record> {
    let Some(rules) = &policy.policy().spec.disputes else { return Vec::new() };
    let DisputeRules { judges, parties, endowment, .. } = rules;
    if *endowment == 0 {
        return Vec::new();
    }
    let mut book = book.clone();
    let all = identities.iter().chain(judges).chain(parties);
    let deposit = all.map(|account| Op::Deposit {
        entry: source(&policy.digest(), account),
        account: account.clone(),
        units: *endowment,
    });
    deposit.filter(|op| book.apply(op).is_ok()).map(|op| entry_of(&op)).collect()
}

/// That each of these has, or will be given, what a dispute about a job would cost: who has nothing to
/// lose is not let compute.
pub(crate) fn require_stakes(node: &Node, identities: &[PublicKey]) -> Told<()> {
    let authority = node.authority();
    let policy = authority.believed()?;
    let Some(rules) = &policy.policy().spec.disputes else { return Ok(()) };
    let memory = node.anchors.memory();
    let mut book = memory.disputes().book().clone();
    for op in endowments(&book, policy, identities).iter().filter_map(op_of) {
        book.apply(&op).map_err(|error| problem(codes::NO_STAKE, error.to_string()))?;
    }
    let poor = identities.iter().find(|identity| book.free(identity) < rules.bond);
    let Some(identity) = poor else { return Ok(()) };
    let (free, bond) = (book.free(identity), rules.bond);
    let text = format!("{identity} has {free} units free, and a dispute would cost {bond}");
    Err(problem(codes::NO_STAKE, text))
}

#[cfg(test)]
mod tests {
    use arch_identity::{Algorithm, SigningKey};

    use super::*;

    fn key(number: u8) -> PublicKey {
        SigningKey::from_seed(Algorithm::Ed25519, &[number; 32]).public().clone()
    }

    #[test]
    fn an_operation_becomes_an_entry_and_the_same_operation_again() {
        let dispute = Digest::of(b"dispute");
        let [one, other] = [key(1), key(2)];
        let shares = vec![Share { to: other, units: 50 }];
        for op in [
            Op::Deposit { entry: dispute, account: one.clone(), units: 7 },
            Op::Lock { dispute, account: one.clone(), units: 7 },
            Op::Release { dispute, account: one.clone() },
            Op::Slash { dispute, account: one, shares, burnt: 51 },
        ] {
            assert_eq!(op_of(&entry_of(&op)), Some(op));
        }
        assert_eq!(op_of(&Record::OutOfSpace {}), None);
        let nobody = Record::BondReturned { dispute, account: "nobody".to_owned() };
        assert_eq!(op_of(&nobody), None);
    }

    #[test]
    fn what_the_book_does_not_take_is_not_written_and_nothing_with_it() {
        let (dispute, one) = (Digest::of(b"dispute"), key(1));
        let mut book = Book::default();
        book.apply(&Op::Deposit { entry: dispute, account: one.clone(), units: 10 }).unwrap();
        let lock = |account: &PublicKey| Op::Lock { dispute, account: account.clone(), units: 10 };
        assert_eq!(booked(&book, &[lock(&one)]).unwrap().len(), 1);
        let poor = booked(&book, &[lock(&one), lock(&key(2))]).unwrap_err();
        assert_eq!(poor, Unbooked::TooLittle { free: 0, need: 10 });
    }
}
