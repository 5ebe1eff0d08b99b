//! One connection: what it asks, in order, and what it is told.

use std::{
    io::{Read as _, Write as _},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use arch_problem::codes;
use arch_wire::{
    frame::{FrameError, FrameReader, encode},
    prover::{FromProver, REQUEST_CAP, STRANGER_CAP, ToProver},
};

use crate::{
    circuits::Circuits,
    digests,
    queue::{Queue, Waiting},
    refused::Refused,
    secret::Secret,
    stream::Stream,
};

/// How long somebody may take to show the secret, whether he is silent or slow.
const STRANGER: Duration = Duration::from_secs(10);
/// How long an answer waits for somebody who does not read; then he is gone.
const DEAF: Duration = Duration::from_secs(10);

/// The line to one who asks.
#[derive(Debug)]
pub(crate) struct Client {
    out: Mutex<Stream>,
    gone: AtomicBool,
}

/// What all connections share.
pub(crate) struct House {
    pub(crate) circuits: Circuits,
    pub(crate) queue: Queue,
}

impl Client {
    /// Tells something. Who does not read it in time is gone.
    pub(crate) fn tell(&self, word: &FromProver) {
        let Ok(frame) = encode(word) else { return };
        let mut out = self.out.lock().unwrap_or_else(PoisonError::into_inner);
        if !self.is_gone() && out.write_all(&frame).is_err() {
            self.leave(&out);
        }
    }

    /// Whether nobody hears any more.
    pub(crate) fn is_gone(&self) -> bool {
        self.gone.load(Ordering::SeqCst)
    }

    fn leave(&self, out: &Stream) {
        self.gone.store(true, Ordering::SeqCst);
        out.end();
    }
}

/// Serves one connection to its end. `secret` is what must be shown first, where it is known who comes
/// in no other way.
///
/// # Errors
/// What was sent that is no message.
pub(crate) fn serve(
    mut stream: Stream,
    secret: Option<&Secret>,
    house: &House,
) -> Result<(), FrameError> {
    let Ok(out) = stream.say_within(DEAF).and_then(|()| stream.try_clone()) else { return Ok(()) };
    let client = Arc::new(Client { out: Mutex::new(out), gone: AtomicBool::new(false) });
    let served = converse(&mut stream, secret, house, &client);
    if let Err(error) = &served {
        let refused = Refused::new(codes::PROVER_REQUEST, error.to_string());
        client.tell(&FromProver::Refused(refused.of(None)));
    }
    client.gone.store(true, Ordering::SeqCst);
    stream.end();
    served
}

fn converse(
    stream: &mut Stream,
    secret: Option<&Secret>,
    house: &House,
    client: &Arc<Client>,
) -> Result<(), FrameError> {
    let mut reader = FrameReader::capped(if secret.is_some() { STRANGER_CAP } else { REQUEST_CAP });
    if let Some(secret) = secret {
        let until = Instant::now().checked_add(STRANGER);
        let shown = matches!(
            hear(stream, &mut reader, until)?,
            Some(ToProver::Present { secret: shown }) if secret.is(&shown)
        );
        if !shown || stream.hear_within(None).is_err() {
            let refused = Refused::new(codes::PROVER_PEER, "the secret was not shown");
            client.tell(&FromProver::Refused(refused.of(None)));
            return Ok(());
        }
        reader.set_cap(REQUEST_CAP);
    }
    client.tell(&FromProver::Ready { manifest: house.circuits.digest() });
    while let Some(asked) = hear(stream, &mut reader, None)? {
        let request = asked.request();
        if let Err(refused) = answer(asked, house, client) {
            client.tell(&FromProver::Refused(refused.of(request)));
        }
    }
    Ok(())
}

fn answer(asked: ToProver, house: &House, client: &Arc<Client>) -> Result<(), Refused> {
    asked.check().map_err(|error| Refused::new(codes::PROVER_REQUEST, error.to_string()))?;
    match asked {
        ToProver::Present { .. } => {
            Err(Refused::new(codes::PROVER_REQUEST, "a secret was shown where none is asked for"))
        }
        ToProver::Verify(ask) => {
            client.tell(&house.circuits.check(&ask));
            Ok(())
        }
        ToProver::Digest(ask) => {
            client.tell(&digests::answer(&ask)?);
            Ok(())
        }
        ToProver::Prove(ask) => {
            let admitted = house.circuits.admit(ask)?;
            house.queue.push(Waiting { admitted, client: Arc::clone(client) })
        }
    }
}

/// The next message; none when the other side is gone, or it is not whole by then.
fn hear(
    stream: &mut Stream,
    reader: &mut FrameReader,
    until: Option<Instant>,
) -> Result<Option<ToProver>, FrameError> {
    let mut place = [0; 1 << 14];
    loop {
        if let Some(asked) = reader.take()? {
            return Ok(Some(asked));
        }
        if let Some(until) = until {
            let left = until.saturating_duration_since(Instant::now());
            // No time at all cannot be waited for.
            if left.is_zero() || stream.hear_within(Some(left)).is_err() {
                return Ok(None);
            }
        }
        match stream.read(&mut place) {
            Ok(0) => return reader.finish().map(|()| None),
            Ok(length) => reader.push(place.get(..length).unwrap_or_default()),
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(_gone) => return Ok(None),
        }
    }
}
