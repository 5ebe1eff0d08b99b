//! One request, one answer, each a line of JSON, over a Unix socket that both sides see; a machine
//! of its own sees a serial line instead, and QEMU has the socket.

use std::{
    fs::File,
    io::{self, BufRead as _, BufReader, Read as _, Write as _},
    os::unix::{
        fs::FileTypeExt as _,
        net::{UnixListener, UnixStream},
    },
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

use serde_json::{Value, json};

/// A program that takes longer hangs.
const HANGS: Duration = Duration::from_secs(240);

/// What the other end of a serial line says once there is somebody.
const UP: &[u8] = b"up\n";

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
    if socket.metadata().is_ok_and(|metadata| metadata.file_type().is_char_device()) {
        return answer_on_the_line(&mut File::options().read(true).write(true).open(socket)?);
    }
    for stream in UnixListener::bind(socket)?.incoming() {
        // Who asked and went away needs no answer.
        let _ = stream.and_then(|mut stream| {
            let mut line = String::new();
            BufReader::new(stream.try_clone()?).read_line(&mut line)?;
            stream.write_all(&answer(&line)?)
        });
    }
    Ok(())
}

fn answer_on_the_line(port: &mut File) -> io::Result<()> {
    let mut lines = BufReader::new(port.try_clone()?);
    port.write_all(UP)?;
    let mut line = String::new();
    while lines.read_line(&mut line)? > 0 {
        let answer = answer(&line).unwrap_or_else(|error| format!("{error}\n").into_bytes());
        port.write_all(&answer)?;
        line.clear();
    }
    Ok(())
}

/// A line on which somebody will say that he is there.
pub(super) fn wait(socket: &Path) -> io::Result<UnixStream> {
    let line = UnixStream::connect(socket)?;
    line.set_read_timeout(Some(Duration::from_millis(200)))?;
    Ok(line)
}

/// Whether he has said so.
pub(super) fn is_up(line: &mut UnixStream) -> bool {
    let mut said = [0; UP.len()];
    let (first, rest) = said.split_at_mut(1);
    // Once it has begun, the rest must not be left to whoever asks next.
    let whole = line.read_exact(first).and_then(|()| {
        line.set_read_timeout(Some(HANGS))?;
        line.read_exact(rest)
    });
    whole.is_ok() && said == UP
}

fn answer(line: &str) -> io::Result<Vec<u8>> {
    let request: Value = serde_json::from_str(line)?;
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
    Ok(format!("{answer}\n").into_bytes())
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
