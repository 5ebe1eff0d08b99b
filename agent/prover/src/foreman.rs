//! Has proofs made, one at a time, each by a worker that lives no longer, and believes none of them.

use std::{
    convert::Infallible,
    io::{self, Read as _, Write as _},
    os::unix::net::UnixStream,
    time::{Duration, Instant},
};

use arch_problem::codes;
use arch_wire::{
    control::Bytes,
    frame::{FrameReader, encode},
    prover::{FromProver, Stage},
};

use crate::{
    circuits::Admitted,
    client::{Client, House},
    job::{WORD_CAP, Why, Word},
    launcher::{End, Launcher, Worker},
    queue::Waiting,
    refused::Refused,
    work::NO_THREADS,
};

/// How often it is asked whether somebody still waits for the proof, and whether its time is over.
const LOOK: Duration = Duration::from_millis(100);

/// The signal of a process that has no memory left, as Rust's run-time library ends it.
const ABORTED: u8 = 6;

/// Who has proofs made.
#[derive(Debug)]
pub(crate) struct Foreman {
    launcher: Launcher,
    patience: Duration,
}

/// What came of a worker, as far as it said it itself.
enum Heard {
    Proof(Bytes),
    Not(Why, String),
    /// Its line is closed.
    Silence,
    /// It said what no worker of ours says.
    Nonsense(String),
    /// Its time is over.
    Overdue,
    /// Nobody waits for the proof any more.
    Unwanted,
}

impl Foreman {
    pub(crate) fn new(launcher: Launcher, patience: Duration) -> Self {
        Self { launcher, patience }
    }

    /// Makes what waits, for ever.
    ///
    /// # Errors
    /// When there is no launcher any more.
    pub(crate) fn serve(&self, house: &House) -> Result<Infallible, io::Error> {
        loop {
            let Waiting { admitted, client } = house.queue.take();
            let request = admitted.request();
            let (word, gone) = match self.prove(house, &admitted, &client) {
                Ok(Ok(proof)) => (FromProver::Proved { request, proof }, None),
                Ok(Err(refused)) => (FromProver::Refused(refused.of(Some(request))), None),
                Err(gone) => {
                    let refused = Refused::new(codes::PROVER_LOST, "no worker can be started");
                    (FromProver::Refused(refused.of(Some(request))), Some(gone))
                }
            };
            client.tell(&word);
            if let Some(gone) = gone {
                return Err(gone);
            }
        }
    }

    fn prove(
        &self,
        house: &House,
        admitted: &Admitted,
        client: &Client,
    ) -> io::Result<Result<String, Refused>> {
        let request = admitted.request();
        let tell = |stage| client.tell(&FromProver::Progress { request, stage, of: Stage::COUNT });
        let worker = match self.launcher.worker()? {
            Ok(worker) => worker,
            Err(error) => {
                let message = format!("no worker could be started: {error}");
                return Ok(Err(Refused::new(codes::PROVER_LOST, message)));
            }
        };
        tell(Stage::Begun);
        let heard = self.listen(&worker, admitted, client, &tell);
        let heard = heard.unwrap_or(Heard::Silence);
        let end = worker.end()?;
        let claimed = match judge(heard, end, self.patience) {
            Ok(claimed) => claimed,
            Err(refused) => return Ok(Err(refused)),
        };
        tell(Stage::Checking);
        Ok(house.circuits.verified(admitted, &claimed))
    }

    fn listen(
        &self,
        worker: &Worker<'_>,
        admitted: &Admitted,
        client: &Client,
        tell: &dyn Fn(Stage),
    ) -> io::Result<Heard> {
        let begun = Instant::now();
        let mut line: &UnixStream = &worker.line;
        line.set_write_timeout(Some(self.patience))?;
        line.set_read_timeout(Some(LOOK))?;
        let order = encode(admitted.job()).map_err(io::Error::other)?;
        line.write_all(&order)?;
        let (mut reader, mut place) = (FrameReader::capped(WORD_CAP), [0; 1 << 12]);
        let mut reached = Stage::Begun;
        loop {
            match reader.take::<Word>() {
                Err(error) => return Ok(Heard::Nonsense(error.to_string())),
                Ok(Some(Word::Proof(bytes))) => return Ok(Heard::Proof(bytes)),
                Ok(Some(Word::Not(why, message))) => return Ok(Heard::Not(why, message)),
                Ok(Some(Word::Stage(stage))) if reached < stage && stage < Stage::Checking => {
                    reached = stage;
                    tell(stage);
                    continue;
                }
                Ok(Some(Word::Stage(_))) => {
                    return Ok(Heard::Nonsense("its stages are in no order".to_owned()));
                }
                Ok(None) => {}
            }
            if begun.elapsed() >= self.patience {
                return Ok(Heard::Overdue);
            }
            if client.is_gone() {
                return Ok(Heard::Unwanted);
            }
            match line.read(&mut place) {
                Ok(0) => return Ok(Heard::Silence),
                Ok(length) => reader.push(place.get(..length).unwrap_or_default()),
                Err(error) if is_pause(&error) => {}
                Err(_broken) => return Ok(Heard::Silence),
            }
        }
    }
}

fn is_pause(error: &io::Error) -> bool {
    use io::ErrorKind::{Interrupted, TimedOut, WouldBlock};
    matches!(error.kind(), Interrupted | TimedOut | WouldBlock)
}

/// The bytes that are to be looked at, or why there are none.
fn judge(heard: Heard, end: End, patience: Duration) -> Result<Bytes, Refused> {
    let (code, message) = match (heard, end) {
        (Heard::Proof(bytes), _) => return Ok(bytes),
        (Heard::Not(why, message), _) => (
            match why {
                Why::Statement => codes::PROVER_STATEMENT,
                Why::Key => codes::PROVER_KEY,
                Why::Unsound => codes::PROVER_UNSOUND,
                Why::Machine => codes::PROVER_LOST,
            },
            message,
        ),
        (Heard::Overdue, _) => {
            (codes::PROVER_TIME, format!("there is no proof after {} s", patience.as_secs()))
        }
        (Heard::Unwanted, _) => (codes::PROVER_LOST, "nobody waits for it any more".to_owned()),
        (Heard::Nonsense(what), _) => {
            (codes::PROVER_UNSOUND, format!("the worker is not understood: {what}"))
        }
        (Heard::Silence, End::Signal(ABORTED) | End::Exit(NO_THREADS)) => {
            (codes::PROVER_MEMORY, "the worker had no memory left".to_owned())
        }
        (Heard::Silence, End::Exit(code)) => {
            (codes::PROVER_LOST, format!("the worker ended with code {code} and no proof"))
        }
        (Heard::Silence, End::Signal(signal)) => {
            (codes::PROVER_LOST, format!("the worker was ended by signal {signal}"))
        }
    };
    Err(Refused::new(code, message))
}
