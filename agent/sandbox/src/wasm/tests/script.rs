//! Writes preview 1 guests: a list of calls, each with the answer it must get.
#![expect(clippy::arithmetic_side_effects, reason = "small numbers of our own tests")]

use std::collections::BTreeSet;
use std::fmt::Write;

/// Name and parameters (`i` 32 bits, `l` 64 bits) of every function; all but the last answer.
pub(crate) const FUNCTIONS: [(&str, &str); 46] = [
    ("args_get", "ii"),
    ("args_sizes_get", "ii"),
    ("environ_get", "ii"),
    ("environ_sizes_get", "ii"),
    ("clock_res_get", "ii"),
    ("clock_time_get", "ili"),
    ("fd_advise", "illi"),
    ("fd_allocate", "ill"),
    ("fd_close", "i"),
    ("fd_datasync", "i"),
    ("fd_fdstat_get", "ii"),
    ("fd_fdstat_set_flags", "ii"),
    ("fd_fdstat_set_rights", "ill"),
    ("fd_filestat_get", "ii"),
    ("fd_filestat_set_size", "il"),
    ("fd_filestat_set_times", "illi"),
    ("fd_pread", "iiili"),
    ("fd_prestat_dir_name", "iii"),
    ("fd_prestat_get", "ii"),
    ("fd_pwrite", "iiili"),
    ("fd_read", "iiii"),
    ("fd_readdir", "iiili"),
    ("fd_renumber", "ii"),
    ("fd_seek", "ilii"),
    ("fd_sync", "i"),
    ("fd_tell", "ii"),
    ("fd_write", "iiii"),
    ("path_create_directory", "iii"),
    ("path_filestat_get", "iiiii"),
    ("path_filestat_set_times", "iiiilli"),
    ("path_link", "iiiiiii"),
    ("path_open", "iiiiillii"),
    ("path_readlink", "iiiiii"),
    ("path_remove_directory", "iii"),
    ("path_rename", "iiiiii"),
    ("path_symlink", "iiiii"),
    ("path_unlink_file", "iii"),
    ("poll_oneoff", "iiii"),
    ("proc_raise", "i"),
    ("random_get", "ii"),
    ("sched_yield", ""),
    ("sock_accept", "iii"),
    ("sock_recv", "iiiiii"),
    ("sock_send", "iiiii"),
    ("sock_shutdown", "ii"),
    ("proc_exit", "i"),
];

/// The root folder's number.
pub(crate) const ROOT: i64 = 3;
/// Where answers are put.
pub(crate) const OUT: i64 = 64;
/// Where bytes are read to.
pub(crate) const BUFFER: i64 = 40_000;
/// Size of that place.
pub(crate) const BUFFER_SIZE: i64 = 20_000;

pub(crate) const READ: i64 = 1 << 1;
pub(crate) const WRITE: i64 = 1 << 6;
pub(crate) const CREATE: i64 = 1;
pub(crate) const TRUNCATE: i64 = 8;

/// Errors as `errno` numbers. A component has fewer words, so each is a list.
pub(crate) const OK: &[i64] = &[0];
pub(crate) const NO_ENTRY: &[i64] = &[44];
pub(crate) const EXISTS: &[i64] = &[20];
pub(crate) const NOT_EMPTY: &[i64] = &[55];
pub(crate) const READ_ONLY: &[i64] = &[69];
pub(crate) const CROSS_DEVICE: &[i64] = &[75];
pub(crate) const DENIED: &[i64] = &[76, 2];
pub(crate) const NO_LINKS: &[i64] = &[63];

/// A guest in the making. It leaves with the number of the first step that got a wrong answer.
#[derive(Default)]
pub(crate) struct Script {
    data: String,
    code: String,
    next: i64,
    step: u32,
    used: BTreeSet<&'static str>,
}

impl Script {
    pub(crate) fn new() -> Self {
        Self { next: 1024, ..Self::default() }
    }

    /// Places text in memory.
    pub(crate) fn text(&mut self, text: &str) -> (i64, i64) {
        let at = self.next;
        let bytes: String = text.bytes().map(|b| format!("\\{b:02x}")).collect();
        writeln!(self.data, "(data (i32.const {at}) \"{bytes}\")").unwrap();
        let length = i64::try_from(text.len()).unwrap();
        self.next += length + 8 - length % 8;
        (at, length)
    }

    /// Calls `name` and expects one of `answers`.
    pub(crate) fn call(&mut self, name: &str, args: &[i64], answers: &[i64]) -> &mut Self {
        let call = self.invoke(name, args.iter().map(|arg| Arg::Number(*arg)).collect());
        self.check(&call, answers)
    }

    /// Opens `path` under the root folder; the number stands at `slot`.
    pub(crate) fn open(
        &mut self,
        path: &str,
        how: i64,
        rights: i64,
        slot: i64,
        answers: &[i64],
    ) -> &mut Self {
        let (at, length) = self.text(path);
        self.call("path_open", &[ROOT, 0, at, length, how, rights, 0, 0, slot], answers)
    }

    /// Calls `name` whose first argument is the number that stands at `slot`.
    pub(crate) fn on(&mut self, slot: i64, name: &str, args: &[i64], answers: &[i64]) -> &mut Self {
        let rest = args.iter().map(|arg| Arg::Number(*arg));
        let call = self.invoke(name, std::iter::once(Arg::Slot(slot)).chain(rest).collect());
        self.check(&call, answers)
    }

