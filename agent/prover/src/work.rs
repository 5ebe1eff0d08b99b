//! One proof, in a process of its own that has nothing but the folder of keys and the line to the main
//! process.

mod assign;
mod keys;

use std::{
    io::{self, Read as _, Write as _},
    os::{fd::AsFd as _, unix::net::UnixStream},
    path::Path,
};

use arch_circuits::{Circuit, field::from_decimal, groth16};
use arch_wire::{
    control::Bytes,
    frame::{FrameReader, encode},
    prover::{REQUEST_CAP, Stage, WORDS_CAP},
};

use crate::{
    arguments::Arguments,
    confinement,
    failure::Failure,
    job::{Job, Why, Word},
};

/// The exit code of a worker that could not have its threads.
pub(crate) const NO_THREADS: u8 = 12;

/// No proof, and why not.
pub(crate) struct NoProof(Why, String);

impl NoProof {
    fn new(why: Why, words: impl ToString) -> Self {
        Self(why, words.to_string())
    }
}

/// Makes the one proof that is asked for over standard input.
pub(crate) fn run(arguments: &Arguments, keys: &Path) -> Result<(), Failure> {
    let line = io::stdin().as_fd().try_clone_to_owned();
    let mut line = UnixStream::from(line.map_err(Failure::Inherited)?);
    confinement::close_worker(keys, arguments.memory(), arguments.allow_dev_keys)?;
    // After the filter, which threads inherit.
    let pool = rayon::ThreadPoolBuilder::new().num_threads(arguments.threads());
    if pool.build_global().is_err() {
        std::process::exit(NO_THREADS.into());
    }
    let broken = |error| Failure::System("the line to the main process", error);
    let Some(job) = order(&mut line).map_err(broken)? else { return Ok(()) };
    let word = match prove(&job, keys, arguments.allow_dev_keys, &mut line) {
        Ok(proof) => Word::Proof(Bytes(proof)),
        Err(NoProof(why, words)) => {
            let words = words.get(..words.floor_char_boundary(WORDS_CAP)).unwrap_or_default();
            Word::Not(why, words.to_owned())
        }
    };
    say(&mut line, &word).map_err(broken)
}

/// The order; none when the main process is gone.
fn order(line: &mut UnixStream) -> io::Result<Option<Job>> {
    let (mut reader, mut place) = (FrameReader::capped(REQUEST_CAP), [0; 1 << 14]);
    loop {
        if let Some(job) = reader.take().map_err(io::Error::other)? {
            return Ok(Some(job));
        }
        match line.read(&mut place)? {
            0 => return Ok(None),
            length => reader.push(place.get(..length).unwrap_or_default()),
        }
    }
}

fn prove(
    job: &Job,
    keys: &Path,
    dev_keys: bool,
    line: &mut UnixStream,
) -> Result<Vec<u8>, NoProof> {
    let mut tell =
        |stage| say(line, &Word::Stage(stage)).map_err(|error| NoProof::new(Why::Machine, error));
    let refused = |words: &str| NoProof::new(Why::Statement, words);
    let Job { ask, pk_sha256, dev } = job;
    tell(Stage::Assigning)?;
    let circuit = Circuit::of_id(&ask.circuit).ok_or_else(|| refused("it has no such circuit"))?;
    let publics = ask.publics.iter().map(|text| from_decimal(text)).collect::<Result<Vec<_>, _>>();
    let publics = publics.map_err(|error| NoProof::new(Why::Statement, error))?;
    let Bytes(witness) = &ask.witness;
    let assignment = assign::assignment(circuit, &publics, witness)?;
    let system = circuit.system();
    // Before a key is made for it.
    system.check(assignment.numbers()).map_err(|error| {
        NoProof::new(Why::Statement, format!("what is stated does not hold: {error}"))
    })?;
    let key = keys::key(keys, pk_sha256, system, *dev && dev_keys, &mut tell)?;
    tell(Stage::Proving)?;
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(|error| NoProof::new(Why::Machine, error))?;
    let proof = groth16::prove(system, &key, assignment.numbers(), &seed);
    let proof = proof.map_err(|error| match error {
        groth16::ProveError::Unsatisfied(_) => NoProof::new(Why::Statement, error),
        _ => NoProof::new(Why::Unsound, error),
    })?;
    Ok(proof.to_bytes().to_vec())
}

fn say(line: &mut UnixStream, word: &Word) -> io::Result<()> {
    line.write_all(&encode(word).map_err(io::Error::other)?)
}
