//! What is asked of the prover. Its word on digests and proofs is taken, as that of a process whose socket
//! is the node's own; everybody who replays the record checks it.

use std::time::Duration;

use arch_dispute::{Bytes, Proof, Statement, StepNumbers, TileDigest};
use arch_identity::{Digest, DigestWriter};
use arch_problem::codes;
use arch_wire::prover::Terms;

use super::known::{Known, Question, circuit, written};
use crate::{
    node::Node,
    prover_client::{self, ProverClient, ProverError},
    told::{Told, problem},
};

/// How long the prover may take for one thing. A proof takes a second or two, and a key that is made for
/// the first time some more.
pub(super) const PATIENCE: Duration = Duration::from_secs(120);

/// The line to the prover, while it holds.
#[derive(Debug, Default)]
pub(super) struct Line(Option<ProverClient>);

impl Line {
    /// Asks everything that is not known. Blocks.
    ///
    /// # Errors
    /// When the prover is not there, is busy or is lost: it may be asked again later.
    pub(super) fn ask_all(&mut self, node: &Node, known: &mut Known) -> Told<bool> {
        let mut asked = false;
        while let Some(question) = known.question() {
            asked = true;
            if let Err(error) = self.ask(node, known, question) {
                // What is under way on a line that broke is of no use.
                self.0 = None;
                return Err(problem(codes::PROVER_ABSENT, error.to_string()));
            }
        }
        Ok(asked)
    }

    fn ask(
        &mut self,
        node: &Node,
        known: &mut Known,
        question: Question,
    ) -> Result<(), ProverError> {
        let mut client = match self.0.take() {
            Some(client) => client,
            None => node.prover.call(PATIENCE)?,
        };
        match question {
            Question::Tiles(tiles) => digests(&mut client, known, tiles)?,
            Question::Check(name, what) => {
                let holds = check(&mut client, known, &what.0, &what.1)?;
                known.learn_check(name, holds);
            }
            Question::Prove(name, what) => {
                let proof = prove(&mut client, known, &what.0, &what.1)?;
                known.learn_proof(name, proof);
            }
        }
        self.0 = Some(client);
        Ok(())
    }
}

fn digests(
    client: &mut ProverClient,
    known: &mut Known,
    tiles: Vec<(Digest, arch_wire::prover::TileNumbers)>,
) -> Result<(), ProverError> {
    let Some((circuit, ..)) = circuit(known.format()) else { return Ok(()) };
    let (names, tiles): (Vec<Digest>, Vec<_>) = tiles.into_iter().unzip();
    let digests = client.digest(circuit, tiles)?;
    for (name, digest) in names.into_iter().zip(digests) {
        known.learn_digest(name, TileDigest::from_bytes(digest));
    }
    Ok(())
}

fn check(
    client: &mut ProverClient,
    known: &Known,
    statement: &Statement,
    proof: &Proof,
) -> Result<bool, ProverError> {
    let Some(key) = known.believed(proof) else { return Ok(false) };
    let file = serde_json::json!({
        "schema": "arch.proof/v1",
        "circuit": key.circuit,
        "version": key.version,
        "vkSha256": key.key.hex(),
        "publics": publics(statement, &proof.after),
        "proof": hex(&proof.proof.0),
    });
    let terms = Terms { pinned: Some(key.key), dev_keys: known.agreed().dev_keys };
    match client.check(file.to_string(), terms) {
        Ok(_checked) => Ok(true),
        Err(ProverError::DoesNotHold(why)) => {
            tracing::warn!(why, "a proof does not hold");
            Ok(false)
        }
        // Bytes that are no proof make a file that is none.
        Err(ProverError::Ask(_)) => Ok(false),
        Err(error) => Err(error),
    }
}

