//! The lines of docs/INSTALL.md for a system with systemd can be typed one after the other.

use std::fs;

use arch_tests::{
    booted::{Booted, Seed, cannot_boot},
    checkout, process, program, skip,
};

/// The lines that root types.
fn lines() -> Vec<String> {
    let page = fs::read_to_string(checkout().join("docs/INSTALL.md")).unwrap();
    let (_, rest) = page.split_once("## Debian").unwrap();
    let block = rest.split("```").nth(1).unwrap();
    block.lines().filter_map(|line| line.strip_prefix("# ").map(str::to_owned)).collect()
}

/// What of a checkout they need, in `/checkout`.
fn seed() -> Seed {
    let folders = ["dist/systemd", "dist/node.d", "dist/man"].map(|folder| checkout().join(folder));
    let laid_down = folders.iter().flat_map(|folder| process::files(folder));
    let others = ["policies/default.yaml", "dist/journal/arch.catalog"];
    let files = laid_down.chain(others.map(|path| checkout().join(path)));
    let seed = files.fold(Seed::bare(), |seed, path| {
        let below = path.strip_prefix(checkout()).unwrap().display().to_string();
        seed.file(&format!("/checkout/{below}"), fs::read(path).unwrap())
    });
    let programs = ["arch-node-agent", "arch-executor", "arch-prover", "archctl"];
    programs.into_iter().fold(seed, |seed, name| {
        seed.bind(&program(name), &format!("/checkout/target/release/{name}"))
    })
}

#[test]
fn the_lines_that_install_a_node_under_systemd_give_one_that_is_ready() {
    assert!((8..=11).contains(&lines().len()), "{:?}", lines());
    if let Some(why) = cannot_boot() {
        return skip(&why);
    }
    let guest = Booted::boot(env!("CARGO_BIN_EXE_booted"), &seed());
    for line in lines() {
        let _quiet = guest.good(&["bash", "-ec", &format!("cd /checkout; {line}")]);
    }
    let ready = "archctl status --json | grep -q '\"ready\": *true'";
    guest.until(0, &["sh", "-c", ready]);
    // The prover that was enabled is the one that the agent calls.
    let looked = guest.good(&["archctl", "doctor"]);
    assert!(looked.contains("/run/archagent/prover.sock"), "{looked}");
    // What comes with a newer systemd is there, and only that.
    let version = super::installed::version(&guest);
    let newer = guest.run(&["test", "-e", "/etc/systemd/system/arch-node-agent.service.d"]);
    assert_eq!(newer.code == Some(0), version >= 253);
    // What the units name as their documentation is there.
    for unit in ["arch-node-agent", "arch-executor-wasm", "arch-prover"] {
        let named = super::installed::show(&guest, &format!("{unit}.service"), &["Documentation"]);
        let named = named.concat();
        let page =
            named.trim_matches('"').strip_prefix("man:").and_then(|page| page.strip_suffix("(8)"));
        let page = page.unwrap_or_else(|| panic!("{named} is no page of section 8"));
        let _there = guest.good(&["test", "-s", &format!("/usr/share/man/man8/{page}.8")]);
    }
    let enabled = guest.good(&["systemctl", "is-enabled", "arch-node-agent.service"]);
    assert_eq!(enabled.trim(), "enabled");
}
