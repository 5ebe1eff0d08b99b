//! One request, one answer, each a line of JSON, over a Unix socket that both sides see.

use std::{
    io::{self, BufRead as _, BufReader, Write as _},
    os::unix::net::{UnixListener, UnixStream},
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

use serde_json::{Value, json};

/// A program that takes longer hangs.
const HANGS: Duration = Duration::from_secs(240);

/// A program to be run in the guest.
#[derive(Debug, Clone)]
pub struct Request {
    /// The program and its arguments.
    pub line: Vec<String>,
    /// Its standard input.
    pub input: String,
}

impl Request {
    /// A program without input.
    #[must_use]
    pub fn run(line: &[&str]) -> Self {
        Self { line: line.iter().map(|&word| word.to_owned()).collect(), input: String::new() }
    }
}

/// How it ended.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Its exit code; none if a signal ended it or it could not be started.
    pub code: Option<i64>,
    /// What it printed.
    pub stdout: String,
    /// What it complained of.
    pub stderr: String,
}

/// Asks from outside.
pub(super) fn ask(socket: &Path, request: &Request) -> io::Result<Answer> {
    let mut stream = UnixStream::connect(socket)?;
    stream.set_read_timeout(Some(HANGS))?;
    writeln!(stream, "{}", json!({ "line": request.line, "input": request.input }))?;
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line)?;
    let answer: Value = serde_json::from_str(&line)?;
    let field = |name: &str| answer.get(name);
    let text = |name: &str| field(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    Ok(Answer {
        code: field("code").and_then(Value::as_i64),
        stdout: text("stdout"),
        stderr: text("stderr"),
    })
}

/// Answers inside, one after the other, until the guest ends.
///
/// # Errors
/// When the socket cannot be made.
pub fn answer_all(socket: &Path) -> io::Result<()> {
    for stream in UnixListener::bind(socket)?.incoming() {
        // Who asked and went away needs no answer.
        let _ = stream.and_then(answer);
    }
    Ok(())
}

fn answer(mut stream: UnixStream) -> io::Result<()> {
    let mut line = String::new();
    BufReader::new(stream.try_clone()?).read_line(&mut line)?;
    let request: Value = serde_json::from_str(&line)?;
    let line = request.get("line").and_then(Value::as_array).into_iter().flatten();
    let words: Vec<&str> = line.filter_map(Value::as_str).collect();
    let input = request.get("input").and_then(Value::as_str).unwrap_or_default();
    let answer = match run(&words, input) {
        Ok(output) => json!({
            "code": output.status.code(),
            "stdout": String::from_utf8_lossy(&output.stdout),
            "stderr": String::from_utf8_lossy(&output.stderr),
        }),
        Err(error) => json!({ "code": null, "stdout": "", "stderr": error.to_string() }),
    };
    writeln!(stream, "{answer}")
}

fn run(words: &[&str], input: &str) -> io::Result<std::process::Output> {
    let (program, arguments) = words.split_first().ok_or(io::ErrorKind::InvalidInput)?;
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        // Small, and a program that does not read it is none of our concern.
        let _ = stdin.write_all(input.as_bytes());
    }
    child.wait_with_output()
}
