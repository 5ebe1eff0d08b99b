//! Plays the agent.

use std::{
    fs,
    io::{Read, Write},
    os::{fd::OwnedFd, unix::fs::PermissionsExt as _, unix::net::UnixStream},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    time::{Duration, Instant},
};

use arch_circuits::{
    Fr,
    field::{to_bytes, to_decimal},
    fold::Output,
    registry::{ProofFile, Registry, Terms, Trust},
};
use arch_wire::{
    control::Bytes,
    frame::{FrameError, FrameReader, encode},
    prover::{FromProver, ProveRequest, REQUEST_CAP, Refusal, Stage, ToProver},
};
use tempfile::TempDir;

/// Patience with a machine under load.
pub(crate) const PATIENCE: Duration = Duration::from_secs(180);

/// The program.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_arch-prover");

/// A line to a prover, of whichever kind.
pub(crate) struct Line<S> {
    pub(crate) stream: S,
    reader: FrameReader,
}

/// A prover that serves one agent, and the line to it.
pub(crate) struct Prover {
    pub(crate) child: Child,
    pub(crate) line: Line<UnixStream>,
}

impl<S: Read + Write> Line<S> {
    pub(crate) fn new(stream: S) -> Self {
        Self { stream, reader: FrameReader::capped(REQUEST_CAP) }
    }

    pub(crate) fn say(&mut self, word: &ToProver) {
        self.stream.write_all(&encode(word).unwrap()).unwrap();
    }

    /// The next word; none when the line ended.
    pub(crate) fn hear(&mut self) -> Option<FromProver> {
        let mut place = [0; 4096];
        loop {
            if let Some(word) = self.reader.take().unwrap() {
                return Some(word);
            }
            match self.stream.read(&mut place) {
                Ok(0) => {
                    assert_eq!(self.reader.finish(), Ok::<_, FrameError>(()));
                    return None;
                }
                Ok(length) => self.reader.push(&place[..length]),
                Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => return None,
                Err(error) => panic!("nothing was heard: {error}"),
            }
        }
    }

    pub(crate) fn ready(mut self) -> Self {
        assert!(matches!(self.hear(), Some(FromProver::Ready { .. })));
        self
    }

    /// The stages that are reached, and the last word.
    pub(crate) fn end_of(&mut self, request: u64) -> (Vec<Stage>, FromProver) {
        let mut stages = Vec::new();
        loop {
            match self.hear().expect("a last word") {
                FromProver::Progress { request: of, stage, .. } if of == request => {
                    stages.push(stage)
                }
                word if word.request() == Some(request) => return (stages, word),
                other => panic!("{other:?}"),
            }
        }
    }

    /// Waits until a process has the request.
    pub(crate) fn begun(&mut self, request: u64) {
        let begun = FromProver::Progress { request, stage: Stage::Begun, of: Stage::COUNT };
        assert_eq!(self.hear(), Some(begun));
    }

    pub(crate) fn ask(&mut self, request: ProveRequest) -> FromProver {
        let number = request.request;
        self.say(&ToProver::Prove(request));
        self.end_of(number).1
    }

    pub(crate) fn proved(&mut self, request: ProveRequest) -> String {
        match self.ask(request) {
            FromProver::Proved { proof, .. } => proof,
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn refused(&mut self, request: ProveRequest) -> Refusal {
        match self.ask(request) {
            FromProver::Refused(refusal) => refusal,
            other => panic!("{other:?}"),
        }
    }
}

impl Prover {
    /// One with dev keys that were made before.
    pub(crate) fn start(options: &[&str]) -> Self {
        Self::with_keys(&keys(), &[&["--allow-dev-keys"], options].concat())
    }

    pub(crate) fn with_keys(keys: &Path, options: &[&str]) -> Self {
        let (ours, theirs) = UnixStream::pair().unwrap();
        ours.set_read_timeout(Some(PATIENCE)).unwrap();
        let mut command = Command::new(PROGRAM);
        command.arg("--keys").arg(keys).args(options);
        if !options.contains(&"--proof-seconds") {
            command.args(["--proof-seconds", "170"]);
        }
        let child = command.stdin(Stdio::from(OwnedFd::from(theirs))).spawn().unwrap();
        // It holds their end as well.
        drop(command);
        Self { child, line: Line::new(ours).ready() }
    }

    /// Hangs up, and waits for the end.
    pub(crate) fn close(self) -> ExitStatus {
        let Self { child, line } = self;
        drop(line);
        ended(child)
    }
}

pub(crate) fn ended(mut child: Child) -> ExitStatus {
    eventually("the prover ends", || child.try_wait().unwrap())
}

/// Asks again until there is an answer.
pub(crate) fn eventually<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(begun.elapsed() < PATIENCE, "{what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// A folder in which dev keys are kept from one run of the tests to the next.
pub(crate) fn keys() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("arch-prover-keys");
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// Asks for a proof that we have these words.
pub(crate) fn fold(request: u64, words: &[u64]) -> ProveRequest {
    let words: Vec<Fr> = words.iter().map(|word| Fr::from(*word)).collect();
    let witness = words.iter().flat_map(to_bytes).collect();
    let statement = Output::new(words).unwrap().statement(Fr::from(7_u64), Fr::from(99_u64));
    ProveRequest {
        request,
        circuit: "arch-fold-v3".to_owned(),
        version: 1,
        publics: statement.publics().iter().map(to_decimal).collect(),
        witness: Bytes(witness),
    }
}

/// Checks a proof without any of the prover's code, and that it is of what was asked for.
pub(crate) fn check(proof: &str, asked: &ProveRequest) {
    let file = ProofFile::read(proof.as_bytes()).unwrap();
    let publics: Vec<_> = file.publics().iter().map(to_decimal).collect();
    assert_eq!(
        (file.circuit(), file.version(), publics),
        (&*asked.circuit, 1, asked.publics.clone())
    );
    let terms = Terms { trust: Trust::Manifest, dev_keys: true };
    Registry::built_in().unwrap().evidence(&file, &terms).unwrap();
}

/// A program in a worker's place.
pub(crate) struct Double {
    pub(crate) folder: TempDir,
}

impl Double {
    /// Runs this script of a shell. `$FOLDER` is its own folder, and `$REAL` the real program.
    pub(crate) fn new(script: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let here = folder.path().display();
        let text = format!("#!/bin/sh\nFOLDER='{here}'\nREAL='{PROGRAM}'\n{script}\n");
        let path = folder.path().join("worker");
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        Self { folder }
    }

    pub(crate) fn path(&self) -> String {
        self.folder.path().join("worker").display().to_string()
    }

    /// Writes a file that the script knows.
    pub(crate) fn file(&self, name: &str, bytes: &[u8]) {
        fs::write(self.folder.path().join(name), bytes).unwrap();
    }

    /// The number that the script wrote into a file.
    pub(crate) fn pid(&self, name: &str) -> i32 {
        let path = self.folder.path().join(name);
        eventually("the worker writes its number", || {
            fs::read_to_string(&path).ok()?.trim().parse().ok()
        })
    }
}

/// Whether a process is there, and no zombie.
pub(crate) fn lives(pid: i32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with('Z'))
}
