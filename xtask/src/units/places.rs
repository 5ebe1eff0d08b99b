//! Names and places of an installation: one constant each. They are the defaults of the programs
//! (`arch-node-agent --help`, `archctl status --help`), so that nobody needs an option to find them.

/// Where the files lie in this checkout.
pub(crate) const FOLDER: &str = "dist/systemd";

/// The agent's user and group.
pub(super) const USER: &str = "archagent";

/// The executor's user and group: another, so that it cannot read the node's key whatever happens.
pub(super) const EXECUTOR_USER: &str = "archexecutor";

/// The prover's user and group: neither the node's key nor what jobs write is for it.
pub(super) const PROVER_USER: &str = "archprover";

/// Below /etc.
pub(super) const CONFIGURATION: &str = "arch";

/// Below /var/lib.
pub(super) const STATE: &str = "archagent";

/// Below /run.
pub(super) const RUNTIME: &str = "archagent";

/// Below /var/cache: compiled modules and the key that marks them.
pub(super) const EXECUTOR_CACHE: &str = "arch-executor-wasm";

/// Below /var/lib: keys to prove with, and a list of them; the operator's.
pub(super) const CIRCUITS: &str = "arch-circuits";

/// Below /var/cache: dev keys, where the operator allows them.
pub(super) const PROVER_CACHE: &str = "arch-prover";

/// The programs.
pub(super) const AGENT: &str = "/usr/bin/arch-node-agent";
pub(super) const EXECUTOR: &str = "/usr/bin/arch-executor";
pub(super) const PROVER: &str = "/usr/bin/arch-prover";

/// What tells the agent to reload, before systemd 253; `+` does not lead out of a root of its own.
pub(super) const KILL: &str = "/usr/bin/kill";

/// Shared libraries and the loader, on every distribution that has /usr. `-` is: if it is there.
pub(super) const LIBRARIES: &str = "-/lib -/lib64 -/usr/lib -/usr/lib64";

/// The same, as they are called where a path is that of the unit's own root (`+`).
pub(super) const AGENT_INSIDE: &str = "+/usr/bin/arch-node-agent";
pub(super) const KILL_INSIDE: &str = "+/usr/bin/kill";
pub(super) const EXECUTOR_INSIDE: &str = "+/usr/bin/arch-executor";
pub(super) const PROVER_INSIDE: &str = "+/usr/bin/arch-prover";
pub(super) const LIBRARIES_INSIDE: &str = "-+/lib -+/lib64 -+/usr/lib -+/usr/lib64";

/// Empty folders, each the root of one unit; what is bound gets its place there.
pub(super) const AGENT_ROOT: &str = "/run/arch-root/agent";
pub(super) const EXECUTOR_ROOT: &str = "/run/arch-root/executor-wasm";
pub(super) const PROVER_ROOT: &str = "/run/arch-root/prover";

/// All that belongs together.
pub(super) const SLICE: &str = "arch.slice";
