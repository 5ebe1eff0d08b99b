//! What the agent, and doctor, find around them: clock, environment, sockets.

use std::{fs, os::unix::fs::PermissionsExt as _, path::PathBuf, process::Command};

use arch_tests::{Agent, World};

use super::{bound_by_modes, breaks::Break};

/// What surrounds the agent, and doctor.
pub(super) fn surroundings(fault: Break, world: &World) -> Result<Command, String> {
    let mut command = bound_by_modes();
    match fault {
        Break::Clock(at) => {
            let shim = faketime()
                .ok_or("there is no libfaketime; on Debian `apt-get install faketime`")?;
            command.env("LD_PRELOAD", shim).env("FAKETIME", at()).env("TZ", "UTC");
            command.env("FAKETIME_DONT_FAKE_MONOTONIC", "1").env("DONT_FAKE_MONOTONIC", "1");
        }
        Break::Told(name, value) => {
            command.env(name, value);
        }
        Break::Sockets(names) => {
            stand_in_systemctl(world, names);
            let path = std::env::var("PATH").unwrap_or_default();
            command.env("PATH", format!("{}:{path}", world.path("bin").display()));
        }
        _ => {}
    }
    Ok(command)
}

/// Starts the agent in these surroundings, with as many sockets as there are names.
pub(super) fn agent(fault: Break, world: &World, above: Command) -> Option<Agent> {
    let Break::Sockets(names) = fault else { return Some(Agent::below(world, above)) };
    let mut tool = Command::new("systemd-socket-activate");
    if tool.arg("--version").output().is_err() {
        return None;
    }
    let mut tool = Command::new("systemd-socket-activate");
    // Without a name systemd gives that of the unit; the tool gives none.
    let named = names.iter().all(|name| !name.ends_with(".socket"));
    if named {
        tool.arg(format!("--fdname={}", names.join(":")));
    }
    let sockets: Vec<PathBuf> =
        (0..names.len()).map(|number| world.path(format!("handed-{number}.sock"))).collect();
    for socket in &sockets {
        let _of_the_row_before = fs::remove_file(socket);
        tool.arg("-l").arg(socket);
    }
    let agent = Agent::below(world, tool);
    // It starts when somebody calls.
    for _ in 0..4_500 {
        if std::os::unix::net::UnixStream::connect(&sockets[0]).is_ok() {
            return Some(agent);
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    panic!("nobody listens on {}", sockets[0].display());
}

/// Says what systemd says of a unit for this world: how systemd itself is asked is tried in `os`.
fn stand_in_systemctl(world: &World, names: &[&str]) {
    let folder = world.path("bin");
    fs::create_dir_all(&folder).unwrap();
    let names: String = names.iter().map(|name| format!("FileDescriptorName={name}\n\n")).collect();
    let (config, state) = (world.path("config"), world.path("state"));
    let script = format!(
        "#!/bin/sh\ncase \"$*\" in\n*FileDescriptorName*) cat <<END\n{names}END\n;;\n*ExecStart*) cat <<END\n\
         LoadState=loaded\nUser=\nExecStart={{ path=x ; argv[]=x --config {} --state {} ; }}\n\
         TriggeredBy=a.socket b.socket\nEND\n;;\nesac\n",
        config.display(),
        state.display()
    );
    fs::write(folder.join("systemctl"), script).unwrap();
    fs::set_permissions(folder.join("systemctl"), fs::Permissions::from_mode(0o755)).unwrap();
}

fn faketime() -> Option<PathBuf> {
    let folders = ["x86_64-linux-gnu", "aarch64-linux-gnu", "."];
    let files = folders.map(|folder| format!("/usr/lib/{folder}/faketime/libfaketimeMT.so.1"));
    files.into_iter().map(PathBuf::from).find(|path| path.exists())
}
