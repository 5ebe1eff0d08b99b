//! Where this node's prover is called, and how much was asked of it.

use std::{
    io,
    os::unix::net::UnixStream,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use rustix::{
    io::Errno,
    net::{
        AddressFamily, SocketAddrUnix, SocketFlags, SocketType, connect, socket_with,
        sockopt::{Timeout, set_socket_timeout},
    },
};

use crate::prover_client::{ProverClient, ProverError};

/// As long as it takes to see whether somebody listens.
const BRIEFLY: Duration = Duration::from_secs(1);

/// The way to the prover of `prover.socket`, or to none. Cheap to share.
#[derive(Debug, Default)]
pub struct ProverLine {
    socket: Option<PathBuf>,
    counters: Arc<ProverCounters>,
}

/// What was asked of provers since the start, whatever came of it. A run without a dispute asks
/// nothing, unless the policy has digests committed to.
#[derive(Debug, Default)]
pub struct ProverCounters {
    digests: AtomicU64,
    proofs: AtomicU64,
    proving_millis: AtomicU64,
}

impl ProverLine {
    /// The way to the prover that listens at this socket; without one, nothing is proved.
    #[must_use]
    pub fn to(socket: Option<PathBuf>) -> Self {
        Self { socket, counters: Arc::default() }
    }

    /// Where the prover listens, if there is one.
    #[must_use]
    pub fn socket(&self) -> Option<&Path> {
        self.socket.as_deref()
    }

    /// Calls the prover, and waits until it is ready. The call, the waiting and each request may take
    /// `patience` each. It blocks: a task calls it where that is allowed. A prover that serves one agent
    /// serves one line at a time, and the next call waits until that is dropped.
    ///
    /// # Errors
    /// [`ProverError`].
    pub fn call(&self, patience: Duration) -> Result<ProverClient, ProverError> {
        let socket = self.socket.as_deref().ok_or(ProverError::Nowhere)?;
        let stream = reach(socket, patience)?;
        Ok(ProverClient::over(stream, patience)?.counted(Arc::clone(&self.counters)))
    }

    /// Whether somebody listens there, however busy he is.
    ///
    /// # Errors
    /// [`ProverError`] if nobody does.
    pub fn is_there(&self) -> Result<(), ProverError> {
        let socket = self.socket.as_deref().ok_or(ProverError::Nowhere)?;
        reach(socket, BRIEFLY)?;
        Ok(())
    }

    /// What was asked over all lines that this one gave.
    #[must_use]
    pub fn counters(&self) -> &ProverCounters {
        &self.counters
    }
}

impl ProverCounters {
    /// Tiles whose digests were asked for.
    #[must_use]
    pub fn digests(&self) -> u64 {
        self.digests.load(Ordering::Relaxed)
    }

    /// Proofs that were asked for.
    #[must_use]
    pub fn proofs(&self) -> u64 {
        self.proofs.load(Ordering::Relaxed)
    }

    /// Milliseconds that went by until proofs were there.
    #[must_use]
    pub fn proving_millis(&self) -> u64 {
        self.proving_millis.load(Ordering::Relaxed)
    }

    pub(crate) fn has_a_proof_after(&self, time: Duration) {
        let millis = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        self.proving_millis.fetch_add(millis, Ordering::Relaxed);
    }

    pub(crate) fn asks_for_digests(&self, tiles: usize) {
        self.digests.fetch_add(u64::try_from(tiles).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    pub(crate) fn asks_for_a_proof(&self) {
        self.proofs.fetch_add(1, Ordering::Relaxed);
    }
}

/// Connects. Where as many wait already as the socket takes, that takes a while, too.
fn reach(path: &Path, patience: Duration) -> io::Result<UnixStream> {
    let socket = socket_with(AddressFamily::UNIX, SocketType::STREAM, SocketFlags::CLOEXEC, None)?;
    set_socket_timeout(&socket, Timeout::Send, Some(patience))?;
    let address = SocketAddrUnix::new(path)?;
    loop {
        match connect(&socket, &address) {
            Ok(()) => return Ok(socket.into()),
            Err(Errno::INTR) => {}
            Err(Errno::AGAIN) => return Err(io::ErrorKind::TimedOut.into()),
            Err(errno) => return Err(errno.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{io::Write as _, os::unix::net::UnixListener, thread, time::Instant};

    use arch_identity::Digest;
    use arch_wire::{frame::encode, prover::FromProver};

    use super::*;

    const PATIENCE: Duration = Duration::from_secs(60);
    const SHORT: Duration = Duration::from_millis(100);

    fn line(folder: &tempfile::TempDir) -> (ProverLine, UnixListener) {
        let path = folder.path().join("prover.sock");
        let listener = UnixListener::bind(&path).unwrap();
        (ProverLine::to(Some(path)), listener)
    }

    fn kind<T>(called: Result<T, ProverError>) -> io::ErrorKind {
        match called.map(|_| ()).unwrap_err() {
            ProverError::Line(error) => error.kind(),
            other => panic!("{other}"),
        }
    }

    #[test]
    fn a_prover_that_listens_is_called_and_asked_nothing_yet() {
        let folder = tempfile::tempdir().unwrap();
        let (line, listener) = line(&folder);
        let player = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let ready = FromProver::Ready { manifest: Digest::of(b"a manifest") };
            stream.write_all(&encode(&ready).unwrap()).unwrap();
        });
        line.call(PATIENCE).unwrap();
        player.join().unwrap();
        assert_eq!((line.counters().digests(), line.counters().proofs()), (0, 0));
    }

    #[test]
    fn without_a_socket_nobody_is_called() {
        assert!(matches!(ProverLine::default().is_there(), Err(ProverError::Nowhere)));
        let nowhere = ProverLine::default();
        assert_eq!(nowhere.socket(), None);
        assert!(matches!(nowhere.call(PATIENCE).unwrap_err(), ProverError::Nowhere));
    }

    #[test]
    fn nobody_at_the_socket_and_somebody_who_says_nothing_are_lost() {
        let folder = tempfile::tempdir().unwrap();
        let (line, listener) = line(&folder);
        // Nobody accepts, and the call waits in the socket's queue.
        assert!(matches!(
            kind(line.call(SHORT)),
            io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock
        ));
        drop(listener);
        assert_eq!(kind(line.call(PATIENCE)), io::ErrorKind::ConnectionRefused);
        let path = folder.path().join("none.sock");
        assert_eq!(kind(ProverLine::to(Some(path)).call(PATIENCE)), io::ErrorKind::NotFound);
        let long = ProverLine::to(Some("x".repeat(200).into()));
        assert!(matches!(long.call(PATIENCE).unwrap_err(), ProverError::Line(_)));
    }

    #[test]
    fn a_queue_that_is_full_is_waited_for_no_longer_than_the_patience_lasts() {
        let folder = tempfile::tempdir().unwrap();
        let (line, listener) = line(&folder);
        rustix::net::listen(&listener, 0).unwrap();
        let begun = Instant::now();
        let mut waiting = Vec::new();
        loop {
            match reach(line.socket().unwrap(), SHORT) {
                Ok(stream) => waiting.push(stream),
                Err(error) => {
                    assert_eq!(error.kind(), io::ErrorKind::TimedOut);
                    break;
                }
            }
            assert!(waiting.len() < 100, "the queue is never full");
        }
        assert_eq!(kind(line.call(SHORT)), io::ErrorKind::TimedOut);
        assert!(begun.elapsed() < PATIENCE);
    }
}
