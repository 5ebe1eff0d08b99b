//! The command line, and what is asked for by it.

mod line;

use std::{
    ffi::OsString,
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

pub(crate) use line::Arguments;
use line::Mode;

use crate::failure::Failure;

/// What is asked for.
#[derive(Debug)]
pub(crate) enum Task<'a> {
    /// Serve the one agent at the inherited socket.
    Agent { keys: &'a Path },
    /// Serve whoever comes and may.
    Serve { keys: &'a Path, door: Door<'a> },
    /// Start workers.
    Launch,
    /// Make one proof.
    Work { keys: &'a Path },
    /// Look at what is in force.
    PrintConfinement,
    /// The same in a worker.
    PrintWorker { keys: &'a Path },
}

/// Where others come in.
#[derive(Debug)]
pub(crate) enum Door<'a> {
    /// By TCP, with the secret in this file.
    Port { address: SocketAddr, secret: &'a Path },
    /// By a Unix socket, as one of these users.
    Socket { path: &'a Path, users: &'a [u32] },
}

impl Arguments {
    /// What is asked for.
    pub(crate) fn task(&self) -> Result<Task<'_>, Failure> {
        if self.print_confinement && !self.work {
            return Ok(Task::PrintConfinement);
        }
        if self.launch {
            return Ok(Task::Launch);
        }
        let keys = self.keys.as_deref().ok_or(Failure::Usage("`--keys DIR` is missing"))?;
        match (self.work, self.print_confinement) {
            (true, false) => return Ok(Task::Work { keys }),
            (true, true) => return Ok(Task::PrintWorker { keys }),
            (false, _) => {}
        }
        match (self.mode, self.port, &self.socket, &self.secret_file) {
            (Mode::Agent, None, None, None) => Ok(Task::Agent { keys }),
            (Mode::Agent, ..) => {
                Err(Failure::Usage("`--port`, `--socket` and `--secret-file` need `--mode=server`"))
            }
            (Mode::Server, Some(port), None, Some(secret)) => {
                let address = SocketAddr::new(self.bind, port);
                Ok(Task::Serve { keys, door: Door::Port { address, secret } })
            }
            (Mode::Server, Some(_), None, None) => {
                Err(Failure::Usage("`--port` needs `--secret-file FILE`: nobody else may ask"))
            }
            (Mode::Server, None, Some(path), None) => {
                Ok(Task::Serve { keys, door: Door::Socket { path, users: &self.allow_uid } })
            }
            (Mode::Server, ..) => Err(Failure::Usage(
                "`--mode=server` needs one of `--port PORT` with a secret and `--socket PATH`",
            )),
        }
    }

    /// With which arguments the launcher is started, and by it each worker.
    pub(crate) fn of_child(&self, role: &str) -> Vec<OsString> {
        let mut all: Vec<OsString> = vec![
            role.into(),
            "--keys".into(),
            self.keys.clone().unwrap_or_default().into(),
            "--memory-mib".into(),
            self.memory_mib.to_string().into(),
            "--threads".into(),
            self.threads().to_string().into(),
        ];
        if self.allow_dev_keys {
            all.push("--allow-dev-keys".into());
        }
        if let (Some(worker), "--launch") = (&self.worker, role) {
            all.extend(["--worker".into(), worker.clone().into()]);
        }
        all
    }

    /// The worker's program: this one again, also when its file was replaced meanwhile.
    pub(crate) fn worker(&self) -> PathBuf {
        let own = || Path::new("/proc/self/exe").to_owned();
        self.worker.clone().unwrap_or_else(own)
    }

    /// Threads of a proof.
    pub(crate) fn threads(&self) -> usize {
        let processors = || std::thread::available_parallelism().map_or(1, usize::from);
        self.threads.map_or_else(|| processors().min(8), usize::from)
    }

    /// The most memory that a proof may have.
    pub(crate) fn memory(&self) -> u64 {
        u64::from(self.memory_mib).saturating_mul(1 << 20)
    }

    /// The most time that a proof may have.
    pub(crate) fn patience(&self) -> Duration {
        Duration::from_secs(u64::from(self.proof_seconds))
    }
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory as _, Parser as _};

    use super::*;

    fn task(words: &[&str]) -> Result<String, String> {
        let line = ["arch-prover"].iter().chain(words);
        let arguments = Arguments::try_parse_from(line).map_err(|error| error.to_string())?;
        arguments.task().map(|task| format!("{task:?}")).map_err(|error| error.to_string())
    }

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn nobody_is_served_by_a_port_without_a_secret() {
        let told = task(&["--keys", "k", "--mode=server", "--port=9001"]).unwrap_err();
        assert!(told.contains("--secret-file"), "{told}");
        let good =
            task(&["--keys", "k", "--mode=server", "--port=9001", "--secret-file", "s"]).unwrap();
        assert!(good.contains("127.0.0.1:9001"), "{good}");
    }

    #[test]
    fn what_does_not_go_together_is_refused() {
        for words in [
            &["--keys", "k", "--mode=server"][..],
            &["--keys", "k", "--port=1", "--secret-file", "s"],
            &["--keys", "k", "--socket", "s"],
            &["--keys", "k", "--mode=server", "--port=1", "--socket", "s", "--secret-file", "f"],
            &["--keys", "k", "--mode=server", "--socket", "s", "--secret-file", "f"],
            &["--keys", "k", "--mode=server", "--port=1", "--allow-uid", "1", "--secret-file", "f"],
            &["--mode=server", "--socket", "s"],
            &[],
            &["--keys", "k", "--queue", "0"],
            &["--keys", "k", "--proof-seconds", "0"],
        ] {
            task(words).unwrap_err();
        }
        task(&["--keys", "k"]).unwrap();
        task(&["--print-confinement"]).unwrap();
    }
}
