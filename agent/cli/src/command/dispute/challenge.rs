//! `archctl dispute challenge`

use std::path::PathBuf;

use arch_dispute::{
    Challenge, Court, Dispute, Factors, Heard, Holding, Own, Resolver, Says, Stand,
};
use arch_document::MAX_ENVELOPE_BYTES;
use arch_matrix::commit::{Commitment, Hash};
use arch_problem::{Problem, codes};

use super::commit::line;
use crate::answer::{Outcome, Stop};
use crate::circuits::refused;
use crate::dispute::arguments::{Judging, Signing};
use crate::dispute::court::{Keys, Poseidon2};
use crate::dispute::evidence::Evidence;
use crate::dispute::flaw::Flaw;
use crate::dispute::inputs::Files;
use crate::dispute::leaves::{self, Leaves};
use crate::dispute::meeting::{self, Meeting};
use crate::dispute::product::Product;
use crate::dispute::prover::Prover;
use crate::dispute::signer::{Hand, Signed};
use crate::dispute::sources;
use crate::say;

/// Sign that another's leaf is wrong, by files alone: the first leaf in which one's own product differs
///
/// Terms are those of the list. Nothing is signed that opens no dispute.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Exit codes: 0 signed, 1 nothing differs or it opens no dispute, 3 could not tell"
)]
pub(crate) struct Args {
    #[command(flatten)]
    signing: Signing,
    /// One's own commitment, as it was signed
    #[arg(long, value_name = "FILE")]
    commit: PathBuf,
    /// The product that it commits to: a .npy file of int32 or int64
    #[arg(long, value_name = "FILE")]
    product: PathBuf,
    #[command(flatten)]
    inputs: Files,
    /// Against this line of the list, from 0; `report.md` has them with their numbers
    #[arg(long, value_name = "LINE")]
    against: usize,
    /// The product that was given out, or that line's part of it: a .npy file of int32 or int64
    #[arg(long, value_name = "FILE", conflicts_with = "leaves")]
    theirs: Option<PathBuf>,
    /// The hashes of its leaves, in place of the product; without either, `leaves.json` of the folder
    #[arg(long, value_name = "FILE")]
    leaves: Option<PathBuf>,
    /// How the step is settled, `groth16` or `reveal`; without it, the first way that is agreed upon
    #[arg(long, value_name = "HOW", value_parser = resolver)]
    resolver: Option<Resolver>,
    #[command(flatten)]
    judging: Judging,
}

fn resolver(text: &str) -> Result<Resolver, String> {
    match text {
        "groth16" => Ok(Resolver::Groth16),
        "reveal" => Ok(Resolver::Reveal),
        _ => Err("a step is settled by `groth16` or by `reveal`".to_owned()),
    }
}

impl Args {
    pub(crate) fn run(self) -> Outcome {
        let mut evidence = self.signing.from.read()?;
        let bytes = arch_files::read(&self.commit, MAX_ENVELOPE_BYTES).map_err(Stop::file)?;
        let (_, heard) = sources::read(&self.commit.display().to_string(), &bytes)?;
        let known = evidence.commits.iter().any(|own| own.heard.digest() == heard.digest());
        let Says::Commit(own) = heard.says().clone() else { return Err(no_commitment().into()) };
        if !known && !evidence.facts.witness(&heard) {
            return Err(no_commitment().into());
        }
        let theirs = &line(&evidence.list, self.against)?.commitment;
        let part = own.commitment.part();
        let (grid, format) = (own.commitment.grid(), own.commitment.format());
        let product = Product::open(&self.product, format, grid, part)?;
        let leaves = || self.leaves(theirs);
        let Some(meeting) = meeting::first(&product, &own, theirs, leaves)? else {
            return Err(Stop::no(
                "nothing differs that both hold over the same depth",
                "there is nothing to challenge; look at another line",
            ));
        };
        let marks_path = product.marks_path(&own, meeting.cell, meeting.leaf)?;
        let says = self.challenge(&evidence, &heard, &product, (&meeting, marks_path))?;
        let hand = self.signing.signer.open()?;
        sign(&hand, &heard, &evidence, says, &self.judging)
    }

