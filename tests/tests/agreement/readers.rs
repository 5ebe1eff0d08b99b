//! The other parsers, each a program that is given the cases and names those that it reads otherwise.

use std::{
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use arch_tests::skip;

use crate::Case;

/// One disagreement.
#[derive(Debug, serde::Deserialize)]
pub(crate) struct Differs {
    /// Number of the case.
    pub(crate) differs: usize,
    /// The parser.
    pub(crate) by: String,
    /// What it read.
    pub(crate) read: String,
}

/// A program that reads all cases.
pub(crate) struct Reader {
    name: &'static str,
    command: Command,
    _kept: Option<tempfile::TempDir>,
}

impl Reader {
    /// All that are installed; the others are told as skipped.
    pub(crate) fn all() -> Vec<Self> {
        [python(), javascript(), go()].into_iter().flatten().collect()
    }

    /// The cases that it reads otherwise than we do.
    pub(crate) fn disagrees(mut self, cases: &[Case]) -> Vec<Differs> {
        let piped = self.command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = piped.spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let lines: String =
            cases.iter().map(|case| serde_json::to_string(case).unwrap() + "\n").collect();
        let writer = std::thread::spawn(move || stdin.write_all(lines.as_bytes()));
        let output = child.wait_with_output().unwrap();
        writer.join().unwrap().unwrap();
        assert!(output.status.success(), "{} ended with {}", self.name, output.status);
        let text = String::from_utf8(output.stdout).unwrap();
        let mut lines: Vec<&str> = text.lines().collect();
        let read: serde_json::Value = serde_json::from_str(lines.pop().unwrap()).unwrap();
        assert_eq!(read["read"].as_u64(), Some(cases.len() as u64), "{} stopped early", self.name);
        println!("{} read {} texts", self.name, cases.len());
        lines.into_iter().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

/// `cargo xtask test` keeps a Python environment and node_modules in this folder.
fn installed() -> Option<PathBuf> {
    std::env::var_os("ARCH_REFEREES").map(PathBuf::from)
}

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("referees").join(name)
}

fn python() -> Option<Reader> {
    let own = installed().map(|folder| folder.join("python/bin/python"));
    let able = |python: &PathBuf| {
        let imports = ["-c", "import yaml, ruamel.yaml, rfc8785"];
        Command::new(python).args(imports).output().is_ok_and(|o| o.status.success())
    };
    let Some(python) = own.into_iter().chain([PathBuf::from("python3")]).find(able) else {
        skip("no Python with PyYAML, ruamel.yaml and rfc8785");
        return None;
    };
    let mut command = Command::new(python);
    command.arg(script("read_yaml.py"));
    Some(Reader { name: "Python", command, _kept: None })
}

fn javascript() -> Option<Reader> {
    let folder = installed().map(|folder| folder.join("javascript"));
    let there = |folder: &PathBuf| folder.join("node_modules/canonicalize").is_dir();
    let Some(folder) = folder.filter(there) else {
        skip("no node_modules with yaml, js-yaml and canonicalize");
        return None;
    };
    let mut command = Command::new("node");
    command.arg(script("read_yaml.mjs")).arg(folder);
    Some(Reader { name: "JavaScript", command, _kept: None })
}

fn go() -> Option<Reader> {
    let packages = Path::new("/usr/share/gocode");
    if !packages.join("src/gopkg.in/yaml.v3").is_dir() {
        skip("no Go with yaml.v3; `apt-get install golang-go golang-gopkg-yaml.v3-dev` brings it");
        return None;
    }
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("read_yaml");
    let mut build = Command::new("go");
    build.args(["build", "-o"]).arg(&program).arg(script("read_yaml.go"));
    build.env("GO111MODULE", "off").env("GOPATH", packages).env("GOFLAGS", "");
    build.env("GOCACHE", folder.path().join("cache"));
    let built = build.output().unwrap();
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    Some(Reader { name: "Go", command: Command::new(program), _kept: Some(folder) })
}