/// A proof of ours; none where the prover says that there will be none, and the step can be shown
/// instead. Where it cannot, he is asked again: somebody may give him keys before the time is over.
fn prove(
    client: &mut ProverClient,
    known: &Known,
    statement: &Statement,
    StepNumbers { a, b, before, after }: &StepNumbers,
) -> Result<Option<Proof>, ProverError> {
    let (Some((_, input, sum)), Some(key)) = (circuit(known.format()), known.newest()) else {
        return Ok(None);
    };
    let parts = [(a, input), (b, input), (before, sum), (after, sum)];
    let witness: Option<Vec<Vec<u8>>> =
        parts.into_iter().map(|(numbers, width)| written(numbers, width)).collect();
    let Some(witness) = witness.map(|parts| parts.concat()) else { return Ok(None) };
    let sums = written(after, sum).unwrap_or_default();
    let tile = arch_wire::prover::TileNumbers {
        tile: arch_wire::prover::TileKind::Sums,
        numbers: arch_wire::control::Bytes(sums),
    };
    let after = client.digest(&key.circuit, vec![tile])?;
    let Some(after) = after.first().copied().map(TileDigest::from_bytes) else { return Ok(None) };
    let ask = prover_client::Statement {
        circuit: key.circuit.clone(),
        version: key.version,
        publics: publics(statement, &after),
        witness,
    };
    let file = match client.prove(ask, &mut |stage| tracing::debug!(?stage, "proving")) {
        Ok(file) => file,
        Err(ProverError::Refused(refusal)) if !refusal.retry && known.may_show() => {
            tracing::error!(code = refusal.code, why = refusal.message, "no proof is made");
            return Ok(None);
        }
        Err(error) => return Err(error),
    };
    let points = arch_wire::prover::ProofText::read(&file).ok().and_then(|text| unhex(&text.proof));
    let nothing = Digest::from_bytes([0; 32]);
    Ok(points.map(|points| Proof {
        dispute: nothing,
        stage: nothing,
        circuit: key.circuit.clone(),
        key: key.key,
        after,
        proof: Bytes(points),
    }))
}

/// The public numbers of a step's statement, in decimal: context, A, B, before and after. The context is
/// what docs/CIRCUITS.md says of it: 31 bytes of a SHA-256, lowest first, less than any number of the field.
fn publics(statement: &Statement, after: &TileDigest) -> Vec<String> {
    let mut context = DigestWriter::new();
    context.update(b"arch-network.v1 tile context\n");
    context.update(statement.place());
    let context = context.finish();
    let context = context.as_bytes().get(..31).unwrap_or_default();
    let digests = [statement.a(), statement.b(), statement.before(), *after];
    let digests = digests.iter().map(|digest| decimal(digest.as_bytes()));
    std::iter::once(decimal(context)).chain(digests).collect()
}

/// A number in decimal, from its bytes, lowest first.
fn decimal(bytes: &[u8]) -> String {
    // Digits, lowest first; each byte from the highest on moves them up by 256.
    let mut digits = vec![0_u32];
    for byte in bytes.iter().rev() {
        let mut carry = u32::from(*byte);
        for digit in &mut digits {
            let sum = digit.saturating_mul(256).saturating_add(carry);
            *digit = sum.checked_rem(10).unwrap_or(0);
            carry = sum.checked_div(10).unwrap_or(0);
        }
        while carry > 0 {
            digits.push(carry.checked_rem(10).unwrap_or(0));
            carry = carry.checked_div(10).unwrap_or(0);
        }
    }
    digits.iter().rev().filter_map(|digit| char::from_digit(*digit, 10)).collect()
}

fn hex(bytes: &[u8]) -> String {
    let digit = |four: u8| char::from_digit(four.into(), 16);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).flatten().collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let pairs = text.as_bytes().chunks(2);
    pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_of_32_bytes_are_written_in_decimal() {
        assert_eq!(decimal(&[]), "0");
        assert_eq!(decimal(&[0; 32]), "0");
        assert_eq!(decimal(&[0, 1]), "256");
        let most = "115792089237316195423570985008687907853269984665640564039457584007913129639935";
        assert_eq!(decimal(&[0xff; 32]), most);
    }

    proptest! {
        #[test]
        fn what_fits_a_machine_word_is_written_as_the_machine_writes_it(number: u128) {
            prop_assert_eq!(decimal(&number.to_le_bytes()), number.to_string());
        }

        #[test]
        fn hexadecimal_digits_read_back(bytes: Vec<u8>) {
            prop_assert_eq!(unhex(&hex(&bytes)), Some(bytes));
        }
    }
}
