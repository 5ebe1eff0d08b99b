//! The executor's process and the line to it, as the agent has them: a socketpair, frames, sealed
//! memfds.

use std::collections::{BTreeMap, VecDeque};
use std::fs::File;
use std::io::Write;
use std::os::fd::{AsFd as _, AsRawFd, OwnedFd};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use arch_identity::Digest;
use arch_wire::executor::{
    Claim, FromExecutor, Isolation, Limits, Outcome, RunRequest, ToExecutor,
};
use arch_wire::frame::{FrameReader, encode};
use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, memfd_create};
use rustix::io::{FdFlags, fcntl_setfd};
use rustix::net::{AddressFamily, SocketFlags, SocketType, socketpair};

/// A running `arch-executor --wasm`. It ends when this is dropped.
pub(crate) struct Executor {
    socket: Option<OwnedFd>,
    child: Child,
    reader: FrameReader,
    files: VecDeque<OwnedFd>,
    /// What came last was read into it.
    room: Vec<u8>,
    runs: u64,
}

impl Executor {
    /// Starts it and waits until it is ready.
    pub(crate) fn start(program: &Path, cache: &Path) -> Result<Self, String> {
        let flags = SocketFlags::CLOEXEC;
        let pair = socketpair(AddressFamily::UNIX, SocketType::STREAM, flags, None);
        let (ours, theirs) = pair.map_err(told)?;
        fcntl_setfd(&theirs, FdFlags::empty()).map_err(told)?;
        let child = Command::new(program)
            .args(["--wasm", "--socket-fd", &theirs.as_raw_fd().to_string(), "--cache"])
            .arg(cache)
            .env_clear()
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .map_err(|error| format!("{}: {error}", program.display()))?;
        drop(theirs);
        let mut executor = Self {
            socket: Some(ours),
            child,
            reader: FrameReader::default(),
            files: VecDeque::new(),
            room: vec![0; 1 << 16],
            runs: 0,
        };
        match executor.hear()? {
            FromExecutor::Ready { .. } => Ok(executor),
            other => Err(format!("its first word is {other:?}")),
        }
    }

    /// Runs a module to its end, and gives what it wrote to its standard output.
    pub(crate) fn run(
        &mut self,
        module: &OwnedFd,
        digest: Digest,
        isolation: Isolation,
    ) -> Result<Vec<u8>, String> {
        self.runs = self.runs.saturating_add(1);
        let request = request(self.runs, digest, isolation);
        self.say(&ToExecutor::Run(request), module)?;
        let claim = loop {
            match self.hear()? {
                FromExecutor::Started { .. } => {}
                FromExecutor::Finished { claim, .. } => break claim,
                other => return Err(format!("it says {other:?}")),
            }
        };
        let files: Vec<OwnedFd> = self.files.drain(..claim.fds()).collect();
        if claim.outcome != Outcome::Completed {
            return Err(format!("the job ended with {:?}", claim.outcome));
        }
        stdout(&claim, files)
    }

    fn say(&self, message: &ToExecutor, module: &OwnedFd) -> Result<(), String> {
        let frame = encode(message).map_err(told)?;
        match arch_handover::send(self.socket()?.as_fd(), &frame, &[module]).map_err(told)? {
            all if all == frame.len() => Ok(()),
            part => Err(format!("only {part} bytes were taken")),
        }
    }

    fn hear(&mut self) -> Result<FromExecutor, String> {
        loop {
            if let Some(message) = self.reader.take().map_err(told)? {
                return Ok(message);
            }
            let socket = self.socket.as_ref().ok_or("the line is closed")?;
            let got = arch_handover::receive(socket.as_fd(), &mut self.room).map_err(told)?;
            self.files.extend(got.files);
            match self.room.get(..got.bytes) {
                Some(bytes) if !bytes.is_empty() => self.reader.push(bytes),
                _ => return Err("the executor closed the line".to_owned()),
            }
        }
    }

    fn socket(&self) -> Result<&OwnedFd, String> {
        self.socket.as_ref().ok_or_else(|| "the line is closed".to_owned())
    }
}

impl Drop for Executor {
    fn drop(&mut self) {
        // Asks it to end, with all its workers.
        self.socket = None;
        let _its_end_is_all_we_want = self.child.wait();
    }
}

/// Bytes in a memfd that nobody can change.
pub(crate) fn sealed(bytes: &[u8]) -> Result<OwnedFd, String> {
    let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
    let mut file = File::from(memfd_create(c"module", flags).map_err(told)?);
    file.write_all(bytes).map_err(told)?;
    let seals = SealFlags::WRITE | SealFlags::SHRINK | SealFlags::GROW | SealFlags::SEAL;
    fcntl_add_seals(&file, seals).map_err(told)?;
    Ok(file.into())
}

fn stdout(claim: &Claim, files: Vec<OwnedFd>) -> Result<Vec<u8>, String> {
    // It comes first.
    let blob = claim.outputs.first().filter(|blob| blob.name == "stdout");
    let blob = blob.ok_or("there is no standard output")?;
    if let Some(inline) = &blob.bytes {
        return Ok(inline.as_slice().to_vec());
    }
    let file = files.into_iter().next().ok_or("standard output has no file")?;
    let mut bytes = vec![0; usize::try_from(blob.size).map_err(told)?];
    std::os::unix::fs::FileExt::read_exact_at(&File::from(file), &mut bytes, 0).map_err(told)?;
    Ok(bytes)
}

fn request(run: u64, module: Digest, isolation: Isolation) -> RunRequest {
    RunRequest {
        run,
        module,
        args: vec!["guest".to_owned()],
        env: BTreeMap::new(),
        inputs: Vec::new(),
        grants: Vec::new(),
        outputs: Vec::new(),
        limits: Limits {
            fuel: 1_000_000_000,
            wall_millis: 60_000,
            memory_bytes: 64 << 20,
            table_elements: 10_000,
            instances: 16,
            output_bytes: 1 << 20,
            host_calls: 1_000_000,
            write_bytes: 1 << 20,
            write_entries: 100,
            read_bytes: 1 << 20,
            compile_millis: 60_000,
            module_bytes: 16 << 20,
        },
        seed: Digest::of(b"bench"),
        isolation,
    }
}

fn told(error: impl ToString) -> String {
    error.to_string()
}
