//! The groups, in the order in which they run: quick ones that find most come first.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::group::{Context, Group};
use super::inputs::{
    WHAT_AN_IMAGE_IS, WHAT_LIMITS_ARE, WHAT_NIX_IS, WHAT_PRODUCTS_ARE, WHAT_PROOFS_ARE,
    WHAT_UNITS_ARE,
};
use super::tally::{Runner, Tally};
use crate::guests::{self, Install, Toolchain};
use crate::process::{cargo, exists, heard, output, succeed};
use crate::{arm, demo, deps, docs, house, image, machine, nix, referees};

/// Everything that CI runs.
pub(crate) const GROUPS: [Group; 19] = [
    group("fmt", "sources are formatted", fmt),
    group("deps", "imports, sources, licences and purposes of dependencies", imports),
    group("advisories", "no known vulnerability; bans of deny.toml", advisories),
    group("clippy", "no warning in any target", clippy),
    group("unit", "unit tests, properties and vectors of every crate", unit),
    group("doc", "examples in the documentation of the crates", doc),
    group("e2e", "the programs together, good and bad", end_to_end),
    group("os", "units as they are shipped, read by us and judged by systemd", os),
    group("demo", "the demo as a newcomer runs it, judged by its JSON", demonstration),
    group("nix", "the NixOS module: every option both ways, units as shipped, the flake", nix),
    group(
        "generated",
        "errors, schemas, completions and man pages are what the code says",
        generated,
    ),
    Group {
        name: "proofs",
        about: "circuits, keys and proofs, judged by snarkjs, by iden3's libraries and in an EVM",
        looks_at: &WHAT_PROOFS_ARE,
        run: proofs,
    },
    Group {
        name: "image",
        about: "the prover's image, unpacked and run by tools of others",
        looks_at: &WHAT_AN_IMAGE_IS,
        run: prover_image,
    },
    Group {
        name: "os-booted",
        about: "our programs in their units, in a systemd that is booted",
        looks_at: &WHAT_UNITS_ARE,
        run: os_booted,
    },
    Group {
        name: "os-newer",
        about: "the same in the newest Debian, with the drop-ins for its systemd",
        looks_at: &WHAT_UNITS_ARE,
        run: os_newer,
    },
    Group {
        name: "os-guest",
        about: "limits of memory, tasks and addresses, on an emulated machine with its own kernel",
        looks_at: &WHAT_LIMITS_ARE,
        run: os_guest,
    },
    Group {
        name: "nix-booted",
        about: "its units with a store, in a systemd that is booted, old and new",
        looks_at: &WHAT_NIX_IS,
        run: nix_booted,
    },
    Group {
        name: "guests",
        about: "unit tests of the guests; committed modules are what their sources give",
        looks_at: &[
            "tests/guests",
            "manifests/examples",
            "xtask/component",
            "xtask/src/guests",
            "xtask/src/guests.rs",
            "Cargo.lock",
        ],
        run: guest_modules,
    },
    Group {
        name: "aarch64",
        about: "exact products by the instructions of 64-bit ARM, on emulated processors",
        looks_at: &WHAT_PRODUCTS_ARE,
        run: aarch64,
    },
];

const fn group(
    name: &'static str,
    about: &'static str,
    run: fn(&Context) -> Result<Tally, String>,
) -> Group {
    Group { name, about, looks_at: &[], run }
}

fn fmt(context: &Context) -> Result<Tally, String> {
    if let Err(why) = component("rustfmt", "fmt", context.install) {
        return Ok(Tally::skip(why));
    }
    succeed(&mut cargo(["fmt", "--all", "--check"])).map(|()| Tally::passed(1))
}

/// Makes sure that cargo has this verb; a minimal toolchain lacks some, and rustup can add them.
fn component(component: &str, verb: &str, install: Install) -> Result<(), String> {
    let there = || output(&mut cargo([verb, "--version"])).map(drop);
    if there().is_ok() {
        return Ok(());
    }
    let remedy = format!("`rustup component add {component}`");
    if install == Install::Forbidden || !exists("rustup") {
        return Err(format!("cargo has no `{verb}`; {remedy} brings it"));
    }
    let mut rustup = Command::new("rustup");
    rustup.args(["component", "add", component]).current_dir(house::root());
    output(&mut rustup)
        .and_then(|_installed| there())
        .map_err(|why| format!("cargo has no `{verb}`, and {remedy} does not bring it: {why}"))
}

