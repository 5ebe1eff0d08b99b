//! Plays the agent.

use std::collections::BTreeMap;
use std::fs;
use std::os::fd::{AsRawFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use arch_identity::Digest;
use arch_sandbox::blob;
use arch_sandbox::channel::{Channel, Peer};
use arch_wire::executor::{
    Claim, FromExecutor, InputFile, Isolation, Limits, Outcome, RunRequest, ToExecutor,
};
use rustix::io::{FdFlags, fcntl_setfd};
use rustix::net::{AddressFamily, SocketFlags, SocketType, socketpair};

/// While one test leaves a descriptor open for its child, no other may start one.
static STARTING: Mutex<()> = Mutex::new(());

/// Patience with a machine under load.
const PATIENCE: Duration = Duration::from_secs(60);

/// An executor and the line to it.
pub(crate) struct Agent {
    pub(crate) child: Child,
    pub(crate) channel: Option<Channel>,
    pub(crate) home: tempfile::TempDir,
}

/// A request with its descriptors.
pub(crate) struct Job {
    pub(crate) request: RunRequest,
    pub(crate) fds: Vec<OwnedFd>,
}

/// What became of a run.
pub(crate) struct Done {
    pub(crate) claim: Claim,
    pub(crate) blobs: BTreeMap<String, Vec<u8>>,
}

impl Done {
    pub(crate) fn stdout(&self) -> String {
        String::from_utf8(self.blobs["stdout"].clone()).unwrap()
    }
}

impl Job {
    /// A run of a guest in text form.
    pub(crate) fn of(run: u64, wat: &str) -> Self {
        Self::of_bytes(run, &wat::parse_str(wat).unwrap())
    }

    pub(crate) fn of_bytes(run: u64, wasm: &[u8]) -> Self {
        let (module, fd) = blob::seal("module", wasm).unwrap();
        let request = RunRequest {
            run,
            module: module.digest,
            args: vec!["guest".to_owned()],
            env: BTreeMap::new(),
            inputs: Vec::new(),
            grants: Vec::new(),
            outputs: vec!["copy".to_owned()],
            limits: limits(),
            seed: Digest::of(b"seed"),
            isolation: Isolation::Process,
        };
        Self { request, fds: vec![fd] }
    }

    pub(crate) fn input(mut self, name: &str, bytes: &[u8]) -> Self {
        let (blob, fd) = blob::seal(name, bytes).unwrap();
        let input = InputFile { name: name.to_owned(), size: blob.size, digest: blob.digest };
        self.request.inputs.push(input);
        self.fds.push(fd);
        self
    }

    pub(crate) fn limit(mut self, change: impl FnOnce(&mut Limits)) -> Self {
        change(&mut self.request.limits);
        self
    }

    pub(crate) fn grant(mut self, grant: &str) -> Self {
        self.request.grants.push(grant.parse().unwrap());
        self
    }

    pub(crate) fn shared(mut self, owner: &str) -> Self {
        self.request.isolation = Isolation::Shared { owner: owner.to_owned() };
        self
    }
}

pub(crate) fn limits() -> Limits {
    Limits {
        fuel: 1_000_000_000,
        wall_millis: 30_000,
        memory_bytes: 64 << 20,
        table_elements: 10_000,
        instances: 16,
        output_bytes: 1 << 20,
        host_calls: 100_000,
        write_bytes: 1 << 20,
        write_entries: 100,
        read_bytes: 1 << 20,
        compile_millis: 60_000,
        module_bytes: 16 << 20,
    }
}

impl Agent {
    /// Starts an executor in a fresh home and waits until it is ready.
    pub(crate) fn start() -> Self {
        Self::start_in(tempfile::tempdir().unwrap(), &[])
    }

    pub(crate) fn start_in(home: tempfile::TempDir, more: &[&str]) -> Self {
        Self::start_by(Command::new(env!("CARGO_BIN_EXE_arch-executor")), home, more)
    }

    /// Starts an executor as the only process of a cgroup.
    pub(crate) fn start_in_cgroup(cgroup: &Path) -> Self {
        let mut command = Command::new("sh");
        command.args(["-c", "echo $$ > \"$0/cgroup.procs\" && exec \"$@\""]);
        command.arg(cgroup).arg(env!("CARGO_BIN_EXE_arch-executor"));
        Self::start_by(command, tempfile::tempdir().unwrap(), &[])
    }

    fn start_by(mut command: Command, home: tempfile::TempDir, more: &[&str]) -> Self {
        let flags = SocketFlags::CLOEXEC;
        let (ours, theirs) =
            socketpair(AddressFamily::UNIX, SocketType::STREAM, flags, None).unwrap();
        let starting = STARTING.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        fcntl_setfd(&theirs, FdFlags::empty()).unwrap();
        let child = command
            .args(["--wasm", "--socket-fd", &theirs.as_raw_fd().to_string()])
            .arg("--cache")
            .arg(home.path().join("cache"))
            .args(more)
            .stderr(fs::File::create(home.path().join("stderr")).unwrap())
            .stdin(Stdio::null())
            .spawn()
            .unwrap();
        drop(theirs);
        drop(starting);
        let mut agent = Self { child, channel: Some(Channel::new(ours)), home };
        let (first, _) = agent.hear();
        assert!(matches!(first, FromExecutor::Ready { .. }), "{first:?}");
        agent
    }

    pub(crate) fn channel(&mut self) -> &mut Channel {
        self.channel.as_mut().unwrap()
    }

    pub(crate) fn tell(&mut self, message: &ToExecutor, fds: Vec<OwnedFd>) {
        self.channel().send(message, fds).unwrap();
        self.channel().drain().unwrap();
    }

    /// The next message, or that the executor closed.
    pub(crate) fn listen(&mut self) -> Option<(FromExecutor, Vec<OwnedFd>)> {
        loop {
            if let Some(heard) = self.channel().take::<FromExecutor>().unwrap() {
                return Some(heard);
            }
            if self.channel().wait().unwrap() == Peer::Closed {
                return None;
            }
        }
    }

    pub(crate) fn hear(&mut self) -> (FromExecutor, Vec<OwnedFd>) {
        self.listen().unwrap_or_else(|| panic!("the executor is gone: {}", self.stderr()))
    }

    /// Begins a run that never ends by itself, and says which process has it.
    pub(crate) fn spin(&mut self, job: Job) -> u32 {
        // Compiled beforehand, so that the only child is the worker.
        let spare = Job::of(u64::MAX, crate::guests::SPIN).limit(|l| l.fuel = 10);
        assert_eq!(self.outcome(spare), Outcome::OutOfFuel);
        self.begin(job);
        self.worker()
    }

    /// Sends a run and waits until it has begun.
    pub(crate) fn begin(&mut self, job: Job) -> u64 {
        let run = job.request.run;
        self.tell(&ToExecutor::Run(job.request), job.fds);
        let (heard, _) = self.hear();
        assert_eq!(heard, FromExecutor::Started { run }, "{}", self.stderr());
        run
    }

    /// Waits for the end of the run that ends next; checks every blob.
    pub(crate) fn end(&mut self) -> (u64, Done) {
        let (heard, fds) = self.hear();
        let FromExecutor::Finished { run, claim } = heard else { panic!("{heard:?}") };
        let mut blobs = BTreeMap::new();
        let mut fds = fds.into_iter();
        for blob in claim.outputs.iter().chain(&claim.reads) {
            let bytes = match &blob.bytes {
                Some(inline) => inline.as_slice().to_vec(),
                None => blob::read(fds.next().unwrap(), 1 << 24).unwrap(),
            };
            assert_eq!(u64::try_from(bytes.len()), Ok(blob.size));
            assert_eq!(Digest::of(&bytes), blob.digest);
            blobs.insert(blob.name.clone(), bytes);
        }
        (run, Done { claim, blobs })
    }

    pub(crate) fn run(&mut self, job: Job) -> Done {
        let run = self.begin(job);
        let (ended, done) = self.end();
        assert_eq!(run, ended);
        done
    }

    pub(crate) fn outcome(&mut self, job: Job) -> Outcome {
        self.run(job).claim.outcome
    }

    pub(crate) fn stderr(&self) -> String {
        fs::read_to_string(self.home.path().join("stderr")).unwrap()
    }

    /// Processes that the executor has made and that are still there.
    pub(crate) fn children(&self) -> Vec<u32> {
        children(self.child.id())
    }

    /// A round trip: what was sent before it is closed on the other side.
    pub(crate) fn ping(&mut self) {
        self.tell(&ToExecutor::Ping, Vec::new());
        assert_eq!(self.hear().0, FromExecutor::Pong);
    }

    /// Waits until there is a child behind a filter of its own, which is the last of its walls.
    pub(crate) fn worker(&self) -> u32 {
        let filters = |pid: u32| status(pid, "Seccomp_filters").parse::<u32>().unwrap_or_default();
        let inherited = filters(self.child.id());
        let mut found = 0;
        until(|| {
            let filtered = |pid: &u32| filters(*pid) > inherited;
            found = self.children().into_iter().find(filtered).unwrap_or(0);
            found != 0
        });
        found
    }

    pub(crate) fn descriptors(&self) -> usize {
        fs::read_dir(format!("/proc/{}/fd", self.child.id())).unwrap().count()
    }

    pub(crate) fn cache_files(&self) -> Vec<PathBuf> {
        let folder = fs::read_dir(self.home.path().join("cache/modules")).unwrap();
        folder.map(|entry| entry.unwrap().path()).collect()
    }

    /// Closes the line and waits for the executor's end.
    pub(crate) fn hang_up(mut self) -> (ExitStatus, tempfile::TempDir) {
        self.channel = None;
        let status = self.wait();
        let home = std::mem::replace(&mut self.home, tempfile::tempdir().unwrap());
        (status, home)
    }

    /// Waits for the executor's end.
    pub(crate) fn wait(&mut self) -> ExitStatus {
        let mut status = None;
        until(|| {
            status = self.child.try_wait().unwrap();
            status.is_some()
        });
        status.unwrap()
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits for something to become true.
pub(crate) fn until(mut so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !so() {
        assert!(start.elapsed() < PATIENCE, "it did not come true");
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Children of a process, by looking at everybody's parent.
pub(crate) fn children(parent: u32) -> Vec<u32> {
    let all = fs::read_dir("/proc").unwrap().flatten();
    let pids = all.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    pids.filter(|pid| status(*pid, "PPid") == parent.to_string()).collect()
}

/// A field of a process's status; empty if it is gone.
pub(crate) fn status(pid: u32, field: &str) -> String {
    let text = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix(field)?.strip_prefix(':'));
    line.unwrap_or_default().trim().to_owned()
}

/// Whether a process is there and not a zombie.
pub(crate) fn lives(pid: u32) -> bool {
    !matches!(status(pid, "State").chars().next(), None | Some('Z' | 'X'))
}
