//! What a dispute does to the book.

use arch_identity::PublicKey;

use super::{Op, Share};
use crate::{
    pair::Side,
    state::{Case, Ended},
};

/// Both stake when the challenge is made. The respondent agreed to it when he committed: otherwise
/// whoever keeps silent would have nothing to lose.
#[must_use]
pub fn stake(case: &Case) -> [Op; 2] {
    Side::BOTH.map(|side| lock(case, case.parties.of(side)))
}

/// A judge stakes with his verdict.
#[must_use]
pub fn stake_of_judge(case: &Case, judge: &PublicKey) -> Op {
    lock(case, judge)
}

fn lock(case: &Case, account: &PublicKey) -> Op {
    Op::Lock { dispute: case.id, account: account.clone(), units: case.terms.bond }
}

/// Whoever is at fault loses his stake: half of it goes to the other one, if he is not, and the rest is
/// burnt, so that nobody gains by losing against himself. Who is not at fault has his back; so have
/// both if the dispute lapsed, or if it rests on a judge's word: on that alone nobody loses anything. A
/// judge has his back unless his verdict was wrong; then it is burnt.
/// The order is always the same.
#[must_use]
pub fn settle(ended: &Ended) -> Vec<Op> {
    let case = &ended.case;
    let finding = ended.finding.as_ref().filter(|_| !ended.on_his_word);
    let blames = |side| finding.is_some_and(|finding| finding.blames(side));
    let release = |account: &PublicKey| Op::Release { dispute: case.id, account: account.clone() };
    let slash = |account: &PublicKey, shares: Vec<Share>, burnt| Op::Slash {
        dispute: case.id,
        account: account.clone(),
        shares,
        burnt,
    };
    let bond = case.terms.bond;
    let mut ops = Vec::new();
    for side in Side::BOTH {
        let (account, other) = (case.parties.of(side), case.parties.of(side.other()));
        ops.push(match (blames(side), blames(side.other())) {
            (false, _) => release(account),
            (true, true) => slash(account, Vec::new(), bond),
            (true, false) => {
                let units = bond.checked_div(2).unwrap_or_default();
                let burnt = bond.saturating_sub(units);
                slash(account, vec![Share { to: other.clone(), units }], burnt)
            }
        });
    }
    ops.extend(ended.judge.iter().map(release));
    ops.extend(ended.wrong.iter().map(|judge| slash(judge, Vec::new(), bond)));
    ops
}
