//! Signatures, quorum, time and replay: is the document believed, and on what grounds?

use arch_document::{Job, NoHistory, SignatureEntry, SignedDocument, TrustRoot, Verified};
use arch_identity::{PublicKey, pae};
use arch_problem::{Code, codes};

use super::node::Node;
use super::step::Step;

/// One line a signature: whose it is by the root, and whether it holds.
pub(super) fn signatures(document: &SignedDocument, root: &TrustRoot) -> Vec<Step> {
    let message = pae(&document.kind().payload_type(), document.body());
    document.signatures().iter().map(|entry| signature(entry, &message, root)).collect()
}

fn signature(entry: &SignatureEntry, message: &[u8], root: &TrustRoot) -> Step {
    let keys = &root.root().spec.keys;
    let made_by = |key: &PublicKey| key.verify(message, entry.sig()).is_ok();
    // A signature of an envelope may name no key; whoever made it is meant then.
    let owner = keys.iter().find(|(_id, key)| match entry.by() {
        Some(by) => key.public().contains(by),
        None => key.public().iter().any(made_by),
    });
    let holds = entry.by().is_none_or(made_by);
    let algorithm = entry.algorithm();
    // Whether it suffices is the quorum's question; a stray signature harms nobody.
    match (owner, holds) {
        (Some((id, _key)), true) => Step::ok("signature", format!("`{id}`, {algorithm}, holds")),
        (Some((id, _key)), false) => {
            Step::unknown("signature", format!("`{id}`, {algorithm}, does not hold"))
        }
        (None, _) => {
            let did = entry.by().map_or("its key".to_owned(), |by| {
                format!("{}…", by.did().chars().take(32).collect::<String>())
            });
            Step::unknown("signature", format!("{did} is not in the root"))
        }
    }
}

/// The agent's own verification; its steps are added, and nothing follows a refusal.
pub(super) fn verify(
    document: SignedDocument,
    job: &Job,
    node: &Node,
    steps: &mut Vec<Step>,
) -> Option<Verified<Job>> {
    let told = match &node.ledger {
        Some(known) => node.root.verify::<Job>(document, &node.moment, known),
        None => node.root.verify::<Job>(document, &node.moment, &NoHistory),
    };
    let verified = match told {
        Ok(verified) => verified,
        Err(refusal) => {
            steps.push(Step::no(about(refusal.problem.code), refusal.problem));
            return None;
        }
    };
    steps.push(quorum(&verified, node));
    steps.push(time(job, node));
    steps.push(match &node.ledger {
        Some(known) => {
            Step::ok("replay", format!("not among the {} entries of the ledger", known.size()))
        }
        None => Step::unknown("replay", "no ledger was given; `--state DIR` looks into it"),
    });
    Some(verified)
}

/// Which question a refusal answers.
fn about(code: Code) -> &'static str {
    let one_of = |codes: &[Code]| codes.contains(&code);
    if one_of(&[codes::REPLAYED]) {
        "replay"
    } else if one_of(&[codes::EXPIRED, codes::NOT_YET_VALID]) {
        "time"
    } else if one_of(&[codes::ROOT_EXPIRED]) {
        "root"
    } else {
        "quorum"
    }
}

fn quorum(verified: &Verified<Job>, node: &Node) -> Step {
    let roles = &node.root.root().spec.roles;
    let met: Vec<String> = verified
        .roles()
        .iter()
        .filter_map(|grant| {
            let role = roles.get(&grant.role)?;
            Some(format!("role `{}` needs {} of {}", grant.role, role.threshold, role.keys.len()))
        })
        .collect();
    let signers = verified.signers().join(", ");
    Step::ok("quorum", format!("{}, signed by {signers}", met.join(" and ")))
}

fn time(job: &Job, node: &Node) -> Step {
    let show = |at: Option<arch_identity::Timestamp>| {
        at.map_or_else(|| "any time".to_owned(), |at| at.to_string())
    };
    let (from, until) = (show(job.metadata.not_before), show(job.metadata.not_after));
    Step::ok("time", format!("valid from {from} until {until}, now {}", node.moment.now()))
}
