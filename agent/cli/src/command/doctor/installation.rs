//! Whether an agent would start here. The agent itself looks, without changing anything, so that
//! nothing is judged by two rules; as the user that it runs as, where root asks, so that the kernel says
//! what that user may.

use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

use rustix::process::geteuid;
use serde::Deserialize;

use super::Finding;
use super::unit::{self, Unit};
use super::user::{self, User};
use crate::answer::Stop;
use crate::places::Folders;
use crate::programs;

const AGENT: &str = "arch-node-agent";

/// What decides for an agent that is started from a shell, and says nothing of one that a unit starts.
const OF_A_SHELL: [&str; 7] = [
    "ARCH_MODE",
    "ARCH_LISTEN",
    "ARCH_POLICY",
    "ARCH_EXECUTOR",
    "RAMNET_MODE",
    "CREDENTIALS_DIRECTORY",
    "NOTIFY_SOCKET",
];

/// What the agent prints.
#[derive(Deserialize)]
struct Report {
    schema: String,
    findings: Vec<Finding>,
}

/// What the agent finds, or why it could not look.
pub(super) fn look(folders: &Folders, user: Option<&str>) -> Result<Vec<Finding>, Stop> {
    let unit = unit::of(folders);
    let user = whose(folders, user, unit.as_ref())?;
    let Some(agent) = programs::find(AGENT) else {
        let found = format!("no `{AGENT}` beside this program or on PATH");
        return Ok(vec![Finding::fail("agent", found, "install it beside archctl")]);
    };
    let output = command(&agent, folders, unit.as_ref(), user).output();
    let remedy =
        "install agent and archctl of the same version, where the agent's user may run them";
    let findings = match &output {
        Err(error) => Err(format!("{}: {error}", agent.display())),
        Ok(output) => match serde_json::from_slice::<Report>(&output.stdout) {
            Ok(report) if report.schema == "arch.installation/v1" => Ok(report.findings),
            _ => Err(format!("{} does not answer: {}", agent.display(), output.status)),
        },
    };
    Ok(findings.unwrap_or_else(|found| vec![Finding::unknown("agent", found, remedy)]))
}

fn whose(
    folders: &Folders,
    asked: Option<&str>,
    unit: Option<&Unit>,
) -> Result<Option<User>, Stop> {
    if let Some(asked) = asked {
        let none = || Stop::usage(format!("there is no user `{asked}`"), "give a name or a number");
        return user::find(asked).map(Some).ok_or_else(none);
    }
    let system = folders.state == Path::new("/var/lib/archagent");
    let named = unit.and_then(|unit| unit.user.as_deref());
    Ok(named.or(system.then_some("archagent")).and_then(user::find))
}

fn command(agent: &Path, folders: &Folders, unit: Option<&Unit>, user: Option<User>) -> Command {
    let mut command = Command::new(agent);
    match unit {
        Some(unit) => {
            command.args(&unit.arguments);
            if !unit.sockets.is_empty() {
                command.arg("--socket-names").arg(unit.sockets.join(":"));
            }
            if unit.hands_key_in {
                command.arg("--key-handed-in");
            }
            for name in OF_A_SHELL {
                command.env_remove(name);
            }
        }
        None => {
            command.arg("--config").arg(&folders.config).arg("--state").arg(&folders.state);
        }
    }
    if let Some(user) = user {
        command.arg("--agent-user").arg(user.number.to_string());
        if geteuid().is_root() && user.number != 0 {
            command.uid(user.number).gid(user.group);
        }
    }
    command.arg("--check-installation").stdin(Stdio::null()).stderr(Stdio::null());
    command
}