    /// Calls a function that takes a path under the root folder.
    pub(crate) fn path(&mut self, name: &str, path: &str, answers: &[i64]) -> &mut Self {
        let (at, length) = self.text(path);
        self.call(name, &[ROOT, at, length], answers)
    }

    /// Renames under the root folder.
    pub(crate) fn rename(&mut self, from: &str, to: &str, answers: &[i64]) -> &mut Self {
        let ((from, long), (to, wide)) = (self.text(from), self.text(to));
        self.call("path_rename", &[ROOT, from, long, ROOT, to, wide], answers)
    }

    /// Writes text to the file at `slot`.
    pub(crate) fn write(&mut self, slot: i64, text: &str, answers: &[i64]) -> &mut Self {
        let (at, length) = self.text(text);
        self.vector(at, length);
        self.on(slot, "fd_write", &[0, 1, OUT], answers)
    }

    /// Prints text.
    pub(crate) fn print(&mut self, stream: i64, text: &str) -> &mut Self {
        let (at, length) = self.text(text);
        self.vector(at, length);
        self.call("fd_write", &[stream, 0, 1, OUT], OK)
    }

    /// Prints memory to stdout.
    pub(crate) fn show(&mut self, at: i64, length: i64) -> &mut Self {
        self.vector(at, length);
        self.call("fd_write", &[1, 0, 1, OUT], OK)
    }

    /// Prints the whole file at `slot`, up to the buffer's size.
    pub(crate) fn cat(&mut self, slot: i64) -> &mut Self {
        self.vector(BUFFER, BUFFER_SIZE);
        self.on(slot, "fd_read", &[0, 1, OUT], OK);
        self.vector(BUFFER, 0);
        writeln!(self.code, "(i32.store (i32.const 4) (i32.load (i32.const {OUT})))").unwrap();
        self.call("fd_write", &[1, 0, 1, OUT], OK)
    }

    /// Prints the raw listing of the folder at `slot`.
    pub(crate) fn list(&mut self, slot: i64) -> &mut Self {
        self.on(slot, "fd_readdir", &[BUFFER, BUFFER_SIZE, 0, OUT], OK);
        self.vector(BUFFER, 0);
        writeln!(self.code, "(i32.store (i32.const 4) (i32.load (i32.const {OUT})))").unwrap();
        self.call("fd_write", &[1, 0, 1, OUT], OK)
    }

    /// Adds instructions as they are.
    pub(crate) fn raw(&mut self, code: &str) -> &mut Self {
        writeln!(self.code, "{code}").unwrap();
        self
    }

    /// Imports a function for [`Self::raw`].
    pub(crate) fn import(&mut self, name: &str) -> &mut Self {
        self.used.insert(signature(name).0);
        self
    }

    /// The module as text.
    pub(crate) fn wat(&mut self) -> String {
        self.import("proc_exit");
        let mut imports = String::new();
        for name in &self.used {
            let params: Vec<&str> =
                signature(name).1.chars().map(|c| if c == 'i' { "i32" } else { "i64" }).collect();
            let result = if *name == "proc_exit" { "" } else { "(result i32)" };
            writeln!(
                imports,
                "(import \"wasi_snapshot_preview1\" \"{name}\" \
                 (func ${name} (param {}) {result}))",
                params.join(" ")
            )
            .unwrap();
        }
        let Self { data, code, .. } = self;
        format!(
            "(module {imports} (memory (export \"memory\") 2) {data} \
             (func (export \"_start\") {code}))"
        )
    }

    fn vector(&mut self, at: i64, length: i64) {
        writeln!(self.code, "(i32.store (i32.const 0) (i32.const {at}))").unwrap();
        writeln!(self.code, "(i32.store (i32.const 4) (i32.const {length}))").unwrap();
    }

    fn invoke(&mut self, name: &str, args: Vec<Arg>) -> String {
        let (name, params) = signature(name);
        self.used.insert(name);
        assert_eq!(params.len(), args.len(), "{name}");
        let args: Vec<String> = params
            .chars()
            .zip(args)
            .map(|(kind, arg)| match (kind, arg) {
                ('i', Arg::Number(n)) => format!("(i32.const {n})"),
                ('i', Arg::Slot(at)) => format!("(i32.load (i32.const {at}))"),
                (_, Arg::Number(n)) => format!("(i64.const {n})"),
                (_, Arg::Slot(at)) => format!("(i64.load (i32.const {at}))"),
            })
            .collect();
        format!("(call ${name} {})", args.join(" "))
    }

    fn check(&mut self, call: &str, answers: &[i64]) -> &mut Self {
        self.step += 1;
        let step = self.step;
        let [first, rest @ ..] = answers else { panic!("no answer would do") };
        let mut same = format!("(i32.eq (global.get $answer) (i32.const {first}))");
        for answer in rest {
            same = format!("(i32.or {same} (i32.eq (global.get $answer) (i32.const {answer})))");
        }
        if step == 1 {
            writeln!(self.data, "(global $answer (mut i32) (i32.const 0))").unwrap();
        }
        writeln!(self.code, "(global.set $answer {call})").unwrap();
        // the step's number and the answer it got
        writeln!(
            self.code,
            "(if (i32.eqz {same}) (then (call $proc_exit \
             (i32.add (i32.const {}) (global.get $answer)))))",
            step * 1000
        )
        .unwrap();
        self
    }
}

enum Arg {
    Number(i64),
    Slot(i64),
}

fn signature(name: &str) -> (&'static str, &'static str) {
    *FUNCTIONS.iter().find(|(n, _)| *n == name).unwrap()
}
