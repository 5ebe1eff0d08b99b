//! How the programs are started, watched and stopped. What they may not do is in `hardening`.

use super::hardening::{self, Role};
use super::places::{
    AGENT, CIRCUITS, CONFIGURATION, EXECUTOR, EXECUTOR_CACHE, EXECUTOR_USER, KILL, PROVER,
    PROVER_USER, RUNTIME, SLICE, STATE, USER,
};
use super::sockets::installed;
use super::unit::{Line, Unit, section, set, why};

/// The services.
pub(super) fn all() -> Vec<Unit> {
    vec![agent(), executor_wasm(), prover()]
}

fn agent() -> Unit {
    let about = "Arch node agent: verifies, admits, schedules and anchors signed jobs";
    let unit = [
        set("Description", about),
        set("Documentation", "man:arch-node-agent(8)"),
        set("Requires", "arch-node-agent.socket"),
        set("Wants", "arch-node-agent-metrics.socket arch-executor-wasm.socket arch-prover.socket"),
        why("Documents live by the clock: what sets it comes first, where something does."),
        set(
            "After",
            "arch-node-agent.socket arch-node-agent-metrics.socket arch-executor-wasm.socket \
             arch-prover.socket time-set.target time-sync.target",
        ),
        why("An agent that dies again and again stays down: somebody has to look."),
        set("StartLimitIntervalSec", "5min"),
        set("StartLimitBurst", "10"),
    ];
    let service = [agent_life(), agent_places(), hardening::lines(Role::Agent)].concat();
    let sections =
        vec![section("Unit", unit), section("Service", service), installed("multi-user.target")];
    Unit { name: "arch-node-agent.service", about, sections }
}

fn agent_life() -> Vec<Line> {
    let start = format!(
        "{AGENT} --config /etc/{CONFIGURATION} --state /var/lib/{STATE} \
         --executor /run/{RUNTIME}/executor-wasm.sock"
    );
    vec![
        why("Ready when root and policy are verified and the ledger is recovered, no sooner."),
        set("Type", "notify"),
        set("NotifyAccess", "main"),
        why("The executor is a unit of its own; --executor names the socket on which it waits."),
        set("ExecStart", start),
        set("ExecReload", format!("{KILL} -HUP $MAINPID")),
        why(
            "They are the manager's, and stay when the agent does not: that FileDescriptorStoreMax= \
             is off costs no caller anything. What else the agent has open is not worth keeping.",
        ),
        set("Sockets", "arch-node-agent.socket arch-node-agent-metrics.socket"),
        set("WatchdogSec", "30s"),
        set("TimeoutStartSec", "90s"),
        why(
            "The agent asks for more, again and again, as long as it stirs and `shutdown.grace` of \
             node.yaml lets jobs go on.",
        ),
        set("TimeoutStopSec", "30s"),
        set("Restart", "on-failure"),
        set("RestartSec", "200ms"),
        why("2: its command line is wrong. 78: its settings, root or policy are. Trying again \
             mends neither."),
        set("RestartPreventExitStatus", "2 78"),
        Line::Gap,
    ]
}

fn agent_places() -> Vec<Line> {
    vec![
        set("Slice", SLICE),
        set("User", USER),
        set("Group", USER),
        why("The agent makes its own key at the first start; choice-node-key/ has it handed in."),
        set("ConfigurationDirectory", CONFIGURATION),
        set("ConfigurationDirectoryMode", "0755"),
        set("StateDirectory", STATE),
        set("StateDirectoryMode", "0700"),
        why("Kept when the agent stops: the sockets in it are not the agent's but the manager's."),
        set("RuntimeDirectory", RUNTIME),
        set("RuntimeDirectoryMode", "0755"),
        set("RuntimeDirectoryPreserve", "yes"),
        set("LimitNOFILE", "65536"),
        why("A core would hold the node's key."),
        set("LimitCORE", "0"),
        set("TasksMax", "512"),
        Line::Gap,
    ]
}

fn executor_wasm() -> Unit {
    let about = "Arch wasm executor: runs what the agent admitted, a process for each job";
    let unit = [
        set("Description", about),
        set("Documentation", "man:arch-executor(8)"),
        set("Requires", "arch-executor-wasm.socket"),
        set("After", "arch-executor-wasm.socket"),
        why("No limit on starts: the agent waits longer before each new try, and a limit here \
             would close the socket for good."),
        set("StartLimitIntervalSec", "0"),
    ];
    let service = [executor_life(), executor_places(), hardening::lines(Role::Wasm)].concat();
    let sections = vec![section("Unit", unit), section("Service", service)];
    Unit { name: "arch-executor-wasm.service", about, sections }
}

fn executor_life() -> Vec<Line> {
    vec![
        why("Started by its socket, ends when the agent hangs up, and is started anew by the \
             agent's next call."),
        set("Type", "exec"),
        set("ExecStart", format!("{EXECUTOR} --wasm --cache /var/cache/{EXECUTOR_CACHE}")),
        set("Restart", "no"),
        set("TimeoutStopSec", "10s"),
        Line::Gap,
    ]
}

fn executor_places() -> Vec<Line> {
    vec![
        set("Slice", SLICE),
        set("User", EXECUTOR_USER),
        set("Group", EXECUTOR_USER),
        set("CacheDirectory", EXECUTOR_CACHE),
        set("CacheDirectoryMode", "0700"),
        why("Each job gets a cgroup of its own in this one, with its own limit of memory."),
        set("Delegate", "memory pids"),
        why("A job that ran out of memory is one job less, not the end of the others."),
        set("OOMPolicy", "continue"),
        why("And whoever has to go first, it is a job."),
        set("OOMScoreAdjust", "500"),
        set("LimitNOFILE", "65536"),
        set("LimitCORE", "0"),
        set("TasksMax", "1024"),
        Line::Gap,
    ]
}

fn prover() -> Unit {
    let about = "Arch prover: makes and checks Groth16 proofs, a process for each that it makes";
    let unit = [
        set("Description", about),
        set("Documentation", "man:arch-prover(8)"),
        set("Requires", "arch-prover.socket"),
        set("After", "arch-prover.socket"),
        why("As for the executor."),
        set("StartLimitIntervalSec", "0"),
    ];
    let service = [prover_life(), prover_places(), hardening::lines(Role::Prover)].concat();
    let sections = vec![section("Unit", unit), section("Service", service)];
    Unit { name: "arch-prover.service", about, sections }
}

fn prover_life() -> Vec<Line> {
    vec![
        why("Started by its socket, ends when the agent hangs up, and is started anew by the \
             agent's next call."),
        set("Type", "exec"),
        why(
            "It proves with no key yet: the drop-in choice-circuits names the keys of a ceremony, \
             choice-dev-keys has it make keys for trying things out.",
        ),
        set("ExecStart", format!("{PROVER} --keys /var/lib/{CIRCUITS}")),
        set("Restart", "no"),
        set("TimeoutStopSec", "10s"),
        Line::Gap,
    ]
}

fn prover_places() -> Vec<Line> {
    vec![
        set("Slice", SLICE),
        set("User", PROVER_USER),
        set("Group", PROVER_USER),
        why("A proof that ran out of memory is one proof less, and can be asked for again."),
        set("OOMPolicy", "continue"),
        set("OOMScoreAdjust", "500"),
        why(
            "Once what the process of a proof may have by itself (--memory-mib), and room for the \
             one that checks it.",
        ),
        set("MemoryMax", "768M"),
        set("LimitNOFILE", "1024"),
        set("LimitCORE", "0"),
        set("TasksMax", "128"),
        Line::Gap,
    ]
}
