//! What of the file system is there at all.

use super::Cell::{Less, Off, On};
use super::{super::places, Row};

const YES: &[&str] = &["yes"];

pub(super) const ROWS: &[Row] = &[
    Row {
        flag: "RootDirectory",
        denies: "every file that is not bound below",
        agent: On(&[places::AGENT_ROOT]),
        wasm: On(&[places::EXECUTOR_ROOT]),
        prover: On(&[places::PROVER_ROOT]),
    },
    Row {
        flag: "BindReadOnlyPaths",
        denies: "nothing: these are the files that are there to be read",
        agent: Less(
            &[
                places::AGENT,
                places::KILL,
                places::LIBRARIES,
                "/etc/arch",
                "-/run/systemd/notify -/run/systemd/journal",
            ],
            "Its program, the one that tells it to reload, its configuration, and where it reports to.",
        ),
        wasm: Less(
            &[places::EXECUTOR, places::LIBRARIES],
            "Its program. What jobs may read is added here by the operator, in a drop-in.",
        ),
        prover: Less(
            &[places::PROVER, places::LIBRARIES, "/var/lib/arch-circuits"],
            "Its program, and the keys that the operator lets it prove with.",
        ),
    },
    Row {
        flag: "BindPaths",
        denies: "nothing: these are the folders that can be written",
        agent: Less(
            &["/var/lib/archagent", "/run/archagent"],
            "Its state; and the sockets, one of which it calls.",
        ),
        wasm: Less(
            &["/var/cache/arch-executor-wasm"],
            "Its cache. What jobs may write is added here by the operator, in a drop-in.",
        ),
        prover: Off(
            "it writes nothing; the drop-in choice-dev-keys gives it a cache for the keys that it makes",
        ),
    },
    Row {
        flag: "ProtectSystem",
        denies: "writing anywhere else",
        agent: On(&["strict"]),
        wasm: On(&["strict"]),
        prover: On(&["strict"]),
    },
    Row {
        flag: "ProtectHome",
        denies: "people's files",
        agent: On(YES),
        wasm: On(YES),
        prover: On(YES),
    },
    Row {
        flag: "PrivateTmp",
        denies: "temporary files of others",
        agent: On(YES),
        wasm: On(YES),
        prover: On(YES),
    },
    Row {
        flag: "PrivateMounts",
        denies: "mounts that others would see",
        agent: On(YES),
        wasm: On(YES),
        prover: On(YES),
    },
    Row {
        flag: "NoExecPaths",
        denies: "starting or mapping any file as a program",
        agent: On(&["+/", "+/var/lib/archagent +/run +/tmp +/var/tmp +/dev/shm"]),
        wasm: On(&["+/", "+/var/cache/arch-executor-wasm +/run +/tmp +/var/tmp +/dev/shm"]),
        prover: On(&["+/", "+/var/lib/arch-circuits +/run +/tmp +/var/tmp +/dev/shm"]),
    },
    Row {
        flag: "ExecPaths",
        denies: "nothing: this is the one program, with its libraries",
        agent: Less(
            &[places::AGENT_INSIDE, places::KILL_INSIDE, places::LIBRARIES_INSIDE],
            "Itself, and the one that tells it to reload. Libraries are mapped by the loader.",
        ),
        wasm: Less(
            &[places::EXECUTOR_INSIDE, places::LIBRARIES_INSIDE],
            "Itself. Libraries are mapped by the loader.",
        ),
        prover: Less(
            &[places::PROVER_INSIDE, places::LIBRARIES_INSIDE],
            "Itself, once for each proof. Libraries are mapped by the loader.",
        ),
    },
    Row {
        flag: "ReadOnlyPaths",
        denies: "what systemd makes for programs with a root of their own",
        agent: Off("below /run are the sockets of the manager, and its own folder"),
        wasm: On(&["+/run"]),
        prover: On(&["+/run +/tmp +/var/tmp"]),
    },
];
