//! A machine with what the module makes of a configuration.

use std::process::Command;

use arch_tests::{
    World,
    booted::{Booted, Seed, cannot_boot},
    checkout, skip,
};
use serde_json::Value;
use tempfile::TempDir;

use super::store::{CLOSURE, filled};

/// Programs beside those that boot, and the packages that bring them.
const NEEDED: [(&str, &str); 3] =
    [("nix-instantiate", "nix-bin"), ("patchelf", "patchelf"), ("ldd", "libc-bin")];

/// A guest, and the folder of its programs: what is removed cannot be bound again.
pub(crate) struct Machine {
    pub(crate) guest: Booted,
    _programs: TempDir,
}

/// One with the node installed and its sockets open; nothing where there can be none.
pub(crate) fn machine(world: &World) -> Option<Machine> {
    if let Some(why) = cannot_boot().or_else(missing) {
        skip(&why);
        return None;
    }
    let configuration = evaluated(&pin(world));
    let folder = tempfile::tempdir().unwrap();
    let mut seed = filled(Seed::bare().configured(world), folder.path());
    for (place, text) in configuration["files"].as_object().unwrap() {
        seed = seed.file(place, text.as_str().unwrap());
    }
    let guest = Booted::boot(env!("CARGO_BIN_EXE_booted"), &seed);
    bind_libraries(&guest, &configuration["closure"]);
    for line in [
        &["systemd-sysusers", "arch.conf"][..],
        &["systemd-tmpfiles", "--create", "arch.conf"],
        &["systemctl", "daemon-reload"],
    ] {
        let _quiet = guest.good(line);
    }
    for socket in configuration["sockets"].as_array().unwrap() {
        let _quiet = guest.good(&["systemctl", "start", socket.as_str().unwrap()]);
    }
    Some(Machine { guest, _programs: folder })
}

/// Why something here cannot be tried.
pub(crate) fn missing() -> Option<String> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let there = |name: &str| std::env::split_paths(&path).any(|folder| folder.join(name).is_file());
    let (program, package) = NEEDED.into_iter().find(|(program, _)| !there(program))?;
    Some(format!("there is no {program}; `apt-get install {package}` brings it"))
}

/// The digest that the world's settings pin.
fn pin(world: &World) -> String {
    let settings = std::fs::read_to_string(world.path("config/node.yaml")).unwrap();
    settings.split('"').find(|word| word.starts_with("sha256:")).unwrap().to_owned()
}

/// What the module makes of a configuration that pins this root.
fn evaluated(digest: &str) -> Value {
    let arguments = ["--argstr", "digest", digest, "--argstr", "systemd", &version()];
    evaluate("nix/tests/booted.nix", &arguments)
}

/// The value of a file of Nix.
pub(crate) fn evaluate(file: &str, arguments: &[&str]) -> Value {
    let store = tempfile::tempdir().unwrap();
    let mut nix = Command::new("nix-instantiate");
    nix.args(["--eval", "--strict", "--json", "--readonly-mode", file]).args(arguments);
    for variable in ["NIX_STORE_DIR", "NIX_STATE_DIR", "NIX_LOG_DIR", "NIX_CONF_DIR", "HOME"] {
        nix.env(variable, store.path().join(variable));
    }
    nix.env("NIX_CONFIG", "build-users-group =");
    let said = nix.current_dir(checkout()).output().unwrap();
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    serde_json::from_slice(&said.stdout).unwrap()
}

/// The guest's systemd: this machine's, unless it is another system that is booted.
fn version() -> String {
    let asked = ["systemctl", "--version"];
    let mut command = match std::env::var_os("ARCH_GUEST_ROOT") {
        None => Command::new("env"),
        Some(root) => {
            let mut command = Command::new("chroot");
            command.arg(root);
            command
        }
    };
    let said = String::from_utf8(command.args(asked).output().unwrap().stdout).unwrap();
    said.split_whitespace().nth(1).unwrap().to_owned()
}

/// What a build does that is not made here: the script of the closure, run in the guest.
fn bind_libraries(guest: &Booted, closure: &Value) {
    guest.write("/run/closure/store-paths", &format!("{}\n", CLOSURE.join("\n")));
    let of = |name: &str| format!("{name}={}", closure["env"][name].as_str().unwrap());
    let script = closure["script"].as_str().unwrap();
    let places = ["closure=/run/closure".to_owned(), "out=/run/made".to_owned()];
    let variables = [of("units"), of("named")];
    let line: Vec<&str> = ["env"]
        .into_iter()
        .chain(places.iter().chain(&variables).map(String::as_str))
        .chain(["sh", "-euc", script])
        .collect();
    let _quiet = guest.good(&line);
    let _quiet = guest.good(&["cp", "-r", "/run/made/lib/systemd/system/.", "/etc/systemd/system"]);
}
