//! The agent's line to `arch-prover`: one request at a time, each with an end in time.

use std::{
    io::{self, Read as _, Write as _},
    os::unix::net::UnixStream,
    sync::Arc,
    time::{Duration, Instant},
};

use arch_wire::{
    control::Bytes,
    frame::{FrameError, FrameReader, encode},
    prover::{
        DigestRequest, FromProver, InvalidAsk, NUMBERS_CAP, ProveRequest, REQUEST_CAP, Refusal,
        Stage, TILES_CAP, Terms, TileNumbers, ToProver, VerifyRequest, read_digest_text,
    },
};

use crate::{checked_statement::CheckedStatement, prover_line::ProverCounters};

/// A line to a prover. After [`ProverError::Line`] it is of no further use.
#[derive(Debug)]
pub struct ProverClient {
    stream: UnixStream,
    reader: FrameReader,
    patience: Duration,
    asked: u64,
    counters: Arc<ProverCounters>,
}

/// What is stated, and what it is known from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// The circuit's name.
    pub circuit: String,
    /// The version of its keys.
    pub version: u32,
    /// The public numbers, in decimal.
    pub publics: Vec<String>,
    /// What stands in [`ProveRequest::witness`].
    pub witness: Vec<u8>,
}

/// Why there is neither a proof nor a word about one.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProverError {
    /// The prover refuses; it says whether to ask again.
    #[error("the prover refuses: {} ({})", .0.message, .0.code)]
    Refused(Refusal),
    /// It looked at the proof, which is no evidence on these terms.
    #[error("the proof does not hold: {0}")]
    DoesNotHold(String),
    /// The request makes no sense.
    #[error(transparent)]
    Ask(#[from] InvalidAsk),
    /// The prover is gone, silent, or says what it was not asked.
    #[error("the prover is lost: {0}")]
    Line(#[from] io::Error),
    /// This node has no prover.
    #[error("there is no `prover.socket` in the settings")]
    Nowhere,
}

impl ProverClient {
    /// Takes over a line to a prover, and waits until it is ready. Every request may take `patience`.
    ///
    /// # Errors
    /// [`ProverError`].
    pub fn over(stream: UnixStream, patience: Duration) -> Result<Self, ProverError> {
        stream.set_write_timeout(Some(patience))?;
        let reader = FrameReader::capped(REQUEST_CAP);
        let counters = Arc::default();
        let mut client = Self { stream, reader, patience, asked: 0, counters };
        match client.hear(Instant::now())? {
            FromProver::Ready { .. } => Ok(client),
            FromProver::Refused(refusal) => Err(ProverError::Refused(refusal)),
            _ => Err(unasked()),
        }
    }

    /// Counts what it asks for, here as well.
    #[must_use]
    pub fn counted(self, counters: Arc<ProverCounters>) -> Self {
        Self { counters, ..self }
    }

    /// Has a statement proved; gives the proof file, of which nothing is known until it was checked.
    ///
    /// # Errors
    /// [`ProverError`].
    pub fn prove(
        &mut self,
        statement: Statement,
        reached: &mut dyn FnMut(Stage),
    ) -> Result<String, ProverError> {
        let Statement { circuit, version, publics, witness } = statement;
        let request = self.number();
        let witness = Bytes(witness);
        let ask = ProveRequest { request, circuit, version, publics, witness };
        let begun = self.say(&ToProver::Prove(ask))?;
        self.counters.asks_for_a_proof();
        loop {
            match self.hear(begun)? {
                FromProver::Progress { request: of, stage, .. } if of == request => reached(stage),
                FromProver::Proved { request: of, proof } if of == request => {
                    self.counters.has_a_proof_after(begun.elapsed());
                    return Ok(proof);
                }
                other => return Err(Self::otherwise(other, request)),
            }
        }
    }

    /// Has a proof checked.
    ///
    /// # Errors
    /// [`ProverError`].
    pub fn check(&mut self, proof: String, terms: Terms) -> Result<CheckedStatement, ProverError> {
        let request = self.number();
        let ask = VerifyRequest { request, proof, terms };
        let begun = self.say(&ToProver::Verify(ask.clone()))?;
        let word = self.hear(begun)?;
        match word {
            FromProver::Checked { request: of, holds: false, why } if of == request => {
                Err(ProverError::DoesNotHold(why))
            }
            // The one place where the prover's word is taken.
            word => CheckedStatement::assertion(&ask, &word)
                .ok_or_else(|| Self::otherwise(word, request)),
        }
    }

    /// Has digests of tiles made, as they stand in statements about this circuit: 32 bytes each, lowest
    /// first, in the order of the tiles. They are the prover's word. A long list takes several requests,
    /// each with a patience of its own.
    ///
    /// # Errors
    /// [`ProverError`].
    pub fn digest(
        &mut self,
        circuit: &str,
        tiles: Vec<TileNumbers>,
    ) -> Result<Vec<[u8; 32]>, ProverError> {
        let mut digests = Vec::with_capacity(tiles.len());
        let mut tiles = tiles.into_iter().peekable();
        while tiles.peek().is_some() {
            let (mut some, mut room) = (Vec::new(), NUMBERS_CAP);
            while some.len() < TILES_CAP
                && let Some(tile) = tiles.next_if(|tile| {
                    // One that is too long for any request is refused by the check of its own.
                    some.is_empty() || tile.numbers.0.len() <= room
                })
            {
                room = room.saturating_sub(tile.numbers.0.len());
                some.push(tile);
            }
            digests.extend(self.digest_some(circuit, some)?);
        }
        Ok(digests)
    }

    /// As many as one request may have.
    fn digest_some(
        &mut self,
        circuit: &str,
        tiles: Vec<TileNumbers>,
    ) -> Result<Vec<[u8; 32]>, ProverError> {
        let (request, count) = (self.number(), tiles.len());
        let ask = DigestRequest { request, circuit: circuit.to_owned(), tiles };
        let begun = self.say(&ToProver::Digest(ask))?;
        self.counters.asks_for_digests(count);
        match self.hear(begun)? {
            FromProver::Digests { request: of, digests }
                if of == request && digests.len() == count =>
            {
                let read = digests.iter().map(|text| read_digest_text(text));
                read.collect::<Option<_>>().ok_or_else(unasked)
            }
            other => Err(Self::otherwise(other, request)),
        }
    }

    fn otherwise(word: FromProver, request: u64) -> ProverError {
        match word {
            FromProver::Refused(refusal) if refusal.request.is_none_or(|of| of == request) => {
                ProverError::Refused(refusal)
            }
            _ => unasked(),
        }
    }

    fn number(&mut self) -> u64 {
        self.asked = self.asked.wrapping_add(1);
        self.asked
    }

    /// Asks, and gives the moment in which that began.
    fn say(&mut self, word: &ToProver) -> Result<Instant, ProverError> {
        word.check()?;
        let begun = Instant::now();
        self.stream.write_all(&encode(word).map_err(broken)?)?;
        Ok(begun)
    }

    fn hear(&mut self, begun: Instant) -> Result<FromProver, ProverError> {
        let mut place = [0; 1 << 12];
        loop {
            if let Some(word) = self.reader.take().map_err(broken)? {
                return Ok(word);
            }
            let left = self.patience.saturating_sub(begun.elapsed());
            if left.is_zero() {
                return Err(io::Error::from(io::ErrorKind::TimedOut).into());
            }
            self.stream.set_read_timeout(Some(left))?;
            match self.stream.read(&mut place) {
                Ok(0) => return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into()),
                Ok(length) => self.reader.push(place.get(..length).unwrap_or_default()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}

fn unasked() -> ProverError {
    io::Error::new(io::ErrorKind::InvalidData, "it says what it was not asked").into()
}

fn broken(error: FrameError) -> ProverError {
    io::Error::new(io::ErrorKind::InvalidData, error).into()
}

#[cfg(test)]
mod tests;
