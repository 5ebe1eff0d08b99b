//! The kernel's own files, devices, other processes.

use super::Cell::{Less, Off, On};
use super::Row;

const YES: &[&str] = &["yes"];

pub(super) const ROWS: &[Row] = &[
    Row {
        flag: "PrivateDevices",
        denies: "every device but the likes of /dev/null",
        agent: On(YES),
        wasm: On(YES),
        prover: On(YES),
    },
    Row {
        flag: "DevicePolicy",
        denies: "the same, by cgroup",
        agent: On(&["closed"]),
        wasm: On(&["closed"]),
        prover: On(&["closed"]),
    },
    Row {
        flag: "ProtectClock",
        denies: "setting the clock",
        agent: On(YES),
        wasm: On(YES),
        prover: On(YES),
    },
    Row {
        flag: "ProtectHostname",
        denies: "another name for the machine",
        agent: On(YES),
        wasm: On(YES),
        prover: On(YES),
    },
    Row {
        flag: "ProtectKernelLogs",
        denies: "the kernel's log",
        agent: On(YES),
        wasm: On(YES),
        prover: On(YES),
    },
    Row {
        flag: "ProtectKernelModules",
        denies: "modules for the kernel",
        agent: On(YES),
        wasm: On(YES),
        prover: On(YES),
    },
    Row {
        flag: "ProtectKernelTunables",
        denies: "writing /proc/sys and /sys",
        agent: On(YES),
        wasm: On(YES),
        prover: On(YES),
    },
    Row {
        flag: "ProtectControlGroups",
        denies: "writing cgroups",
        agent: On(YES),
        wasm: On(YES),
        prover: On(YES),
    },
    Row {
        flag: "ReadWritePaths",
        denies: "nothing: exceptions of what is read-only",
        agent: Off("nothing that is read-only above has to be written by it"),
        wasm: Less(
            &["-+/sys/fs/cgroup/arch.slice/arch-executor-wasm.service"],
            "Its own cgroup alone, so that each job has one with limits below it.",
        ),
        prover: Off("nothing that is read-only above has to be written by it"),
    },
    Row {
        flag: "ProtectProc",
        denies: "seeing processes of others",
        agent: On(&["invisible"]),
        wasm: On(&["invisible"]),
        prover: On(&["invisible"]),
    },
    Row {
        flag: "ProcSubset",
        denies: "what /proc says of the machine",
        agent: On(&["pid"]),
        wasm: On(&["pid"]),
        prover: On(&["pid"]),
    },
    Row {
        flag: "PrivatePIDs",
        denies: "numbers of other processes, from systemd 257 on",
        agent: Off(
            "as the first process of a namespace it would have to bury what its launcher leaves \
             behind, and nobody has tried that yet",
        ),
        wasm: Off(
            "as the first process of a namespace it would not hear SIGTERM, for which it has no \
             handler",
        ),
        prover: Off(
            "as the first process of a namespace it would not hear SIGTERM, for which it has no \
             handler",
        ),
    },
    Row {
        flag: "PrivateIPC",
        denies: "shared memory and queues of others",
        agent: On(YES),
        wasm: On(YES),
        prover: On(YES),
    },
    Row {
        flag: "RemoveIPC",
        denies: "shared memory that stays behind",
        agent: On(YES),
        wasm: On(YES),
        prover: On(YES),
    },
    Row {
        flag: "KeyringMode",
        denies: "the kernel's keys of others",
        agent: On(&["private"]),
        wasm: On(&["private"]),
        prover: On(&["private"]),
    },
];
