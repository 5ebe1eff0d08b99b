//! Stakes: who is endowed by which policy, whether somebody has enough to be let compute, and what the
//! book takes.

use arch_dispute::book::{Book, Op, Unbooked};
use arch_identity::{Digest, DigestWriter, PublicKey};
use arch_ledger::Record;
use arch_policy::{ActivePolicy, DisputeRules};
use arch_problem::codes;
use arch_stakes::entry_of;

use crate::{
    node::Node,
    told::{Told, problem},
};

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
pub(crate) fn endowments(book: &Book, policy: &ActivePolicy, identities: &[PublicKey]) -> Vec<Op> {
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
    deposit.filter(|op| book.apply(op).is_ok()).collect()
}

/// That each of these has, or will be given, what a dispute about a job would cost: who has nothing to
/// lose is not let compute.
pub(crate) fn require_stakes(node: &Node, identities: &[PublicKey]) -> Told<()> {
    let authority = node.authority();
    let policy = authority.believed()?;
    let Some(rules) = &policy.policy().spec.disputes else { return Ok(()) };
    let memory = node.anchors.memory();
    let mut book = memory.disputes().book().clone();
    for op in endowments(&book, policy, identities) {
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