fn imports(_: &Context) -> Result<Tally, String> {
    deps::check().map(|()| Tally::passed(1))
}

fn advisories(_: &Context) -> Result<Tally, String> {
    if !exists("cargo-deny") {
        return Ok(Tally::skip(
            "cargo-deny is not installed; `cargo install cargo-deny` brings it",
        ));
    }
    succeed(&mut cargo(["deny", "--locked", "check"])).map(|()| Tally::passed(1))
}

fn clippy(context: &Context) -> Result<Tally, String> {
    if let Err(why) = component("clippy", "clippy", context.install) {
        return Ok(Tally::skip(why));
    }
    let mut command = cargo(["clippy", "--workspace", "--all-targets", "--locked"]);
    command.args(["--features", "xtask/component", "--", "-D", "warnings"]);
    succeed(&mut command).map(|()| Tally::passed(1))
}

fn unit(_: &Context) -> Result<Tally, String> {
    let selection = ["--exclude", "arch-tests", "--lib", "--bins", "--tests"];
    tests(&format!("not package(arch-tests) and not ({JUDGED_PROOFS})"), &selection, &[])
}

/// The tests that need tools by others for circuits.
const JUDGED_PROOFS: &str = "(package(arch-circuits) and binary(referees)) or \
     (package(arch-tests) and binary(proofs))";

fn proofs(context: &Context) -> Result<Tally, String> {
    demo::build()?;
    let tools = referees::prepare_javascript(context.install)?;
    let powers = ["run", "--quiet", "--locked", "-p", "arch-circuits", "--example", "powers", "--"];
    succeed(cargo(powers).arg(tools.join("known-tau-14.ptau")))?;
    let found = [("ARCH_PROGRAMS", house::programs()?), ("ARCH_REFEREES", tools)];
    tests(JUDGED_PROOFS, &["--test", "referees", "--test", "proofs"], &found)
}

fn prover_image(context: &Context) -> Result<Tally, String> {
    referees::containers(context.install);
    let folder = house::kept("image")?.join("layout");
    // Made anew, so that it is this program's.
    let _start_afresh = std::fs::remove_dir_all(&folder);
    image::write(&folder)?;
    tests("package(arch-tests) and binary(image)", &["--test", "image"], &[("ARCH_IMAGE", folder)])
}

fn end_to_end(context: &Context) -> Result<Tally, String> {
    demo::build()?;
    let found = [
        ("ARCH_PROGRAMS", house::programs()?),
        ("ARCH_REFEREES", referees::prepare(context.install)?),
    ];
    let programs =
        ["spine", "faults", "disks", "init", "agreement"].map(|name| ["--test", name]).concat();
    let booted = ["os", "nixos", "units", "machine", "proofs", "image"]
        .map(|name| format!("binary({name})"))
        .join(" or ");
    tests(&format!("package(arch-tests) and not ({booted})"), &programs, &found)
}

fn os(context: &Context) -> Result<Tally, String> {
    demo::build()?;
    referees::init_systems(context.install);
    let found = [("ARCH_PROGRAMS", house::programs()?)];
    tests("package(arch-tests) and binary(units)", &["--test", "units"], &found)
}

fn os_booted(context: &Context) -> Result<Tally, String> {
    demo::build()?;
    referees::init_systems(context.install);
    booted(&[("ARCH_PROGRAMS", house::programs()?)])
}

fn os_newer(context: &Context) -> Result<Tally, String> {
    let root = match referees::newest_debian(context.install) {
        Ok(root) => root,
        Err(why) => return Ok(Tally::skip(why)),
    };
    demo::build()?;
    booted(&[("ARCH_PROGRAMS", house::programs()?), ("ARCH_GUEST_ROOT", root)])
}

fn os_guest(context: &Context) -> Result<Tally, String> {
    let machine = match machine::prepare(context.install) {
        Ok(machine) => machine,
        Err(why) => return Ok(Tally::skip(why)),
    };
    demo::build()?;
    referees::init_systems(context.install);
    let found = [("ARCH_PROGRAMS", house::programs()?), ("ARCH_MACHINE", machine)];
    tests("package(arch-tests) and binary(machine)", &["--test", "machine"], &found)
}

