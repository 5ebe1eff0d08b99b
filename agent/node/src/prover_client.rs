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
mod tests {
    use std::thread;

    use arch_identity::Digest;
    use arch_wire::prover::{TileKind, digest_text};

    use super::*;

    const SHIPPED: &str = include_str!("../../../circuits/example/step.json");
    const PATIENCE: Duration = Duration::from_secs(60);

    /// Plays a prover that says these words, each after a request, and then hangs up.
    fn told<T>(
        words: Vec<Vec<FromProver>>,
        patience: Duration,
        ask: impl FnOnce(&mut ProverClient) -> T,
    ) -> T {
        let (ours, mut theirs) = UnixStream::pair().unwrap();
        let player = thread::spawn(move || {
            let ready = FromProver::Ready { manifest: Digest::of(b"a manifest") };
            theirs.write_all(&encode(&ready).unwrap()).unwrap();
            let (mut reader, mut place) = (FrameReader::default(), [0; 4096]);
            for words in words {
                while reader.take::<ToProver>().unwrap().is_none() {
                    let length = theirs.read(&mut place).unwrap();
                    if length == 0 {
                        return;
                    }
                    reader.push(&place[..length]);
                }
                for word in words {
                    // Nobody may listen any more.
                    let _gone = theirs.write_all(&encode(&word).unwrap());
                }
            }
        });
        let mut client = ProverClient::over(ours, patience).unwrap();
        let answer = ask(&mut client);
        drop(client);
        player.join().unwrap();
        answer
    }

    fn checked(request: u64, holds: bool) -> FromProver {
        let why = if holds { String::new() } else { "because".to_owned() };
        FromProver::Checked { request, holds, why }
    }

    fn terms() -> Terms {
        Terms { pinned: None, dev_keys: true }
    }

    fn statement() -> Statement {
        Statement {
            circuit: "arch-fold-v3".to_owned(),
            version: 1,
            publics: vec!["1".to_owned()],
            witness: vec![1, 2, 3],
        }
    }

    #[test]
    fn a_proof_that_the_prover_found_good_is_evidence_and_others_are_not() {
        let words = vec![vec![checked(1, true)], vec![checked(2, false)]];
        told(words, PATIENCE, |client| {
            let checked = client.check(SHIPPED.to_owned(), terms()).unwrap();
            assert_eq!(checked.circuit(), "arch-tile-fma-v1");
            let refused = client.check(SHIPPED.to_owned(), terms()).unwrap_err();
            assert!(matches!(refused, ProverError::DoesNotHold(why) if why == "because"));
        });
    }

    #[test]
    fn a_word_about_something_else_is_no_evidence() {
        let proved = FromProver::Proved { request: 1, proof: SHIPPED.to_owned() };
        let ready = FromProver::Ready { manifest: Digest::of(b"x") };
        for word in [checked(2, true), checked(0, false), proved, ready] {
            let lost = told(vec![vec![word]], PATIENCE, |client| {
                client.check(SHIPPED.to_owned(), terms()).unwrap_err()
            });
            assert!(matches!(lost, ProverError::Line(_)), "{lost:?}");
        }
    }

    #[test]
    fn stages_are_told_until_there_is_a_proof_or_a_refusal() {
        let stage = |request, stage| FromProver::Progress { request, stage, of: Stage::COUNT };
        let proved = FromProver::Proved { request: 1, proof: "a proof".to_owned() };
        let busy = FromProver::Refused(Refusal::new(Some(2), "ARCH-V001", "busy", true));
        let words = vec![
            vec![stage(1, Stage::Begun), stage(1, Stage::Proving), proved],
            vec![stage(2, Stage::Begun), busy],
            vec![stage(9, Stage::Begun)],
        ];
        told(words, PATIENCE, |client| {
            let mut stages = Vec::new();
            let proof = client.prove(statement(), &mut |stage| stages.push(stage)).unwrap();
            assert_eq!((proof.as_str(), stages), ("a proof", vec![Stage::Begun, Stage::Proving]));
            let refused = client.prove(statement(), &mut |_| {}).unwrap_err();
            assert!(matches!(refused, ProverError::Refused(refusal) if refusal.retry));
            let lost = client.prove(statement(), &mut |_| {}).unwrap_err();
            assert!(matches!(lost, ProverError::Line(_)));
        });
    }

