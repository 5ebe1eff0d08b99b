//! What of the file system is there at all.

use super::Cell::{Less, Off, On};
use super::Row;

const YES: &[&str] = &["yes"];

pub(super) const ROWS: &[Row] = &[
    Row {
        flag: "RootDirectory",
        denies: "the machine's own files",
        agent: Off("TemporaryFileSystem=/ gives an empty root as well and needs no folder for it"),
        wasm: Off("TemporaryFileSystem=/ gives an empty root as well and needs no folder for it"),
    },
    Row {
        flag: "TemporaryFileSystem",
        denies: "every file that is not bound below",
        agent: On(&["/:ro"]),
        wasm: On(&["/:ro"]),
    },
    Row {
        flag: "BindReadOnlyPaths",
        denies: "nothing: these are the files that are there to be read",
        agent: Less(
            &[
                super::super::places::AGENT,
                super::super::places::LIBRARIES,
                "/etc/arch",
                "-/run/systemd/notify -/run/systemd/journal",
            ],
            "Its program, its configuration, and where it reports to.",
        ),
        wasm: Less(
            &[super::super::places::EXECUTOR, super::super::places::LIBRARIES],
            "Its program. What jobs may read is added here by the operator, in a drop-in.",
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
    },
    Row {
        flag: "ProtectSystem",
        denies: "writing anywhere else",
        agent: On(&["strict"]),
        wasm: On(&["strict"]),
    },
    Row { flag: "ProtectHome", denies: "people's files", agent: On(YES), wasm: On(YES) },
    Row { flag: "PrivateTmp", denies: "temporary files of others", agent: On(YES), wasm: On(YES) },
    Row {
        flag: "PrivateMounts",
        denies: "mounts that others would see",
        agent: On(YES),
        wasm: On(YES),
    },
    Row {
        flag: "NoExecPaths",
        denies: "starting or mapping any file as a program",
        agent: On(&["/"]),
        wasm: On(&["/"]),
    },
    Row {
        flag: "ExecPaths",
        denies: "nothing: this is the one program, with its libraries",
        agent: Less(
            &[super::super::places::AGENT, super::super::places::LIBRARIES],
            "Itself. Libraries are mapped by the loader.",
        ),
        wasm: Less(
            &[super::super::places::EXECUTOR, super::super::places::LIBRARIES],
            "Itself. Libraries are mapped by the loader.",
        ),
    },
];