fn booted(found: &[(&str, PathBuf)]) -> Result<Tally, String> {
    tests("package(arch-tests) and binary(os)", &["--test", "os"], found)
}

/// Runs tests with nextest if it is installed, else with cargo's own runner; always for the whole
/// workspace, so that the features are the same and nothing is built twice. A test that cannot do
/// its work here appends `SKIPPED because …` to the file named by `ARCH_SKIPPED_LOG`, a campaign its
/// counts to that named by `ARCH_COUNTS_LOG`; `found` says where our programs lie, built, and those of others.
fn tests(filter: &str, selection: &[&str], found: &[(&str, PathBuf)]) -> Result<Tally, String> {
    let logs = house::kept("logs")?;
    let logs = Logs { skipped: logs.join("skipped"), counts: logs.join("counts") };
    let _none_yet = [&logs.skipped, &logs.counts].map(std::fs::remove_file);
    let (runner, mut command) = if exists("cargo-nextest") {
        let mut command = cargo(["nextest", "run", "--no-tests=pass", "-E", filter]);
        command.args(["--color", "never"]);
        (Runner::Nextest, command)
    } else {
        let mut command = cargo(["test"]);
        command.args(selection);
        (Runner::Cargo, command)
    };
    command.args(["--workspace", "--locked", "--no-fail-fast"]);
    command.envs(found.iter().map(|(variable, folder)| (variable, folder)));
    command.env("ARCH_SKIPPED_LOG", &logs.skipped).env("ARCH_COUNTS_LOG", &logs.counts);
    run_tests(runner, &mut command, &logs)
}

/// Where tests say what they could not do, and what they counted.
#[derive(Default)]
struct Logs {
    skipped: PathBuf,
    counts: PathBuf,
}

fn doc(_: &Context) -> Result<Tally, String> {
    let mut command = cargo(["test", "--workspace", "--doc", "--locked"]);
    run_tests(Runner::Cargo, &mut command, &Logs::default())
}

fn run_tests(runner: Runner, command: &mut Command, logs: &Logs) -> Result<Tally, String> {
    let mut tally = Tally::default();
    let good = heard(command, |line| tally.hear(runner, line))?;
    if !good {
        tally.failed = tally.failed.max(1);
    }
    let said = |log: &Path| std::fs::read_to_string(log).unwrap_or_default();
    tally.move_to_skipped(&said(&logs.skipped));
    tally.counted.extend(said(&logs.counts).lines().map(str::to_owned));
    Ok(tally)
}

fn demonstration(_: &Context) -> Result<Tally, String> {
    demo::build()?;
    let mut command = demo::archctl()?;
    demo::with_snarkjs(&mut command);
    let output = command.arg("--json").output().map_err(|error| error.to_string())?;
    let text = String::from_utf8_lossy(&output.stdout);
    println!("{}", text.trim());
    let wrong = serde_json::from_str(&text)
        .map_or_else(|error| vec![error.to_string()], |json| faults(&json));
    if output.status.success() && wrong.is_empty() {
        return Ok(Tally::passed(1));
    }
    let words = String::from_utf8_lossy(&output.stderr);
    Err(format!("the demo ended with {}; {}\n{words}", output.status, wrong.join(", ")))
}

/// What the demo promises and its JSON does not say.
fn faults(json: &serde_json::Value) -> Vec<String> {
    let at = |pointer: &str| json.pointer(pointer).unwrap_or(&serde_json::Value::Null);
    let length = |pointer: &str| at(pointer).as_array().map_or(0, Vec::len);
    let promises = [
        (at("/schema") == "arch.demo/v1", "the schema is not arch.demo/v1"),
        (length("/jobs") > 0, "no job"),
        (all_completed(at("/jobs")), "a job that is not completed"),
        (length("/refused") >= 3, "fewer than three refusals"),
        (
            at("/restarted/lost") == 0 && at("/restarted/doubled") == 0,
            "jobs lost or doubled by the restart",
        ),
        (at("/ledger/verified") == true, "the ledger is not verified"),
        (length("/products") == 2, "not two shared products"),
        (at("/disputed/job/state") == "disputed", "a shard that lied was not caught"),
        (at("/disputed/dispute/replayed") == true, "who lied was not settled, or it does not hold"),
        (at("/disputed/dispute/snarkjs") != false, "snarkjs does not take the proof"),
    ];
    promises.into_iter().filter(|(kept, _)| !kept).map(|(_, fault)| fault.to_owned()).collect()
}

