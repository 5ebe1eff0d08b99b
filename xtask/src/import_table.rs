//! Who may import whom, and what must not be there: the one table, which `cargo xtask deps`
//! enforces and `cargo xtask docs` writes into docs/ARCHITECTURE.md.

/// What one crate may and must not have.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) name: &'static str,
    /// Our crates that it may depend on directly, for itself or its build; tests are free.
    pub(crate) may_use: &'static [&'static str],
    /// Packages that must be nowhere in what it links, by kind; `x*` is all that starts with `x`.
    pub(crate) never_linked: &'static [&'static [&'static str]],
    /// Words that its sources must not have outside tests and comments, by kind.
    pub(crate) never_written: &'static [&'static [&'static str]],
}

/// Runtimes and sockets of the network.
const NETWORK: &[&str] =
    &["tokio", "mio", "socket2", "quinn*", "rustls*", "hyper*", "async-std", "smol", "openssl*"];

/// System calls, files and clocks.
const SYSTEM: &[&str] = &["rustix", "nix", "inotify*", "notify", "chrono", "time", "jiff"];

/// Engines for foreign code: nothing for a process that holds keys or the ledger.
const ENGINES: &[&str] = &["wasmtime*", "cranelift*", "wgpu*", "naga*"];

/// What makes and checks proofs: the agent has others do it.
const PROVERS: &[&str] = &["ark-*"];

/// Another view of files than our deterministic one.
const OTHER_WASI: &[&str] = &["wasmtime-wasi*", "wasi-common", "cap-std"];

/// Only signed documents may come as YAML, and only through the strict loader.
const LOOSE_YAML: &[&str] = &["serde-saphyr", "serde_yaml*", "serde_yml"];

/// All of YAML.
const YAML: &[&str] = &["granit-parser", "serde-saphyr", "serde_yaml*", "serde_yml"];

/// Databases: the journal is the only place that is durable.
const DATABASES: &[&str] = &["rusqlite", "libsqlite3-sys", "sled", "redb", "heed*", "rocksdb"];

/// Effects, as they are written in Rust: a pure crate takes bytes, time and chance as arguments.
const EFFECTS: &[&str] = &[
    "std::env",
    "std::fs",
    "std::net",
    "std::process",
    "std::thread",
    "SystemTime",
    "Instant",
    "getrandom",
    "println!",
    "eprintln!",
];

/// What makes a decision depend on the machine or on luck.
const LUCK: &[&str] = &["f32", "f64", "HashMap", "HashSet"];

/// Reading a clock or drawing chance.
const CLOCKS: &[&str] = &["SystemTime", "Instant", "getrandom"];

/// Sockets that reach other machines.
const SOCKETS: &[&str] = &["std::net"];

/// Keys that sign.
const SIGNERS: &[&str] = &["SigningKey", "KeyPair", "keyfile"];

/// The lint forbids it; this finds whoever lifts the lint.
const UNSAFE: &[&str] =
    &["unsafe {", "unsafe fn", "unsafe impl", "allow(unsafe_code", "expect(unsafe_code"];

/// What the kinds are called where the table is shown.
pub(crate) const KINDS: &[(&str, &[&str])] = &[
    ("network", NETWORK),
    ("system", SYSTEM),
    ("engines", ENGINES),
    ("provers", PROVERS),
    ("other WASI", OTHER_WASI),
    ("loose YAML", LOOSE_YAML),
    ("YAML", YAML),
    ("databases", DATABASES),
    ("effects", EFFECTS),
    ("luck", LUCK),
    ("clocks", CLOCKS),
    ("sockets", SOCKETS),
    ("signers", SIGNERS),
    ("unsafe", UNSAFE),
];

/// Every crate of the workspace stands here once.
#[rustfmt::skip]
pub(crate) const TABLE: &[Row] = &[
    Row {
        name: "arch-problem",
        may_use: &[],
        never_linked: &[NETWORK, SYSTEM, ENGINES, PROVERS, YAML],
        never_written: &[EFFECTS, UNSAFE],
    },
    Row {
        name: "arch-files",
        may_use: &["arch-problem"],
        never_linked: &[NETWORK, ENGINES, PROVERS, YAML],
        never_written: &[SOCKETS, CLOCKS, UNSAFE],
    },
    Row {
        name: "arch-identity",
        may_use: &["arch-problem"],
        never_linked: &[NETWORK, SYSTEM, ENGINES, PROVERS, YAML],
        never_written: &[EFFECTS, UNSAFE],
    },
    Row {
        name: "arch-document",
        may_use: &["arch-identity", "arch-matrix", "arch-problem"],
        never_linked: &[NETWORK, SYSTEM, ENGINES, PROVERS, LOOSE_YAML, DATABASES],
        never_written: &[EFFECTS, UNSAFE],
    },
    Row {
        name: "arch-policy",
        may_use: &["arch-document", "arch-identity", "arch-problem"],
        never_linked: &[NETWORK, SYSTEM, ENGINES, PROVERS, LOOSE_YAML, DATABASES],
        never_written: &[EFFECTS, LUCK, UNSAFE],
    },
    Row {
        name: "arch-schedule",
        may_use: &["arch-document", "arch-identity", "arch-policy", "arch-problem"],
        never_linked: &[NETWORK, SYSTEM, ENGINES, PROVERS, LOOSE_YAML, DATABASES],
        never_written: &[EFFECTS, LUCK, UNSAFE],
    },
    Row {
        name: "arch-matrix",
        may_use: &[],
        never_linked: &[NETWORK, SYSTEM, ENGINES, PROVERS, YAML, DATABASES],
        never_written: &[EFFECTS, UNSAFE],
    },
    Row {
        name: "arch-kernels",
        may_use: &["arch-matrix"],
        never_linked: &[NETWORK, SYSTEM, ENGINES, PROVERS, YAML, DATABASES],
        never_written: &[SOCKETS, CLOCKS, SIGNERS],
    },
    Row {
        name: "arch-circuits",
        may_use: &[],
        never_linked: &[NETWORK, SYSTEM, ENGINES, YAML, DATABASES],
        never_written: &[EFFECTS, UNSAFE],
    },
    Row {
        name: "arch-dispute",
        may_use: &["arch-document", "arch-identity", "arch-matrix", "arch-problem"],
        never_linked: &[NETWORK, SYSTEM, ENGINES, PROVERS, LOOSE_YAML, DATABASES],
        never_written: &[EFFECTS, LUCK, UNSAFE],
    },
    Row {
        name: "arch-ledger",
        may_use: &["arch-files", "arch-identity", "arch-problem"],
        never_linked: &[NETWORK, ENGINES, PROVERS, YAML, DATABASES],
        never_written: &[SOCKETS, CLOCKS, UNSAFE],
    },
    Row {
        name: "arch-stakes",
        may_use: &["arch-dispute", "arch-identity", "arch-ledger"],
        never_linked: &[NETWORK, ENGINES, PROVERS, LOOSE_YAML, DATABASES],
        never_written: &[EFFECTS, LUCK, UNSAFE],
    },
    Row {
        name: "arch-archive",
        may_use: &["arch-files", "arch-identity", "arch-ledger", "arch-problem"],
        never_linked: &[NETWORK, ENGINES, PROVERS, YAML, DATABASES],
        never_written: &[SOCKETS, CLOCKS, UNSAFE],
    },
    Row {
        name: "arch-wire",
        may_use: &["arch-document", "arch-identity", "arch-matrix", "arch-problem"],
        never_linked: &[NETWORK, SYSTEM, ENGINES, PROVERS, LOOSE_YAML],
        never_written: &[EFFECTS, UNSAFE],
    },
    Row {
        name: "arch-handover",
        may_use: &[],
        never_linked: &[NETWORK, ENGINES, PROVERS, YAML, DATABASES],
        never_written: &[SOCKETS, CLOCKS, SIGNERS, UNSAFE],
    },
    Row {
        name: "arch-confine",
        may_use: &["arch-problem"],
        never_linked: &[NETWORK, ENGINES, PROVERS, YAML, DATABASES],
        never_written: &[SOCKETS, SIGNERS, UNSAFE],
    },
    Row {
        name: "arch-sandbox",
        may_use: &[
            "arch-confine", "arch-document", "arch-files", "arch-handover", "arch-identity",
            "arch-kernels", "arch-matrix", "arch-problem", "arch-wire",
        ],
        never_linked: &[NETWORK, OTHER_WASI, LOOSE_YAML, DATABASES],
        never_written: &[SOCKETS, SIGNERS],
    },
    Row {
        name: "arch-executor",
        may_use: &["arch-confine", "arch-identity", "arch-problem", "arch-sandbox", "arch-wire"],
        never_linked: &[NETWORK, OTHER_WASI, LOOSE_YAML, DATABASES],
        never_written: &[SOCKETS, SIGNERS, UNSAFE],
    },
    Row {
        name: "arch-prover",
        may_use: &[
            "arch-circuits", "arch-confine", "arch-files", "arch-handover", "arch-identity",
            "arch-problem", "arch-wire",
        ],
        never_linked: &[NETWORK, ENGINES, LOOSE_YAML, DATABASES],
        never_written: &[SIGNERS, UNSAFE],
    },
    Row {
        name: "arch-node",
        may_use: &[
            "arch-archive", "arch-confine", "arch-dispute", "arch-document", "arch-files",
            "arch-handover", "arch-identity", "arch-kernels", "arch-ledger", "arch-matrix", "arch-policy", "arch-problem",
            "arch-schedule", "arch-stakes", "arch-wire",
        ],
        never_linked: &[ENGINES, PROVERS, DATABASES],
        never_written: &[UNSAFE],
    },
    Row {
        name: "arch-cli",
        may_use: &[
            "arch-archive", "arch-circuits", "arch-dispute", "arch-document", "arch-files", "arch-identity", "arch-kernels",
            "arch-ledger", "arch-matrix", "arch-policy", "arch-problem", "arch-schedule",
            "arch-stakes", "arch-wire",
        ],
        never_linked: &[NETWORK, ENGINES, DATABASES],
        never_written: &[UNSAFE],
    },
    Row {
        name: "arch-tests",
        may_use: &[
            "arch-archive", "arch-dispute", "arch-document", "arch-files", "arch-handover",
            "arch-identity", "arch-kernels",
            "arch-ledger", "arch-matrix", "arch-policy", "arch-problem", "arch-schedule",
            "arch-wire",
        ],
        never_linked: &[ENGINES, PROVERS],
        never_written: &[],
    },
    Row {
        name: "arch-campaign",
        may_use: &[],
        never_linked: &[NETWORK, ENGINES, PROVERS, YAML, DATABASES],
        never_written: &[UNSAFE],
    },
    // Starts without our crates; its generators are examples with dependencies of their own.
    Row { name: "xtask", may_use: &[], never_linked: &[NETWORK, ENGINES, PROVERS], never_written: &[] },
];
