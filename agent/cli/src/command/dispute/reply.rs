//! `archctl dispute reply`

use std::path::PathBuf;

use arch_dispute::{Concede, Court, Dispute, Holding, Opening, Own, Resolver, Says, Side, reply};
use arch_matrix::commit::{Hash, leaf_hash};
use arch_problem::{Problem, codes};

use crate::answer::{Outcome, Stop};
use crate::circuits::refused;
use crate::dispute::arguments::{Judging, Signing};
use crate::dispute::court::{Keys, Poseidon2};
use crate::dispute::flaw::Flaw;
use crate::dispute::inputs::Files;
use crate::dispute::office::{Looked, play};
use crate::dispute::product::Product;
use crate::dispute::prover::Prover;
use crate::dispute::signer::{Hand, Signed};
use crate::say;

/// Sign what the holder of a key has to say next as a party, by files alone
///
/// The folder is replayed first. What is said follows from one's own product, A and B; nothing is signed
/// that would change nothing. A proof is made here, which takes seconds; with a ceremony's key it needs
/// the folder that `archctl circuit import` wrote.
#[derive(Debug, clap::Args)]
#[command(after_help = "Exit codes: 0 signed, 1 it is not his turn, 3 could not tell")]
pub(crate) struct Args {
    #[command(flatten)]
    signing: Signing,
    /// The product that one committed to: a .npy file of int32 or int64
    #[arg(long, value_name = "FILE")]
    product: PathBuf,
    #[command(flatten)]
    inputs: Files,
    /// As respondent: say that one's own leaf is wrong
    #[arg(long, conflicts_with = "show")]
    concede: bool,
    /// Show the step instead of proving it, where that is agreed upon
    #[arg(long)]
    show: bool,
    /// The folder of keys to prove with, as `archctl circuit import` wrote it
    #[arg(long, value_name = "DIR")]
    keys: Option<PathBuf>,
    #[command(flatten)]
    judging: Judging,
}

impl Args {
    pub(crate) fn run(self) -> Outcome {
        let (evidence, registry) = (self.signing.from.read()?, self.judging.manifest.open()?);
        let now = self.judging.now.read()?;
        let unknown =
            |_: &_, _: &_| Err(Flaw::missing(codes::NOT_ARCHIVED, "nobody gave the inputs"));
        let looked = play(evidence, &registry, now, unknown)?;
        let (says, side) = {
            let keys = Keys::new(&registry, looked.evidence.agreed()?);
            self.says(&looked, &keys)?
        };
        let hand = self.signing.signer.open()?;
        let keys = Keys::new(&registry, looked.evidence.agreed()?);
        let court = Court { facts: &looked.evidence.facts, digester: &Poseidon2, proofs: &keys };
        say_as(&hand, &looked, side, says, |heard| {
            let told = looked.course.end.hear(&court, heard, now);
            told.map(|_| ()).map_err(|why| why.to_string())
        })
    }

    /// What there is to say, and as whom.
    fn says(&self, looked: &Looked, keys: &Keys<'_>) -> Result<(Says, Side), Stop> {
        let end = &looked.course.end;
        let case = end.case();
        let (_, own, _) = crate::keys::public(self.signing.signer.path())?;
        let mut sides = Side::BOTH.into_iter();
        let side = sides.find(|side| own.contains(case.parties.of(*side))).ok_or_else(|| {
            let text = "the key is neither the challenger's nor the respondent's";
            refused(Problem::new(codes::DISPUTE_TURN, text))
        })?;
        if self.concede {
            return Ok((Says::Concede(Concede { dispute: case.id }), side));
        }
        let (leaf, marks_path) = self.leaf(looked, side)?;
        let factors = self.inputs.factors(&case.ground)?;
        let prover = Prover::new(keys, self.keys.as_deref());
        let said = {
            let holding = Holding {
                factors: &factors,
                leaf: &leaf,
                marks_path: &marks_path,
                digester: &Poseidon2,
                prover: &prover,
            };
            if !holding.is_right(&case.ground) {
                say::talk("warning: your own leaf is not what A and B give; see `--concede`");
            }
            match end {
                Dispute::AwaitsProof(state) if self.show => {
                    shown(looked, &holding, state.located().spot)?
                }
                _ => reply(end, side, &holding),
            }
        };
        match (said, prover.stopped()) {
            (Some(says), _) => Ok((says, side)),
            (None, Some(stop)) => Err(stop),
            (None, None) => Err(not_now(looked)),
        }
    }