fn all_completed(jobs: &serde_json::Value) -> bool {
    jobs.as_array().is_some_and(|jobs| jobs.iter().all(|job| job["state"] == "completed"))
}

fn generated(_: &Context) -> Result<Tally, String> {
    docs::generate(true).map(|()| Tally::passed(1))
}

fn guest_modules(context: &Context) -> Result<Tally, String> {
    let mut tally = Tally::default();
    if !guests::unit_tests(|line| tally.hear(Runner::Cargo, line))? {
        tally.failed = tally.failed.max(1);
    }
    match Toolchain::find(context.install) {
        Ok(toolchain) => guests::all(&toolchain, true).map(|()| tally.and(Tally::passed(1))),
        Err(why) => Ok(tally.and(Tally::skip(why))),
    }
}

fn aarch64(context: &Context) -> Result<Tally, String> {
    if let Err(why) = arm::prepare(context.install) {
        return Ok(Tally::skip(why));
    }
    arm::PROCESSORS.iter().try_fold(Tally::default(), |all, processor| {
        let tests = &mut arm::tests(processor);
        Ok(all.and(run_tests(Runner::Cargo, tests, &Logs::default())?))
    })
}

fn nix(context: &Context) -> Result<Tally, String> {
    let nix = match nix::Nix::find(context.install) {
        Ok(nix) => nix,
        Err(why) => return Ok(Tally::skip(why)),
    };
    let judged = nix::judge(&nix)?;
    let counted = vec![nix::counts(&judged)];
    let all = judged.len();
    let faults: Vec<String> = judged.into_iter().filter_map(nix::Judged::fault).collect();
    faults.iter().for_each(|fault| println!("FAILED: {fault}"));
    let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
    let failed = count(faults.len());
    let tally = Tally::passed(count(all).saturating_sub(failed)).and(Tally::failed(failed));
    Ok(Tally { counted, ..tally })
}

/// On this machine's systemd, and on one that is as new as those of NixOS.
fn nix_booted(context: &Context) -> Result<Tally, String> {
    demo::build()?;
    referees::nixos(context.install);
    let programs = ("ARCH_PROGRAMS", house::programs()?);
    let on =
        |found: &[_]| tests("package(arch-tests) and binary(nixos)", &["--test", "nixos"], found);
    let here = on(std::slice::from_ref(&programs))?;
    match referees::last_newest_debian(context.install) {
        Ok(root) => Ok(here.and(on(&[programs, ("ARCH_GUEST_ROOT", root)])?)),
        Err(why) => Ok(here.and(Tally::skip(why))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_demo_that_keeps_its_promises_has_no_faults() {
        let good = r#"{"schema":"arch.demo/v1","jobs":[{"state":"completed"}],"refused":[{},{},{}],
            "restarted":{"lost":0,"doubled":0},"ledger":{"verified":true},"products":[{},{}],
            "disputed":{"job":{"state":"disputed"},"dispute":{"replayed":true}}}"#;
        assert!(faults(&serde_json::from_str(good).unwrap()).is_empty());
        let lost = good.replace("\"lost\":0", "\"lost\":1");
        assert_eq!(faults(&serde_json::from_str(&lost).unwrap()).len(), 1);
        let ended_badly = good.replace("completed", "failed");
        assert_eq!(faults(&serde_json::from_str(&ended_badly).unwrap()).len(), 1);
        let unseen = good.replace("\"disputed\":{", "\"skipped\":{");
        assert_eq!(faults(&serde_json::from_str(&unseen).unwrap()).len(), 2);
        let untaken = good.replace("\"replayed\":true", "\"replayed\":true,\"snarkjs\":false");
        assert_eq!(faults(&serde_json::from_str(&untaken).unwrap()).len(), 1);
        assert_eq!(faults(&serde_json::Value::Null).len(), 9);
    }

    #[test]
    fn a_verb_that_cargo_lacks_is_a_reason_to_skip_and_no_failure() {
        let why = component("rustnothing", "nothing", Install::Forbidden).unwrap_err();
        assert!(why.contains("`rustup component add rustnothing`"), "{why}");
    }
}