    #[test]
    fn a_prover_that_is_gone_or_silent_is_lost() {
        let gone = told(vec![vec![]], PATIENCE, |client| {
            client.check(SHIPPED.to_owned(), terms()).unwrap_err()
        });
        assert!(matches!(gone, ProverError::Line(_)), "{gone:?}");
        let silent = told(vec![vec![], vec![]], Duration::from_secs(2), |client| {
            client.check(SHIPPED.to_owned(), terms()).unwrap_err()
        });
        assert!(matches!(silent, ProverError::Line(_)), "{silent:?}");
    }

    fn digests(request: u64, marks: &[u8]) -> FromProver {
        let digests = marks.iter().map(|mark| digest_text([*mark; 32])).collect();
        FromProver::Digests { request, digests }
    }

    fn sums(count: usize, length: usize) -> Vec<TileNumbers> {
        vec![TileNumbers { tile: TileKind::Sums, numbers: Bytes(vec![0; length]) }; count]
    }

    #[test]
    fn a_long_list_of_tiles_is_asked_for_in_pieces_and_answered_whole() {
        // By their number, and then by their length.
        let by_number = [(TILES_CAP, 1_u8), (TILES_CAP, 2), (3, 3)];
        let by_length = [(4, 4_u8), (4, 5), (1, 6)];
        let words = [by_number, by_length].concat().into_iter().zip(1..);
        let marks = |(count, mark): (usize, u8)| vec![mark; count];
        let words = words.map(|(piece, request)| vec![digests(request, &marks(piece))]).collect();
        let counters = Arc::<ProverCounters>::default();
        told(words, PATIENCE, |client| {
            client.counters = Arc::clone(&counters);
            assert_eq!(client.digest("a", vec![]).unwrap(), Vec::<[u8; 32]>::new());
            for (pieces, length) in [(by_number, 1), (by_length, NUMBERS_CAP / 4)] {
                let whole: Vec<u8> = pieces.into_iter().flat_map(marks).collect();
                let told = client.digest("a", sums(whole.len(), length)).unwrap();
                assert_eq!(told, whole.iter().map(|mark| [*mark; 32]).collect::<Vec<_>>());
            }
        });
        let asked = u64::try_from(2 * TILES_CAP + 3 + 9).unwrap();
        assert_eq!((counters.digests(), counters.proofs()), (asked, 0));
    }

    #[test]
    fn digests_that_were_not_asked_for_are_none() {
        let text = |text: String| FromProver::Digests { request: 1, digests: vec![text] };
        for word in [
            digests(1, &[]),
            digests(1, &[1, 2]),
            digests(2, &[1]),
            checked(1, true),
            text(String::new()),
            text("A".repeat(64)),
        ] {
            let lost = told(vec![vec![word]], PATIENCE, |client| {
                client.digest("a", sums(1, 1)).unwrap_err()
            });
            assert!(matches!(lost, ProverError::Line(_)), "{lost:?}");
        }
        let no = FromProver::Refused(Refusal::new(Some(1), "ARCH-V002", "no", false));
        let refused =
            told(vec![vec![no]], PATIENCE, |client| client.digest("a", sums(1, 1)).unwrap_err());
        assert!(matches!(refused, ProverError::Refused(refusal) if !refusal.retry));
    }

    #[test]
    fn proofs_that_are_asked_for_are_counted_and_checks_are_not() {
        let busy = FromProver::Refused(Refusal::new(Some(1), "ARCH-V001", "busy", true));
        let counters = Arc::<ProverCounters>::default();
        told(vec![vec![busy], vec![checked(2, true)]], PATIENCE, |client| {
            client.counters = Arc::clone(&counters);
            client.prove(statement(), &mut |_| {}).unwrap_err();
            client.check(SHIPPED.to_owned(), terms()).unwrap();
        });
        assert_eq!((counters.digests(), counters.proofs()), (0, 1));
    }

    #[test]
    fn what_makes_no_sense_is_not_even_asked() {
        told(vec![vec![]], PATIENCE, |client| {
            let proof = "x".repeat(1 << 20);
            assert!(matches!(client.check(proof, terms()).unwrap_err(), ProverError::Ask(_)));
            let letters = Statement { publics: vec!["one".to_owned()], ..statement() };
            let refused = client.prove(letters, &mut |_| {}).unwrap_err();
            assert!(matches!(refused, ProverError::Ask(_)));
            let refused = client.digest("a", sums(1, NUMBERS_CAP + 1)).unwrap_err();
            assert!(matches!(refused, ProverError::Ask(_)));
            assert_eq!((client.counters.digests(), client.counters.proofs()), (0, 0));
        });
    }
}