    /// One's own leaf, if it is the one that was committed to, and the way of its digests, where they are
    /// asked for.
    fn leaf(&self, looked: &Looked, side: Side) -> Result<(Vec<u8>, Vec<Hash>), Stop> {
        let (evidence, case) = (&looked.evidence, looked.course.end.case());
        let first = evidence.said.first().map(|message| message.heard.says());
        let Some(Says::Challenge(challenge)) = first else { return Err(not_now(looked)) };
        let stand = match side {
            Side::Challenger => &challenge.challenger,
            Side::Respondent => &challenge.respondent,
        };
        let mut commits = evidence.commits.iter();
        let own = commits.find(|commit| commit.heard.digest() == stand.commit);
        let Some(Says::Commit(own)) = own.map(|own| own.heard.says()) else {
            return Err(Flaw::record("the folder does not have one's own commitment").into());
        };
        let commitment = &own.commitment;
        let part = commitment.part();
        let product = Product::open(&self.product, commitment.format(), commitment.grid(), part)?;
        let ground = &case.ground;
        let leaf = product.piece(&ground.rows, &ground.columns)?;
        let hash = leaf_hash(ground.format, &ground.at, &leaf);
        if hash != *case.hashes.of(side) {
            let text = "the product has another leaf than was committed to";
            return Err(Flaw::wrong(codes::DISPUTE_MESSAGE, text).into());
        }
        let path = match &looked.course.end {
            Dispute::AwaitsAnswer(_) => product.marks_path(own, case.cell, case.leaf)?,
            _ => Vec::new(),
        };
        Ok((leaf, path))
    }
}

/// The step shown in place of a proof.
fn shown(
    looked: &Looked,
    holding: &Holding<'_>,
    spot: arch_dispute::Spot,
) -> Result<Option<Says>, Stop> {
    if !looked.evidence.agreed()?.resolvers.contains(&Resolver::Reveal) {
        return Err(Stop::no("`reveal` is not agreed upon", "have the step proved"));
    }
    let end = &looked.course.end;
    let case = end.case();
    let shows = holding.show(&case.ground, spot, [true, true], spot.step > 0);
    let dispute = case.id;
    Ok(end.stage().map(|stage| Says::Opening(Opening { dispute, stage, shows })))
}

/// Who is asked, if not he.
pub(super) fn not_now(looked: &Looked) -> Stop {
    let asked = looked.course.asked(&looked.evidence.said);
    let text = match asked.zip(looked.course.end.until()) {
        None => "the dispute has ended".to_owned(),
        Some((asked, until)) => {
            let who: Vec<String> = asked.who.iter().map(ToString::to_string).collect();
            format!("`{}` is asked of {}, until {until}", asked.word, who.join(" and "))
        }
    };
    refused(Problem::new(codes::DISPUTE_TURN, text))
}

/// Signs, unless the message would change nothing.
fn say_as(
    hand: &Hand,
    looked: &Looked,
    side: Side,
    says: Says,
    hear: impl FnOnce(&arch_dispute::Heard) -> Result<(), String>,
) -> Outcome {
    let party = looked.course.end.case().parties.of(side);
    let key = hand.key_of(|key| key == party).ok_or_else(|| not_now(looked))?;
    let signed = Signed::new(key, says)?;
    hear(&signed.heard).map_err(|why| refused(Problem::new(codes::DISPUTE_TURN, why)))?;
    hand.put(&signed)
}
