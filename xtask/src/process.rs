//! Runs other programs.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Command, Stdio};
use std::sync::mpsc;

use crate::house;

/// Cargo, in the workspace's folder.
pub(crate) fn cargo<A: AsRef<OsStr>>(args: impl IntoIterator<Item = A>) -> Command {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(args).current_dir(house::root());
    command
}

/// Runs it with our output; an error unless it ends with 0.
pub(crate) fn succeed(command: &mut Command) -> Result<(), String> {
    let status = command.status().map_err(|error| cannot_start(command, &error))?;
    if status.success() { Ok(()) } else { Err(format!("{} ended with {status}", name(command))) }
}

/// Runs it and gives its standard output as text; an error unless it ends with 0.
pub(crate) fn output(command: &mut Command) -> Result<String, String> {
    let output = command.output().map_err(|error| cannot_start(command, &error))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let words = String::from_utf8_lossy(&output.stderr);
    let last = words.lines().last().unwrap_or_default();
    Err(format!("{} ended with {}: {last}", name(command), output.status))
}

/// Whether a program of this name can be started.
pub(crate) fn exists(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

/// Runs it, shows its lines as they come, and gives each to `hear`. Says whether it ended with 0.
pub(crate) fn heard(command: &mut Command, mut hear: impl FnMut(&str)) -> Result<bool, String> {
    let command = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|error| cannot_start(command, &error))?;
    let (sender, lines) = mpsc::channel();
    let (out, err) = (child.stdout.take(), child.stderr.take());
    let other = sender.clone();
    std::thread::spawn(move || out.map(|out| send_lines(out, &other)));
    std::thread::spawn(move || err.map(|err| send_lines(err, &sender)));
    for line in lines {
        let _nobody_reads = writeln!(std::io::stdout(), "{line}");
        hear(&line);
    }
    let status = child.wait().map_err(|error| format!("{}: {error}", name(command)))?;
    Ok(status.success())
}

/// Bytes, not text: what a test prints need not be UTF-8.
fn send_lines(stream: impl Read, sender: &mpsc::Sender<String>) {
    let mut lines = BufReader::new(stream).split(b'\n');
    while let Some(Ok(line)) = lines.next() {
        if sender.send(String::from_utf8_lossy(&line).into_owned()).is_err() {
            return;
        }
    }
}

fn name(command: &Command) -> String {
    let args = command.get_args().take(3).map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ");
    format!("`{} {args}`", command.get_program().to_string_lossy())
}

fn cannot_start(command: &Command, error: &std::io::Error) -> String {
    format!("{} does not start: {error}", name(command))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn lines_of_both_streams_are_heard() {
        let mut lines = Vec::new();
        let good = heard(&mut shell("echo out; echo err >&2; printf last"), |line| {
            lines.push(line.to_owned())
        });
        lines.sort();
        assert_eq!((good, lines), (Ok(true), ["err", "last", "out"].map(str::to_owned).to_vec()));
    }

    #[test]
    fn a_program_that_fails_or_is_not_there_is_an_error_with_its_name() {
        assert_eq!(heard(&mut shell("exit 3"), |_| {}), Ok(false));
        assert!(succeed(&mut shell("exit 3")).unwrap_err().contains("sh -c"));
        assert!(output(&mut shell("echo why >&2; exit 1")).unwrap_err().ends_with("why"));
        assert!(
            succeed(&mut Command::new("no-such-program")).unwrap_err().contains("no-such-program")
        );
    }
}
