//! An executor that does what the test says: a script for each run, over a real socketpair.

use std::{
    io::Write as _,
    os::fd::{AsFd as _, OwnedFd},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
};

use arch_identity::Digest;
use arch_node::executor_client::{Peer, Source};
use arch_wire::{
    executor::{Blob, Claim, FromExecutor, Outcome, RunRequest, ToExecutor},
    frame::{FrameReader, encode},
};
use rustix::net::{AddressFamily, SocketFlags, SocketType, socketpair};

type Script = dyn Fn(&Line, ToExecutor) -> Then + Send + Sync;

/// Whether the double lives on.
#[derive(Debug, PartialEq, Eq)]
pub enum Then {
    Live,
    Die,
}

/// Starts doubles; counts how often.
#[derive(Clone)]
pub struct Double {
    script: Arc<Script>,
    pub lives: Arc<AtomicU32>,
    pub runs: Arc<Mutex<Vec<RunRequest>>>,
}

impl std::fmt::Debug for Double {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Double")
    }
}

impl Double {
    pub fn new(script: impl Fn(&Line, ToExecutor) -> Then + Send + Sync + 'static) -> Self {
        Self { script: Arc::new(script), lives: Arc::default(), runs: Arc::default() }
    }

    /// Answers every run with `hello` on standard output.
    pub fn honest() -> Self {
        Self::new(|line, message| {
            if let ToExecutor::Run(request) = message {
                line.finish(request.run, &[("stdout", b"hello"), ("stderr", b"")]);
            }
            Then::Live
        })
    }

    /// Runs that were asked for.
    pub fn asked(&self) -> usize {
        self.runs.lock().unwrap().len()
    }

    pub fn lives(&self) -> u32 {
        self.lives.load(Ordering::SeqCst)
    }
}

impl Source for Double {
    type Guard = ();

    fn connect(&mut self) -> std::io::Result<Peer<()>> {
        let (ours, theirs) =
            socketpair(AddressFamily::UNIX, SocketType::STREAM, SocketFlags::CLOEXEC, None)?;
        self.lives.fetch_add(1, Ordering::SeqCst);
        let (script, runs) = (Arc::clone(&self.script), Arc::clone(&self.runs));
        std::thread::spawn(move || {
            let line = Line(theirs);
            line.say(
                &FromExecutor::Ready {
                    engine: "double".into(),
                    environment: Digest::of(b"double"),
                },
                &[],
            );
            let mut reader = FrameReader::default();
            let mut buffer = vec![0; 65_536];
            loop {
                let Ok(got) = arch_handover::receive(line.0.as_fd(), &mut buffer) else {
                    return;
                };
                if got.bytes == 0 {
                    return;
                }
                reader.push(&buffer[..got.bytes]);
                while let Ok(Some(message)) = reader.take::<ToExecutor>() {
                    if let ToExecutor::Run(request) = &message {
                        runs.lock().unwrap().push(request.clone());
                    }
                    if message == ToExecutor::Shutdown || script(&line, message) == Then::Die {
                        return;
                    }
                }
            }
        });
        Ok(Peer { socket: ours, guard: () })
    }
}

/// The double's end of the socket.
pub struct Line(OwnedFd);

impl Line {
    pub fn say(&self, message: &FromExecutor, files: &[OwnedFd]) {
        self.raw(&encode(message).unwrap(), files);
    }

    pub fn raw(&self, bytes: &[u8], files: &[OwnedFd]) {
        // The agent may have hung up already.
        let _ = arch_handover::send(self.0.as_fd(), bytes, files);
    }

    /// Waits until the agent hangs up, and hears nothing of what it says meanwhile.
    pub fn until_hung_up(&self) {
        let mut buffer = [0; 4_096];
        while arch_handover::receive(self.0.as_fd(), &mut buffer).is_ok_and(|got| got.bytes > 0) {}
    }

    /// An honest end.
    pub fn finish(&self, run: u64, outputs: &[(&str, &[u8])]) {
        let (claim, files) = honest(outputs);
        self.say(&FromExecutor::Finished { run, claim }, &files);
    }

    /// An end with another outcome and nothing written.
    pub fn end(&self, run: u64, outcome: Outcome) {
        let (claim, files) = honest(&[("stdout", b""), ("stderr", b"")]);
        self.say(&FromExecutor::Finished { run, claim: Claim { outcome, ..claim } }, &files);
    }
}

/// A claim that is true, and its files.
pub fn honest(outputs: &[(&str, &[u8])]) -> (Claim, Vec<OwnedFd>) {
    let blob = |(name, bytes): &(&str, &[u8])| Blob {
        name: (*name).to_owned(),
        size: bytes.len() as u64,
        digest: Digest::of(bytes),
        bytes: None,
    };
    let claim = Claim {
        fuel: 42,
        cpu_millis: 1,
        wall_millis: 2,
        outputs: outputs.iter().map(blob).collect(),
        ..Claim::without_work(Outcome::Completed)
    };
    (claim, outputs.iter().map(|(_, bytes)| sealed(bytes)).collect())
}

pub fn sealed(bytes: &[u8]) -> OwnedFd {
    let file = unsealed(bytes);
    let seals =
        rustix::fs::SealFlags::WRITE | rustix::fs::SealFlags::SHRINK | rustix::fs::SealFlags::GROW;
    rustix::fs::fcntl_add_seals(&file, seals).unwrap();
    file
}

pub fn unsealed(bytes: &[u8]) -> OwnedFd {
    let flags = rustix::fs::MemfdFlags::CLOEXEC | rustix::fs::MemfdFlags::ALLOW_SEALING;
    let mut file = std::fs::File::from(rustix::fs::memfd_create("double", flags).unwrap());
    file.write_all(bytes).unwrap();
    file.into()
}