    /// The hashes of the other's leaves, whichever way they are known.
    fn leaves(&self, theirs: &Commitment) -> Result<Leaves, Stop> {
        if let Some(given) = &self.theirs {
            let product = Product::open(given, theirs.format(), theirs.grid(), theirs.part())?;
            return Ok(Leaves::of(&product, std::iter::once(theirs))?);
        }
        let path = self.leaves.clone().unwrap_or_else(|| self.signing.from.dir.join(leaves::FILE));
        match path.exists() {
            true => Leaves::read(&path),
            false => Err(Stop::could_not(
                format!("{} is not there, and the other's leaves are hashed in it", path.display()),
                "give the product that was given out with `--theirs`",
            )),
        }
    }

    fn challenge(
        &self,
        evidence: &Evidence,
        heard: &Heard,
        product: &Product,
        (meeting, marks_path): (&Meeting, Vec<Hash>),
    ) -> Result<Challenge, Stop> {
        let Meeting { cell, leaf, ground, .. } = meeting;
        let agreed = evidence.agreed()?;
        let first = agreed.resolvers.first().copied();
        let none = || Stop::no("the list allows no way to settle a step", "nobody can dispute it");
        let resolver = self.resolver.or(first).ok_or_else(none)?;
        let factors: Factors = self.inputs.factors(ground)?;
        let values = product.piece(&ground.rows, &ground.columns)?;
        let registry = self.judging.manifest.open()?;
        let keys = Keys::new(&registry, agreed);
        let prover = Prover::new(&keys, None);
        let holding = Holding {
            factors: &factors,
            leaf: &values,
            marks_path: &marks_path,
            digester: &Poseidon2,
            prover: &prover,
        };
        if !holding.is_right(ground) {
            say::talk("warning: your own leaf is not what A and B give: whoever is wrong loses");
        }
        let theirs = evidence
            .list
            .messages()
            .map_err(|why| Stop::from(Flaw::wrong(codes::COMMITMENT_LIST, why.to_string())))?;
        let theirs = theirs.get(self.against).map(|(_, heard)| heard.digest());
        let theirs = theirs.ok_or_else(no_commitment)?;
        let stand =
            |commit, (hash, path): &(_, Vec<_>)| Stand { commit, hash: *hash, path: path.clone() };
        Ok(Challenge {
            task: evidence.task,
            cell: *cell,
            leaf: *leaf,
            challenger: stand(heard.digest(), &meeting.own),
            respondent: stand(theirs, &meeting.theirs),
            marks: holding.marks(ground),
            marks_path: holding.marks_path(),
            inputs: factors.roots(),
            resolver,
            terms: agreed.terms,
        })
    }
}

/// Signs it, unless it opens no dispute, or one that is lost on the face of it.
fn sign(
    hand: &Hand,
    commit: &Heard,
    evidence: &Evidence,
    challenge: Challenge,
    judging: &Judging,
) -> Outcome {
    let key = hand.key_of(|key| key == commit.by()).ok_or_else(|| {
        Stop::no("the commitment is signed by another key", "challenge with the key that committed")
    })?;
    let signed = Signed::new(key, Says::Challenge(Box::new(challenge)))?;
    let registry = judging.manifest.open()?;
    let keys = Keys::new(&registry, evidence.agreed()?);
    let court = Court { facts: &evidence.facts, digester: &Poseidon2, proofs: &keys };
    let refuse = |why: String| refused(Problem::new(codes::DISPUTE_REFUSED, why));
    match Dispute::open(&court, &signed.heard, judging.now.read()?) {
        Ok(Dispute::AwaitsAnswer(_)) => hand.put(&signed),
        Ok(_) => Err(refuse("it would be lost on the face of it".to_owned())),
        Err(why) => Err(refuse(why.to_string())),
    }
}

fn no_commitment() -> Flaw {
    Flaw::wrong(codes::DISPUTE_MESSAGE, "the message is no commitment to this task")
}
