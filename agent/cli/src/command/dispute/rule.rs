//! `archctl dispute rule`

use arch_dispute::{Court, Dispute, rule};
use arch_problem::{Problem, codes};

use super::reply::not_now;
use crate::answer::{Outcome, Stop};
use crate::circuits::refused;
use crate::dispute::arguments::{Judging, Signing};
use crate::dispute::court::{Keys, Poseidon2};
use crate::dispute::flaw::Flaw;
use crate::dispute::inputs::MaybeFiles;
use crate::dispute::office::play;

/// Sign the verdict of the judge whose turn it is, by files alone
///
/// The folder is replayed, and what follows from it is the verdict. Where the parties name other roots of
/// A and B it depends on these, so they have to be given.
#[derive(Debug, clap::Args)]
#[command(after_help = "Exit codes: 0 signed, 1 it is not his turn, 3 could not tell")]
pub(crate) struct Args {
    #[command(flatten)]
    signing: Signing,
    #[command(flatten)]
    inputs: MaybeFiles,
    #[command(flatten)]
    judging: Judging,
}

impl Args {
    pub(crate) fn run(self) -> Outcome {
        let (evidence, registry) = (self.signing.from.read()?, self.judging.manifest.open()?);
        let files = self.inputs.given();
        let looked = play(evidence, &registry, self.judging.now.read()?, |_evidence, course| {
            let none = || Flaw::missing(codes::NOT_ARCHIVED, "nobody gave the inputs");
            let files = files.as_ref().ok_or_else(none)?;
            Ok(files.factors(&course.end.case().ground)?.roots())
        })?;
        let Dispute::Decided(decided) = &looked.course.end else { return Err(not_now(&looked)) };
        let hand = self.signing.signer.open()?;
        let key = hand.key_of(|key| decided.judge() == Some(key)).ok_or_else(|| {
            let judge = decided.judge().map(ToString::to_string).unwrap_or_default();
            let text = format!("the judge whose turn it is has the key {judge}");
            refused(Problem::new(codes::DISPUTE_TURN, text))
        })?;
        let keys = Keys::new(&registry, looked.evidence.agreed()?);
        let court = Court { facts: &looked.evidence.facts, digester: &Poseidon2, proofs: &keys };
        let says = rule(&court, &looked.course.end).ok_or_else(|| {
            Stop::could_not(
                "the verdict depends on the roots of A and B",
                "give both with `--a` and `--b`",
            )
        })?;
        hand.say(key, says)
    }
}
