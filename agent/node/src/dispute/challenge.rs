//! From what was found to a challenge: whoever committed to what A and B give challenges who did not.

use std::{collections::BTreeSet, sync::Arc};

use arch_dispute::{
    Challenge, Commit, Dispute, Factors, Ground, Heard, Holding, Own as _, Says, Stand,
    book::{Unbooked, stake},
};
use arch_identity::{Digest, PublicKey, SigningKey};
use arch_problem::codes;

use super::{
    asks::Line,
    docket::Docket,
    known::Known,
    messages::{self, Kept},
    operands::{self, Operands},
    pursue, stakes,
};
use crate::{
    memory::KnownJob,
    node::Node,
    point::Point,
    product::{Finding, Party, found},
    told::{Told, problem},
};

/// Challenges for what was found in a job that has ended disputed: once for each two who contradict each
/// other. What one node alone is found to have computed wrongly has nobody to dispute it with.
pub(super) async fn begin(node: &Arc<Node>, digest: Digest) -> Told<()> {
    let Some(mut docket) = Docket::of(node, digest).await? else { return Ok(()) };
    let job = node.job(digest).await?;
    let outputs = job.end.as_ref().map(|end| end.outputs.to_map()).unwrap_or_default();
    let Some(evidence) = outputs.get("evidence") else { return Ok(()) };
    let findings = tokio::task::block_in_place(|| found(node, evidence))?;
    let mut disputed = tokio::task::block_in_place(|| disputed(node, &docket))?;
    for finding in findings {
        let [one, other] = finding.parties() else { continue };
        for party in [one, other] {
            commit_later(node, &mut docket, party).await?;
        }
        let suit = Suit { node, digest, job: &job, docket: &docket, finding: &finding };
        let (Some(one), Some(other)) = (suit.stand(one), suit.stand(other)) else { continue };
        if disputed.insert(pair(one.commit.by(), other.commit.by())) {
            suit.challenge([one, other]).await?;
        }
    }
    Ok(())
}

/// Two who dispute, whoever challenged whom.
fn pair(one: &PublicKey, other: &PublicKey) -> [PublicKey; 2] {
    let mut pair = [one.clone(), other.clone()];
    pair.sort();
    pair
}

/// Who disputes with whom about the job already.
fn disputed(node: &Node, docket: &Docket) -> Told<BTreeSet<[PublicKey; 2]>> {
    let job = docket.task.job;
    let disputes: Vec<Digest> =
        node.anchors.memory().disputes().about(&job).map(|(dispute, _)| dispute).collect();
    let mut pairs = BTreeSet::new();
    for dispute in disputes {
        let record = messages::record(node, &dispute)?;
        let opened = record.first().map(|first| docket.opened(&first.heard, first.at));
        if let Some(Ok(dispute)) = opened {
            let parties = &dispute.case().parties;
            pairs.insert(pair(&parties.challenger, &parties.respondent));
        }
    }
    Ok(pairs)
}

/// One finding that is to be disputed.
struct Suit<'a> {
    node: &'a Arc<Node>,
    digest: Digest,
    job: &'a KnownJob,
    docket: &'a Docket,
    finding: &'a Finding,
}

/// Somebody of ours who committed to the leaf.
struct Standing<'a> {
    commit: Heard,
    said: Commit,
    /// Whether the task's entry anchors it: what was computed once more cannot be challenged.
    anchored: bool,
    key: SigningKey,
    party: &'a Party,
}

/// What was computed once more was not committed to; it is signed now.
async fn commit_later(node: &Arc<Node>, docket: &mut Docket, party: &Party) -> Told<()> {
    let key = node.identities.local(party.node());
    if party.shown().is_none() || docket.commit_of(&key, party.commitment()).is_some() {
        return Ok(());
    }
    let says = Says::Commit(Commit {
        job: docket.task.job,
        attempt: docket.task.attempt,
        commitment: party.commitment().clone(),
        // Their values are gone by now, but for the leaf that is shown: digests are made in the dispute.
        marks: Vec::new(),
    });
    let kept = tokio::task::block_in_place(|| messages::say(node, &key, says))?;
    super::anchor(node, vec![kept.record(docket.task.job)]).await?;
    if docket.facts.witness(&kept.heard) {
        docket.later.push(kept.heard);
    }
    Ok(())
}

