//! What an operator may choose, as drop-ins that he copies to /etc/systemd/system.

use super::places::{CIRCUITS, PROVER, PROVER_CACHE};
use super::unit::{Line, WRITTEN, set, why};

/// Files below a folder that is named after the choice.
pub(super) fn all() -> Vec<(String, String)> {
    let lost = why(
        "A node whose key was handed in and is not there any more does not start; it never makes \
         another one instead.",
    );
    let key = [lost.clone(), set("LoadCredential", "node.key:arch.node.key")];
    let sealed = [lost, set("LoadCredentialEncrypted", "node.key:arch.node.key")];
    let users = [
        why("What PrivateUsers= would hide: who is at the other end of the control socket."),
        set("PrivateUsers", "no"),
    ];
    let circuits = [
        why(
            "As `archctl circuit import --out` leaves them: manifest.json and the keys that it names.",
        ),
        set("ExecStart", ""),
        set(
            "ExecStart",
            format!(
                "{PROVER} --keys /var/lib/{CIRCUITS} --manifest /var/lib/{CIRCUITS}/manifest.json"
            ),
        ),
    ];
    let dev_keys = [
        why("Anybody can forge proofs for such keys. They are made when they are first used."),
        set("CacheDirectory", PROVER_CACHE),
        set("CacheDirectoryMode", "0700"),
        set("BindPaths", format!("/var/cache/{PROVER_CACHE}")),
        set("ExecStart", ""),
        set("ExecStart", format!("{PROVER} --keys /var/cache/{PROVER_CACHE} --allow-dev-keys")),
    ];
    vec![
        of(
            "arch-prover",
            "choice-circuits",
            "40-keys",
            "The prover proves with the keys in /var/lib/arch-circuits",
            &circuits,
        ),
        of(
            "arch-prover",
            "choice-dev-keys",
            "40-keys",
            "The prover makes its own keys, for trying things out",
            &dev_keys,
        ),
        drop_in(
            "choice-node-key",
            "40-node-key",
            "The node's key is /etc/credstore/arch.node.key",
            &key,
        ),
        drop_in(
            "choice-node-key-encrypted",
            "40-node-key",
            "The node's key is /etc/credstore.encrypted/arch.node.key, made by `systemd-creds \
             encrypt --name=node.key`",
            &sealed,
        ),
        drop_in(
            "choice-control-users",
            "60-control-users",
            "Users named under `control` in node.yaml, before systemd 257",
            &users,
        ),
    ]
}

/// A drop-in for the agent.
pub(super) fn drop_in(folder: &str, file: &str, about: &str, lines: &[Line]) -> (String, String) {
    of("arch-node-agent", folder, file, about, lines)
}

fn of(unit: &str, folder: &str, file: &str, about: &str, lines: &[Line]) -> (String, String) {
    let name = format!("{folder}/{unit}.service.d/{file}.conf");
    let mut text = format!("# {about}\n{WRITTEN}\n\n[Service]\n");
    lines.iter().for_each(|line| line.write(&mut text));
    (name, text)
}
