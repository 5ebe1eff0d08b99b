//! Sockets that the service manager makes, each with the name by which a program knows it, and the
//! slice. A socket unit has one name, so each name has its unit.

use super::places::{RUNTIME, SLICE, USER};
use super::unit::{Line, Section, Unit, section, set, why};

/// The socket units and the slice.
pub(super) fn all() -> Vec<Unit> {
    vec![control(), metrics(), executor_wasm(), prover(), slice()]
}

fn control() -> Unit {
    let open = why(
        "Everyone may knock: the agent asks the kernel who it is (SO_PEERCRED) and serves root, \
         itself, and the users named under `control` in node.yaml.",
    );
    socket(
        "arch-node-agent.socket",
        "Control socket of the Arch node agent",
        "control",
        vec![set("ListenStream", format!("/run/{RUNTIME}/control.sock")), open, mode("0666")],
        "arch-node-agent.service",
    )
}

fn metrics() -> Unit {
    let open = why("As for the control socket.");
    socket(
        "arch-node-agent-metrics.socket",
        "Metrics socket of the Arch node agent",
        "metrics",
        vec![set("ListenStream", format!("/run/{RUNTIME}/metrics.sock")), open, mode("0666")],
        "arch-node-agent.service",
    )
}

fn executor_wasm() -> Unit {
    let shut = why("For the agent alone.");
    let path = format!("/run/{RUNTIME}/executor-wasm.sock");
    socket(
        "arch-executor-wasm.socket",
        "Socket on which the Arch wasm executor waits for the agent",
        "executor-wasm",
        vec![set("ListenStream", path), shut, mode("0600")],
        "arch-executor-wasm.service",
    )
}

fn prover() -> Unit {
    let shut = why("For the agent alone.");
    socket(
        "arch-prover.socket",
        "Socket on which the Arch prover waits for the agent",
        "prover",
        vec![set("ListenStream", prover_path()), shut, mode("0600")],
        "arch-prover.service",
    )
}

/// Where the prover waits.
pub(super) fn prover_path() -> String {
    format!("/run/{RUNTIME}/prover.sock")
}

fn mode(mode: &'static str) -> Line {
    set("SocketMode", mode)
}

fn socket(
    name: &'static str,
    about: &'static str,
    known_as: &'static str,
    place: Vec<Line>,
    service: &'static str,
) -> Unit {
    let ours = [
        set("FileDescriptorName", known_as),
        set("SocketUser", USER),
        set("SocketGroup", USER),
        set("DirectoryMode", "0755"),
        set("RemoveOnStop", "yes"),
        set("Service", service),
    ];
    let lines = place.into_iter().chain(ours);
    let sections = vec![
        section("Unit", [set("Description", about)]),
        section("Socket", lines),
        installed("sockets.target"),
    ];
    Unit { name, about, sections }
}

/// What `systemctl enable` makes of it.
pub(super) fn installed(wanted_by: &'static str) -> Section {
    section("Install", [set("WantedBy", wanted_by)])
}

fn slice() -> Unit {
    let about = "All that the Arch node agent and its siblings use together";
    let limits = why(
        "What the node lends as a whole is the operator's to say, in arch.slice.d/: MemoryMax=, \
         CPUQuota=, IOWeight=. Jobs give way to everything else on the machine.",
    );
    let lines = [
        limits,
        set("CPUWeight", "50"),
        set("IOWeight", "50"),
        set("MemoryAccounting", "yes"),
        set("TasksAccounting", "yes"),
        set("TasksMax", "4096"),
    ];
    let sections = vec![section("Unit", [set("Description", about)]), section("Slice", lines)];
    Unit { name: SLICE, about, sections }
}
