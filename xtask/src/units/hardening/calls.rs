//! System calls and memory.

use super::Cell::{Less, Off, On};
use super::Row;

const YES: &[&str] = &["yes"];

/// What a service needs by the judgement of systemd 252; and four that it has in no group, without
/// which the programs could not confine themselves.
const ALLOWED: &str = "@system-service landlock_create_ruleset landlock_add_rule \
                       landlock_restrict_self seccomp";

/// What is in that group and nobody here needs.
const TAKEN: &str = "~@privileged @resources @keyring @aio @memlock @mount open_tree unshare setns personality \
                     userfaultfd kcmp name_to_handle_at pidfd_getfd process_vm_readv \
                     process_vm_writev mq_open mq_unlink msgget semget shmget shmat";

/// Sockets of the executor come by inheritance and by `socketpair`.
const NO_CALLS: &str = "~connect bind listen setsockopt";

/// The prover's one socket that listens is handed in, too.
const NO_OTHER_CALLS: &str = "~connect bind listen memfd_create";

pub(super) const ROWS: &[Row] = &[
    Row {
        flag: "SystemCallArchitectures",
        denies: "calls of other architectures, which filters miss",
        agent: On(&["native"]),
        wasm: On(&["native"]),
        prover: On(&["native"]),
    },
    Row {
        flag: "SystemCallFilter",
        denies: "all system calls but those of a plain service",
        agent: Less(
            &[ALLOWED, TAKEN],
            "memfd_create stays: inputs cross to the executor as sealed files in memory. The four \
             by name are those with which the agent confines itself.",
        ),
        wasm: Less(
            &[ALLOWED, TAKEN, NO_CALLS],
            "memfd_create stays: results cross to the agent as sealed files in memory. Each worker \
             closes a far shorter list over this one.",
        ),
        prover: Less(
            &[ALLOWED, TAKEN, NO_OTHER_CALLS],
            "accept and setsockopt stay for the one who calls. The prover closes a shorter list over \
             this one, and each proof's process one that is shorter still.",
        ),
    },
    Row {
        flag: "SystemCallErrorNumber",
        denies: "nothing: a refused call is an error, not a death",
        agent: On(&["EPERM"]),
        wasm: On(&["EPERM"]),
        prover: On(&["EPERM"]),
    },
    Row {
        flag: "MemoryDenyWriteExecute",
        denies: "memory that was written becoming code",
        agent: On(YES),
        wasm: Off(
            "it compiles wasm to native code; a worker loses the right once its code is loaded",
        ),
        prover: On(YES),
    },
    Row {
        flag: "LockPersonality",
        denies: "another kernel's manners",
        agent: On(YES),
        wasm: On(YES),
        prover: On(YES),
    },
];
