//! A node on its machine, and what all probes do with it.

use std::{cell::Cell, path::Path};

use arch_tests::{
    HELLO, JobText, World,
    booted::{Answer, Booted, Machine, Seed},
    module, process,
};
use serde_json::Value;

pub(crate) const AGENT: &str = "arch-node-agent.service";
pub(crate) const EXECUTOR: &str = "arch-executor-wasm.service";

/// Where the machine has what takes all there is.
pub(crate) const GLUTTON: &str = "/usr/bin/arch-glutton";

/// It exited, with 0.
pub(crate) const GOOD: &str = "1 0";

/// It was killed, by signal 9.
pub(crate) const KILLED: &str = "2 9";

/// Never ends.
const SPIN: &str = r#"(module (memory (export "memory") 1)
  (func (export "_start") (loop $again (br $again))))"#;

/// Has 400 MiB, writes to every page of them, and ends.
const GREEDY: &str = r#"(module (memory (export "memory") 6400)
  (func (export "_start") (local $at i32)
    (loop $again
      (i32.store (local.get $at) (i32.const 1))
      (local.set $at (i32.add (local.get $at) (i32.const 4096)))
      (br_if $again (i32.lt_u (local.get $at) (i32.const 419430400))))))"#;

/// More than any of them needs on a slow machine.
const FUEL: u64 = 1_000_000_000_000;

pub(crate) struct Node {
    pub(crate) world: World,
    pub(crate) guest: Booted,
    /// Whether a unit is other than it is shipped.
    changed: Cell<bool>,
}

impl Node {
    /// Everything installed, its sockets open, nothing started.
    pub(crate) fn boot(machine: &Machine, more: impl FnOnce(&World, Seed) -> Seed) -> Self {
        let world = World::new();
        for text in [HELLO, SPIN, GREEDY] {
            let _installed = world.install(&module(text));
        }
        let glutton = Path::new(env!("CARGO_BIN_EXE_glutton"));
        let seed = Seed::installed().configured(&world).bind(glutton, GLUTTON);
        let guest = Booted::machine(env!("CARGO_BIN_EXE_booted"), &more(&world, seed), machine);
        guest.install();
        Self { world, guest, changed: Cell::new(false) }
    }

    /// Units as they are shipped, and the agent at work, whatever was tried before.
    pub(crate) fn at_work(&self) {
        if self.changed.take() {
            let units = format!("{AGENT} {EXECUTOR}");
            self.does(&format!(
                "systemctl stop {units}; rm -f /run/systemd/system/*.service.d/90-changed.conf
                 systemctl daemon-reload; systemctl reset-failed {units}"
            ));
        }
        self.guest.started(AGENT);
    }

    /// The agent is not there, and its executor neither.
    pub(crate) fn stopped(&self) {
        self.does(&format!("systemctl stop {AGENT} {EXECUTOR}"));
    }

    /// Runs the lines of a script, each of which has to end well.
    pub(crate) fn does(&self, script: &str) {
        let _quiet = self.guest.good(&["sh", "-ec", script]);
    }

    /// A job that says hello.
    pub(crate) fn hello(&self) -> JobText {
        self.world.job("hello", &module(HELLO)).timeout("5m")
    }

    /// A job that runs until it is ended.
    pub(crate) fn spin(&self) -> JobText {
        self.world.job("spin", &module(SPIN)).timeout("9m").fuel(FUEL)
    }

    /// A job that takes 400 MiB and may.
    pub(crate) fn greedy(&self) -> JobText {
        self.world.job("greedy", &module(GREEDY)).timeout("9m").fuel(FUEL).memory("420Mi")
    }

    /// Drops a job as its operator would; gives its digest.
    pub(crate) fn drop_job(&self, job: &JobText) -> String {
        let digest = self.world.drop_job(job);
        for file in process::files(&self.world.path("config/jobs")) {
            let text = std::fs::read_to_string(&file).unwrap();
            self.guest.write("/root/job.yaml", &text);
            let name = file.file_name().unwrap().to_str().unwrap();
            let _quiet =
                self.guest.good(&["mv", "/root/job.yaml", &format!("/etc/arch/jobs/{name}")]);
            std::fs::remove_file(file).unwrap();
        }
        digest.to_string()
    }

    /// Waits until a job is in this state.
    pub(crate) fn until(&self, job: &str, state: &str) {
        let asked = format!("archctl job show {job} --json | grep -q '\"state\": *\"{state}\"'");
        self.guest.until(0, &["sh", "-c", &asked]);
    }

    /// How a job that failed has ended, as the agent and its ledger say.
    pub(crate) fn outcome(&self, job: &str) -> String {
        self.until(job, "failed");
        let shown = self.json(&["archctl", "job", "show", job, "--json"]);
        let outcome = shown["outcome"].as_str().unwrap_or_default().to_owned();
        let ledger = self.ledger();
        let ended = format!("outcome={outcome}");
        let told = |line: &str| line.contains(&format!("document={job}")) && line.contains(&ended);
        assert!(ledger.lines().any(told), "{outcome} of {job}: {ledger}");
        outcome
    }

    /// The ledger as a stranger to the agent reads it; it is whole.
    pub(crate) fn ledger(&self) -> String {
        let ledger = "/var/lib/archagent/ledger";
        self.guest.until(0, &["archctl", "ledger", "verify", ledger]);
        self.guest.good(&["archctl", "ledger", "show", ledger])
    }

    pub(crate) fn json(&self, line: &[&str]) -> Value {
        serde_json::from_str(&self.guest.good(line)).unwrap()
    }

    /// Waits until what a shell is asked is so.
    pub(crate) fn holds(&self, asked: &str) {
        self.guest.until(0, &["sh", "-c", asked]);
    }

    pub(crate) fn main_process(&self, unit: &str) -> String {
        self.guest.show(unit, &["MainPID"]).concat()
    }

    /// Runs the glutton beside the units, where nothing is denied.
    pub(crate) fn beside(&self, arguments: &str) -> Answer {
        self.guest.run(&["sh", "-c", &format!("exec {GLUTTON} {arguments}")])
    }

    /// Runs it in a unit instead of its program, with the unit changed as `more` says, if at all.
    /// What it said, and how it ended: [`GOOD`] or [`KILLED`].
    pub(crate) fn inside(&self, unit: &str, arguments: &str, more: &str) -> (String, String) {
        if !self.changed.replace(true) {
            self.stopped();
        }
        let instead = format!(
            "[Service]\nType=oneshot\nExecStart=\nExecStart={GLUTTON} {arguments}\nRestart=no\n\
             WatchdogSec=0\nBindReadOnlyPaths={GLUTTON}\nExecPaths=+{GLUTTON}\n\
             StandardOutput=truncate:/root/said\n{more}"
        );
        self.guest.change(unit, &instead);
        let start =
            format!("systemctl reset-failed {unit}; systemctl start {unit}; cat /root/said");
        let said = self.guest.good(&["sh", "-c", &start]);
        let ended = self.guest.show(unit, &["ExecMainCode", "ExecMainStatus"]).join(" ");
        (said, ended)
    }
}
