//! Attempts at what a confined agent must not be able to do. Each of them works for the same user in a
//! process that is not confined.

use std::{
    fs::{self, File},
    io,
    net::{TcpListener, UdpSocket},
    process::Command,
};

use serde::Serialize;

use crate::args::Args;

/// What became of each.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Attempts {
    start_a_program: Tried,
    make_a_file_elsewhere: Tried,
    change_its_settings: Tried,
    listen_on_tcp: Tried,
    open_a_udp_socket: Tried,
    signal_its_parent: Tried,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
enum Tried {
    Refused,
    Worked,
}

impl Attempts {
    pub(crate) fn make(args: &Args) -> Self {
        let settings = args.config.join("node.yaml");
        Self {
            start_a_program: tried(Command::new("/proc/self/exe").arg("--version").output()),
            make_a_file_elsewhere: tried(file_elsewhere()),
            change_its_settings: tried(File::options().append(true).open(settings)),
            listen_on_tcp: tried(TcpListener::bind(("127.0.0.1", 0))),
            open_a_udp_socket: tried(UdpSocket::bind(("127.0.0.1", 0))),
            signal_its_parent: tried(signal_parent()),
        }
    }

    pub(crate) fn were_all_refused(&self) -> bool {
        [
            &self.start_a_program,
            &self.make_a_file_elsewhere,
            &self.change_its_settings,
            &self.listen_on_tcp,
            &self.open_a_udp_socket,
            &self.signal_its_parent,
        ]
        .iter()
        .all(|tried| **tried == Tried::Refused)
    }
}

fn file_elsewhere() -> io::Result<()> {
    let path = std::env::temp_dir().join(format!("arch-confinement-{}", std::process::id()));
    File::create_new(&path)?;
    fs::remove_file(path)
}

/// With no signal at all, which asks whether one could be sent.
fn signal_parent() -> io::Result<()> {
    let parent = rustix::process::getppid().ok_or(io::ErrorKind::NotFound)?;
    Ok(rustix::process::test_kill_process(parent)?)
}

fn tried<T>(result: io::Result<T>) -> Tried {
    if result.is_ok() { Tried::Worked } else { Tried::Refused }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;

    #[test]
    fn in_a_process_that_is_not_confined_every_attempt_works() {
        let config = tempfile::tempdir().unwrap();
        fs::write(config.path().join("node.yaml"), "").unwrap();
        let args = ["arch-node-agent", "--config", config.path().to_str().unwrap()];
        let tried = Attempts::make(&Args::parse_from(args));
        let text = serde_yaml::to_string(&tried).unwrap();
        assert!(!text.contains("refused") && text.matches("worked").count() == 6, "{text}");
        assert!(!tried.were_all_refused());
    }
}
