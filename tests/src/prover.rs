//! A prover that a test starts: `arch-prover` at a Unix socket, with keys that anybody can forge with.

use std::{
    fs,
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use crate::{World, program};

/// Runs until it is dropped or killed.
#[derive(Debug)]
pub struct Prover {
    child: Child,
    socket: PathBuf,
}

impl Prover {
    /// Starts one for the agent of a world, and has the settings name it.
    ///
    /// # Panics
    /// If it does not start, or does not listen.
    #[must_use]
    pub fn of(world: &World) -> Self {
        let prover = Self::start(world);
        let path = world.path("config/node.yaml");
        let settings = fs::read_to_string(&path).expect("the settings");
        let socket = prover.socket.display();
        if !settings.contains("prover:") {
            let settings = format!("{settings}prover:\n  socket: \"{socket}\"\n");
            fs::write(&path, settings).expect("the settings");
        }
        prover
    }

    /// Starts one where the one before was.
    ///
    /// # Panics
    /// As [`Prover::of`].
    #[must_use]
    pub fn start(world: &World) -> Self {
        Self::start_with(world, &[])
    }

    /// The same, with more arguments.
    ///
    /// # Panics
    /// As [`Prover::of`].
    #[must_use]
    pub fn start_with(world: &World, arguments: &[&str]) -> Self {
        let socket = world.path("prover.sock");
        let keys = world.path("keys");
        fs::create_dir_all(&keys).expect("a folder for keys");
        let child = Command::new(program("arch-prover"))
            .args(["--mode=server", "--allow-dev-keys", "--socket"])
            .arg(&socket)
            .arg("--keys")
            .arg(&keys)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::inherit())
            .spawn()
            .expect("arch-prover starts");
        let begun = Instant::now();
        while std::os::unix::net::UnixStream::connect(&socket).is_err() {
            assert!(begun.elapsed() < Duration::from_secs(60), "the prover does not listen");
            std::thread::sleep(Duration::from_millis(20));
        }
        Self { child, socket }
    }

    /// Its process.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Pulls its plug.
    pub fn kill(self) {
        drop(self);
    }
}

impl Drop for Prover {
    fn drop(&mut self) {
        let _gone_already = self.child.kill();
        let _gone_already = self.child.wait();
    }
}
