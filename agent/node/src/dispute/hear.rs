//! A message of somebody else: tried on the record before it is taken, so that what changes nothing leaves
//! nothing behind.

use std::sync::Arc;

use arch_dispute::{Court, Heard, Recorded, Says, book, replay};
use arch_document::SignedDocument;
use arch_identity::{Digest, Timestamp};
use arch_problem::{Problem, codes};
use arch_wire::control::HeardOf;

use super::{
    asks::Line,
    challenge::{stakes_and_says, try_to_stake},
    docket::Docket,
    known::Known,
    messages::{self, Kept},
    pursue, stakes,
};
use crate::{
    node::Node,
    point::Point,
    told::{Told, problem},
};

/// Takes a message in, if it belongs to a job of this node and is whoever's turn it is.
///
/// # Errors
/// A problem says why it is not taken; nothing is kept of it then.
pub(crate) async fn hear(node: &Arc<Node>, file: &str, bytes: &[u8]) -> Told<HeardOf> {
    let document = SignedDocument::parse(file, bytes)?;
    let heard = Heard::check(&document)
        .map_err(|error| problem(codes::DISPUTE_MESSAGE, error.to_string()))?;
    match heard.says().clone() {
        Says::Commit(commit) => commitment(node, &document, heard, commit.job).await,
        Says::Challenge(challenge) => challenged(node, &document, heard, challenge.task.job).await,
        says => {
            let dispute = says.stage().map(|(dispute, _)| dispute);
            let dispute = dispute.ok_or_else(|| refused("it belongs to no dispute".to_owned()))?;
            word(node, &document, heard, dispute).await
        }
    }
}

fn refused(why: String) -> Box<Problem> {
    problem(codes::DISPUTE_TURN, why)
}

async fn docket(node: &Node, job: Digest) -> Told<Docket> {
    let docket = Docket::of(node, job).await?;
    docket.ok_or_else(|| refused(format!("job {job} has nothing here that can be disputed")))
}

fn told(heard: &Heard, dispute: Option<Digest>, state: Option<&str>) -> HeardOf {
    HeardOf {
        message: heard.digest(),
        word: heard.says().word().to_owned(),
        dispute,
        entry: None,
        already: false,
        state: state.map(str::to_owned),
    }
}

/// A commitment of somebody else to a part of the same product; he has to have something to lose.
async fn commitment(
    node: &Arc<Node>,
    document: &SignedDocument,
    heard: Heard,
    job: Digest,
) -> Told<HeardOf> {
    let _hand = node.hands.take(heard.digest()).await;
    let mut docket = docket(node, job).await?;
    if node.anchors.memory().disputes().later(&job).contains(&heard.digest()) {
        return Ok(HeardOf { already: true, ..told(&heard, None, None) });
    }
    let free = node.anchors.memory().disputes().book().free(heard.by());
    if free < docket.agreed.terms.bond {
        let text = format!("{} has {free} units free here", heard.by());
        return Err(problem(codes::NO_STAKE, text));
    }
    let Says::Commit(said) = heard.says() else { return Err(refused("no commitment".to_owned())) };
    let fits = docket.list.commitments.iter().any(|line| {
        line.commitment.format() == said.commitment.format()
            && line.commitment.grid().shape() == said.commitment.grid().shape()
    });
    if !fits || !docket.facts.witness(&heard) {
        return Err(refused("it is about another product, or was said before".to_owned()));
    }
    let kept = messages::keep(node, document, heard)?;
    let anchored = super::anchor(node, vec![kept.record(job)]).await?;
    Ok(HeardOf { entry: anchored.first().copied(), ..told(&kept.heard, None, None) })
}

async fn challenged(
    node: &Arc<Node>,
    document: &SignedDocument,
    heard: Heard,
    job: Digest,
) -> Told<HeardOf> {
    let dispute = heard.digest();
    let _hand = node.hands.take(dispute).await;
    let docket = docket(node, job).await?;
    if node.anchors.memory().disputes().dispute(&dispute).is_some() {
        return Ok(HeardOf { already: true, ..told(&heard, Some(dispute), None) });
    }
    let opened = docket.opened(&heard, node.moment()?.now())?;
    let state = opened.word();
    let kept = messages::keep(node, document, heard)?;
    let of = told(&kept.heard, Some(dispute), Some(state));
    if let Some(entry) = try_to_stake(node, &docket, &kept).await? {
        pursue(node, dispute, None);
        return Ok(HeardOf { entry: Some(entry), ..of });
    }
    let node = Arc::clone(node);
    tokio::spawn(async move {
        match stakes_and_says(&node, &docket, &kept).await {
            Ok(()) => pursue(&node, dispute, None),
            Err(problem) => tracing::warn!(%dispute, %problem, "a challenge is not taken"),
        }
    });
    // KNOWN GAP: a challenge that waits for stakes is forgotten by an agent that stops; whoever sent it
    // sends it again.
    Ok(of)
}

/// Any other message: taken if it changes the state.
async fn word(
    node: &Arc<Node>,
    document: &SignedDocument,
    heard: Heard,
    dispute: Digest,
) -> Told<HeardOf> {
    let _hand = node.hands.take(dispute).await;
    let known = node.anchors.memory().disputes().dispute(&dispute).cloned();
    let known = known.ok_or_else(|| refused(format!("no dispute {dispute} is known here")))?;
    if known.said.iter().any(|(_, message)| *message == heard.digest()) {
        return Ok(HeardOf { already: true, ..told(&heard, Some(dispute), None) });
    }
    if known.settled.is_some() {
        return Err(refused("the dispute is settled".to_owned()));
    }
    let docket = docket(node, known.job).await?;
    let now = node.moment()?.now();
    let state = tokio::task::block_in_place(|| tried(node, &docket, dispute, &heard, now))?;
    let mut stake = Vec::new();
    let booking = node.news.booking().await;
    if let Says::Verdict(_) = heard.says() {
        let (account, units) = (heard.by().clone(), docket.agreed.terms.bond);
        let op = book::Op::Lock { dispute, account, units };
        let booked = stakes::booked(node.anchors.memory().disputes().book(), &[op]);
        stake = booked.map_err(|error| problem(codes::NO_STAKE, error.to_string()))?;
    }
    let kept: Kept = messages::keep(node, document, heard)?;
    Point::Saying.reached();
    let records = std::iter::once(kept.record(known.job)).chain(stake).collect();
    let anchored = super::anchor(node, records).await?;
    drop(booking);
    Point::Said.reached();
    node.news.tell();
    Ok(HeardOf {
        entry: anchored.first().copied(),
        ..told(&kept.heard, Some(dispute), Some(&state))
    })
}

/// The state that the record comes to with this message.
fn tried(
    node: &Node,
    docket: &Docket,
    dispute: Digest,
    heard: &Heard,
    now: Timestamp,
) -> Told<String> {
    let mut record = messages::record(node, &dispute)?;
    record.push(Recorded { at: now, heard: heard.clone() });
    let (mut known, mut line) = (Known::of(docket), Line::default());
    loop {
        let court = Court { facts: &docket.facts, digester: &known, proofs: &known };
        let played = replay(&court, &record, now);
        if line.ask_all(node, &mut known)? {
            continue;
        }
        let (state, rejected) = played.map_err(|refused| self::refused(refused.to_string()))?;
        let last = record.len().saturating_sub(1);
        return match rejected.iter().find(|(number, _)| *number == last) {
            Some((_, why)) => Err(refused(why.to_string())),
            None => Ok(state.word().to_owned()),
        };
    }
}
