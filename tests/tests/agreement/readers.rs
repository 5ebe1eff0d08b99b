//! Other readers, each a program that is given the cases and names those that it reads otherwise.

use std::{
    io::Write as _,
    process::{Command, Stdio},
};

use arch_tests::referee;
use serde::Serialize;

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
    /// What its texts are counted as.
    pub(crate) counted: &'static str,
    command: Command,
    _kept: Option<tempfile::TempDir>,
}

impl Reader {
    /// The parsers of YAML that are installed; the others are told as skipped.
    pub(crate) fn all() -> Vec<Self> {
        [python(), javascript(), go()].into_iter().flatten().collect()
    }

    /// NumPy and safetensors.
    pub(crate) fn of_matrices() -> Option<Self> {
        let command = referee::python("tests/referees/read_matrices.py", "numpy, safetensors")?;
        Some(Self { name: "Python", counted: "read by NumPy or safetensors", command, _kept: None })
    }

    /// The cases that it reads otherwise than we do.
    pub(crate) fn disagrees<T: Serialize>(&mut self, cases: &[T]) -> Vec<Differs> {
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
        lines.into_iter().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

fn python() -> Option<Reader> {
    let command = referee::python("tests/referees/read_yaml.py", "yaml, ruamel.yaml, rfc8785")?;
    Some(Reader { name: "Python", counted: "read by PyYAML and ruamel.yaml", command, _kept: None })
}

fn javascript() -> Option<Reader> {
    let packages = ["yaml", "js-yaml", "canonicalize"];
    let command = referee::javascript("tests/referees/read_yaml.mjs", &packages)?;
    Some(Reader { name: "JavaScript", counted: "read by js-yaml and yaml", command, _kept: None })
}

fn go() -> Option<Reader> {
    let folder = tempfile::tempdir().unwrap();
    let command = referee::go("tests/referees/read_yaml.go", "gopkg.in/yaml.v3", folder.path())?;
    Some(Reader { name: "Go", counted: "read by yaml.v3", command, _kept: Some(folder) })
}
