//! Users, capabilities, network.

use super::Cell::{Less, Off, On};
use super::Row;

const YES: &[&str] = &["yes"];

pub(super) const ROWS: &[Row] = &[
    Row {
        flag: "NoNewPrivileges",
        denies: "rights from programs with setuid",
        agent: On(YES),
        wasm: On(YES),
        prover: On(YES),
    },
    Row {
        flag: "CapabilityBoundingSet",
        denies: "every capability of root",
        agent: On(&[""]),
        wasm: On(&[""]),
        prover: On(&[""]),
    },
    Row {
        flag: "AmbientCapabilities",
        denies: "capabilities that are handed on",
        agent: On(&[""]),
        wasm: On(&[""]),
        prover: On(&[""]),
    },
    Row {
        flag: "DynamicUser",
        denies: "a user that is there while nothing runs",
        agent: Off(
            "state and socket belong to a user whose number stays, also in backups of the state",
        ),
        wasm: Off("the operator grants its user the files that jobs may read, so it must stay"),
        prover: Off(
            "dev keys in its cache belong to a user whose number stays, where the operator allows them",
        ),
    },
    Row {
        flag: "PrivateUsers",
        denies: "numbers of other users",
        agent: Less(
            YES,
            "At the control socket it sees root and itself by number, and everybody else as 65534: \
             who wants `control.users` in node.yaml before systemd 257, whose drop-in mends it, takes \
             the drop-in choice-control-users. To name 65534 there is refused.",
        ),
        wasm: On(YES),
        prover: On(YES),
    },
    Row {
        flag: "PrivateNetwork",
        denies: "every network interface",
        agent: On(YES),
        wasm: On(YES),
        prover: On(YES),
    },
    Row {
        flag: "RestrictAddressFamilies",
        denies: "making sockets; those that are handed in work",
        agent: Less(
            &["AF_UNIX"],
            "Unix sockets lead to the service manager, the journal and the executor.",
        ),
        wasm: On(&["none"]),
        prover: On(&["none"]),
    },
    Row {
        flag: "IPAddressDeny",
        denies: "every address, where the kernel has BPF",
        agent: On(&["any"]),
        wasm: On(&["any"]),
        prover: On(&["any"]),
    },
    Row {
        flag: "RestrictNamespaces",
        denies: "namespaces of its own, and so their new rights",
        agent: On(YES),
        wasm: On(YES),
        prover: On(YES),
    },
    Row {
        flag: "RestrictSUIDSGID",
        denies: "files that give their owner's rights to whoever starts them",
        agent: On(YES),
        wasm: On(YES),
        prover: On(YES),
    },
    Row {
        flag: "RestrictRealtime",
        denies: "a processor for itself alone",
        agent: On(YES),
        wasm: On(YES),
        prover: On(YES),
    },
    Row {
        flag: "UMask",
        denies: "files that others can read",
        agent: On(&["0077"]),
        wasm: On(&["0077"]),
        prover: On(&["0077"]),
    },
];