impl<'a> Suit<'a> {
    /// What one of them stands by. None if his values are not those any more that he committed to: then
    /// he cannot show them either.
    fn stand(&self, party: &'a Party) -> Option<Standing<'a>> {
        let key = self.node.identities.local(party.node());
        party.shown()?;
        let (commit, anchored) = self.docket.commit_of(&key, party.commitment())?;
        let Says::Commit(said) = commit.says() else { return None };
        Some(Standing { said: said.clone(), commit: commit.clone(), anchored, key, party })
    }

    async fn challenge(&self, [one, other]: [Standing<'a>; 2]) -> Told<()> {
        let Self { node, docket, .. } = self;
        let cell = self.finding.cell();
        let Some(leaf) = one.party.leaf() else { return Ok(()) };
        let ground = Ground::common(&one.said.commitment, &other.said.commitment, cell, leaf);
        let Some(ground) = ground else { return Ok(()) };
        let (challenge, factors) = tokio::task::block_in_place(|| {
            let factors = Operands::of(node, &self.digest, self.job)?.around(&ground)?;
            let mut known = Known::of(docket);
            let right = |own: &Standing<'_>, other: &Standing<'_>| {
                let (holding, other) = (own.holding(&factors, &known), other.party.shown());
                holding.zip(other).is_some_and(|(own, other)| {
                    own.is_right_where_it_differs_from(&ground, other.bytes())
                })
            };
            // Only what the entry anchors can be challenged; of two whose values are wrong, either.
            let turned =
                !other.anchored || (one.anchored && right(&other, &one) && !right(&one, &other));
            let [challenger, respondent] = if turned { [&other, &one] } else { [&one, &other] };
            let mut line = Line::default();
            loop {
                let own = challenger.holding(&factors, &known);
                let own = own.ok_or_else(|| gone("the challenger's values"))?;
                let (marks, inputs) = (own.marks(&ground), own.inputs());
                if !line.ask_all(node, &mut known)? {
                    let [one, other] = [challenger, respondent].map(|of| of.stand(&ground));
                    let (Some(one), Some(other)) = (one, other) else {
                        return Err(gone("a leaf"));
                    };
                    let says = Says::Challenge(Box::new(Challenge {
                        task: docket.task,
                        cell,
                        leaf,
                        challenger: one,
                        respondent: other,
                        marks,
                        marks_path: docket.marks_path(node, &challenger.commit, cell, leaf)?,
                        inputs,
                        resolver: docket.resolver()?,
                        terms: docket.agreed.terms,
                    }));
                    let said = messages::say(node, &challenger.key, says)?;
                    return Ok((said, factors));
                }
            }
        })?;
        stakes_and_says(node, docket, &challenge).await?;
        pursue(node, challenge.heard.digest(), Some(factors));
        Ok(())
    }
}

impl Standing<'_> {
    fn holding<'s>(&'s self, factors: &'s Factors, known: &'s Known) -> Option<Holding<'s>> {
        let leaf = self.party.shown()?.bytes();
        // Read once, where the challenge is made: it is in an object as long as the product's leaves are many.
        let marks_path = &[];
        Some(Holding { factors, leaf, marks_path, digester: known, prover: known })
    }

    fn stand(&self, ground: &Ground) -> Option<Stand> {
        let shown = self.party.shown()?;
        Some(Stand {
            commit: self.commit.digest(),
            hash: operands::hash(ground, shown.bytes()),
            path: shown.path().to_vec(),
        })
    }
}

/// Anchors a challenge with both stakes, in one unit. Units that other disputes hold are waited for.
pub(super) async fn stakes_and_says(
    node: &Arc<Node>,
    docket: &Docket,
    challenge: &Kept,
) -> Told<()> {
    let mut news = node.news.listen();
    while try_to_stake(node, docket, challenge).await?.is_none() {
        tokio::select! {
            _ = news.changed() => {}
            () = node.gate.stopping() => {
                return Err(problem(codes::NOT_ACCEPTING, "the agent is stopping"));
            }
        }
    }
    Ok(())
}

/// The same, if the units are free now; gives the challenge's entry.
pub(super) async fn try_to_stake(
    node: &Arc<Node>,
    docket: &Docket,
    challenge: &Kept,
) -> Told<Option<u64>> {
    let opened = docket.opened(&challenge.heard, node.moment()?.now())?;
    let ops = stake(opened.case());
    let _booking = node.news.booking().await;
    tokio::task::block_in_place(|| once(node, docket, &opened))?;
    let booked = stakes::booked(node.anchors.memory().disputes().book(), &ops);
    let stakes = match booked {
        Ok(stakes) => stakes,
        Err(Unbooked::TooLittle { .. }) if stakes::may_come(node, &ops) => return Ok(None),
        Err(error) => return Err(problem(codes::NO_STAKE, error.to_string())),
    };
    let said = challenge.record(docket.task.job);
    let anchored = super::anchor(node, std::iter::once(said).chain(stakes).collect()).await?;
    Point::Challenged.reached();
    node.news.tell();
    let dispute = challenge.heard.digest();
    tracing::warn!(job = %docket.task.job, %dispute, "disputed");
    Ok(anchored.first().copied())
}

/// The same two dispute the same leaf once. Looked at where the stakes are taken: several challenges may
/// have waited for them.
fn once(node: &Node, docket: &Docket, opened: &Dispute) -> Told<()> {
    let subject = opened.case().subject();
    let job = docket.task.job;
    let others: Vec<Digest> =
        node.anchors.memory().disputes().about(&job).map(|(other, _)| other).collect();
    for other in others {
        let record = messages::record(node, &other)?;
        let first = record.first().map(|first| docket.opened(&first.heard, first.at));
        if matches!(first, Some(Ok(first)) if first.case().subject() == subject) {
            let text = format!("the same two dispute this leaf already, in {other}");
            return Err(problem(codes::DISPUTE_REFUSED, text));
        }
    }
    Ok(())
}

fn gone(what: &str) -> Box<arch_problem::Problem> {
    problem(codes::WENT_MISSING, format!("{what} cannot be shown any more"))
}
