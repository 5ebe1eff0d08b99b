//! What a service manager would start the agent with, where systemd has a unit for it.

use std::process::{Command, Stdio};

use crate::places::Folders;

const UNIT: &str = "arch-node-agent.service";

/// The unit of an installation.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Unit {
    /// What the agent is started with.
    pub(super) arguments: Vec<String>,
    pub(super) user: Option<String>,
    /// Names of the sockets that are handed in.
    pub(super) sockets: Vec<String>,
    /// The node's key is among the credentials.
    pub(super) hands_key_in: bool,
}

/// The unit, if there is one and it is for these folders.
pub(super) fn of(folders: &Folders) -> Option<Unit> {
    let properties = ["-p", "LoadState", "-p", "ExecStart", "-p", "User", "-p", "TriggeredBy"];
    let shown = systemctl(&[&["show", UNIT], &properties[..]].concat())?;
    let mut unit = read(&shown).filter(|unit| is_for(unit, folders))?;
    let triggers = value(&shown, "TriggeredBy").unwrap_or_default();
    let sockets: Vec<&str> =
        triggers.split_whitespace().filter(|name| name.ends_with(".socket")).collect();
    if !sockets.is_empty() {
        let names = systemctl(&[&["show", "-p", "FileDescriptorName"], &sockets[..]].concat())?;
        unit.sockets = values(&names, "FileDescriptorName").map(str::to_owned).collect();
    }
    unit.hands_key_in = systemctl(&["cat", UNIT]).is_some_and(|text| hands_key_in(&text));
    Some(unit)
}

fn read(shown: &str) -> Option<Unit> {
    if value(shown, "LoadState")? != "loaded" {
        return None;
    }
    // { path=… ; argv[]=/usr/bin/arch-node-agent --config … ; … }
    let (_, command) = value(shown, "ExecStart")?.split_once("argv[]=")?;
    let (command, _) = command.split_once(" ;")?;
    let arguments = command.split_whitespace().skip(1).map(str::to_owned).collect();
    let user = value(shown, "User").filter(|user| !user.is_empty()).map(str::to_owned);
    Some(Unit { arguments, user, ..Unit::default() })
}

fn is_for(unit: &Unit, folders: &Folders) -> bool {
    let names = |option: &str, folder: &std::path::Path| {
        let pair = [option.to_owned(), folder.display().to_string()];
        unit.arguments.windows(2).any(|words| words == pair)
    };
    names("--config", &folders.config) && names("--state", &folders.state)
}

/// `LoadCredential=node.key:…`, also encrypted.
fn hands_key_in(text: &str) -> bool {
    text.lines().any(|line| {
        let assigned = line.split_once('=');
        assigned.is_some_and(|(key, value)| {
            ["LoadCredential", "LoadCredentialEncrypted"].contains(&key.trim())
                && value.trim().split(':').next() == Some("node.key")
        })
    })
}

fn value<'a>(shown: &'a str, property: &'a str) -> Option<&'a str> {
    values(shown, property).next()
}

fn values<'a>(shown: &'a str, property: &'a str) -> impl Iterator<Item = &'a str> {
    shown.lines().filter_map(move |line| line.strip_prefix(property)?.strip_prefix('='))
}

fn systemctl(arguments: &[&str]) -> Option<String> {
    let mut command = Command::new("systemctl");
    command.arg("--no-pager").args(arguments).stdin(Stdio::null()).stderr(Stdio::null());
    let output = command.output().ok().filter(|output| output.status.success())?;
    String::from_utf8(output.stdout).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHOWN: &str = "LoadState=loaded\nUser=archagent\nExecStart={ path=/usr/bin/arch-node-agent ; \
        argv[]=/usr/bin/arch-node-agent --config /etc/arch --state /var/lib/archagent ; \
        ignore_errors=no ; pid=0 }\nTriggeredBy=arch-node-agent.socket\n";

    fn folders(state: &str) -> Folders {
        Folders { config: "/etc/arch".into(), state: state.into() }
    }

    #[test]
    fn a_unit_is_read_and_held_against_the_folders_that_are_asked_about() {
        let unit = read(SHOWN).unwrap();
        assert_eq!(unit.user.as_deref(), Some("archagent"));
        assert_eq!(
            unit.arguments,
            ["--config", "/etc/arch", "--state", "/var/lib/archagent"].map(str::to_owned)
        );
        assert!(is_for(&unit, &folders("/var/lib/archagent")));
        assert!(!is_for(&unit, &folders("/var/lib/arch")));
        assert_eq!(read("LoadState=not-found\nUser=\n"), None);
    }

    #[test]
    fn a_key_among_the_credentials_is_seen() {
        assert!(hands_key_in("[Service]\nLoadCredential=node.key:/etc/arch/node.key\n"));
        assert!(hands_key_in("LoadCredentialEncrypted = node.key:/x\n"));
        assert!(!hands_key_in("LoadCredential=other:/x\n# LoadCredential=node.key:/x\n"));
    }
}
