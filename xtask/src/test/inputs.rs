//! What the slow groups look at: they run when something of it has changed, and once a week.

use std::path::PathBuf;

use super::group::Group;
use crate::house;

/// The units, what the programs do for a service manager and without what it takes away, and what
/// tries that.
pub(super) const WHAT_UNITS_ARE: [&str; 33] = [
    "dist/journal",
    "dist/node.d",
    "dist/systemd",
    "agent/executor",
    "agent/prover",
    "agent/circuits/src",
    "agent/files/src",
    "agent/node/src/daemon",
    "agent/node/src/daemon.rs",
    "agent/node/src/dispute",
    "agent/node/src/handed_in.rs",
    "agent/node/src/identity.rs",
    "agent/node/src/logs",
    "agent/node/src/logs.rs",
    "agent/node/src/notify.rs",
    "agent/node/src/pulse.rs",
    "agent/node/src/premises",
    "agent/node/src/premises.rs",
    "agent/cli/src/command/doctor",
    "agent/cli/src/command/doctor.rs",
    "agent/confine",
    "agent/node/src/confinement",
    "agent/node/src/confinement.rs",
    "agent/node/src/launcher",
    "agent/node/src/mode.rs",
    "agent/node/src/product",
    "agent/sandbox/src/multiplier.rs",
    "tests/src/booted",
    "tests/src/booted.rs",
    "tests/src/bin",
    "tests/tests/os",
    "xtask/src/referees.rs",
    "Cargo.lock",
];

/// The units, what makes cgroups in them, how a start ends there, and what tries that.
pub(super) const WHAT_LIMITS_ARE: [&str; 22] = [
    "dist/systemd",
    "agent/confine",
    "agent/executor",
    "agent/sandbox/src/cgroup.rs",
    "agent/sandbox/src/multiplier.rs",
    "agent/sandbox/src/process.rs",
    "agent/sandbox/src/worker.rs",
    "agent/node/src/executor_client",
    "agent/node/src/daemon",
    "agent/node/src/daemon.rs",
    "agent/node/src/premises",
    "agent/node/src/premises.rs",
    "agent/cli/src/command/doctor",
    "agent/cli/src/command/doctor.rs",
    "tests/src/booted",
    "tests/src/booted.rs",
    "tests/src/bin/booted.rs",
    "tests/src/bin/glutton.rs",
    "tests/tests/machine",
    "xtask/src/machine.rs",
    "xtask/src/apt.rs",
    "Cargo.lock",
];

/// The circuits, and who judges them.
pub(super) const WHAT_PROOFS_ARE: [&str; 8] = [
    "agent/circuits",
    "agent/cli/src/circuits.rs",
    "agent/cli/src/command/circuit",
    "circuits",
    "tests/referees/circuits.mjs",
    "tests/tests/proofs",
    "xtask/src/referees.rs",
    "Cargo.lock",
];

/// The prover, and what puts it into an image.
pub(super) const WHAT_AN_IMAGE_IS: [&str; 9] = [
    "agent/circuits/src",
    "agent/confine",
    "agent/prover",
    "tests/src/bin/asker.rs",
    "tests/tests/image",
    "tests/vectors/prover",
    "xtask/src/image",
    "xtask/src/image.rs",
    "Cargo.lock",
];

/// The module, the units that it makes, and what tries them.
pub(super) const WHAT_NIX_IS: [&str; 11] = [
    "nix",
    "dist",
    "agent/executor",
    "agent/prover",
    "agent/node/src",
    "tests/src/booted",
    "tests/src/booted.rs",
    "tests/src/bin",
    "tests/tests/nixos",
    "xtask/src/referees.rs",
    "Cargo.lock",
];

/// The products, their tests, and how they come onto another processor.
pub(super) const WHAT_PRODUCTS_ARE: [&str; 7] = [
    "agent/kernels",
    "agent/matrix",
    "tests/guests/prepare",
    "xtask/src/arm.rs",
    "xtask/src/apt.rs",
    "Cargo.toml",
    "Cargo.lock",
];

/// Every file and folder that a group says it looks at.
pub(super) fn looked_at(group: &Group) -> Vec<PathBuf> {
    let root = house::root();
    group.looks_at.iter().flat_map(|path| house::files(&root.join(path))).collect()
}

#[cfg(test)]
mod tests {
    use super::super::groups::GROUPS;
    use super::*;

    #[test]
    fn what_a_group_looks_at_is_there() {
        for group in &GROUPS {
            for path in group.looks_at {
                assert!(house::root().join(path).exists(), "{}: {path}", group.name);
            }
        }
    }
}
