//! Talks to a running agent over its control socket: one line there, one line back.

use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use arch_identity::Digest;
use arch_wire::control::{
    Answer as Told, Call, JobDetail, JobRow, LINE_CAP, Reply, Status, read_reply, write_call,
};

use crate::answer::Stop;
use crate::render::Sources;

/// How long the agent may take over an ordinary answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long it may take over running a job again.
const LONG_PATIENCE: Duration = Duration::from_secs(24 * 3600);

/// An open connection.
#[derive(Debug)]
pub(crate) struct Control {
    stream: BufReader<UnixStream>,
}

impl Control {
    pub(crate) fn connect(path: &Path) -> Result<Self, Stop> {
        let stream = UnixStream::connect(path).map_err(|error| {
            Stop::could_not(
                format!("no agent answers at {}: {error}", path.display()),
                "start `arch-node-agent`, or give `--state DIR` or `--socket PATH`",
            )
        })?;
        Ok(Self { stream: BufReader::new(stream) })
    }

    /// Asks, and waits for the answer.
    pub(crate) fn call(&mut self, call: &Call) -> Result<Told, Stop> {
        let patience =
            if matches!(call, Call::JobReplay { .. }) { LONG_PATIENCE } else { PATIENCE };
        let line = write_call(call).map_err(|error| {
            Stop::no(error.to_string(), "put the file into the agent's jobs folder instead")
        })?;
        let reply = self.exchange(&line, patience).map_err(|error| lost(&error))?;
        match read_reply(&reply).map_err(|error| not_ours(&error.to_string()))? {
            Reply::Ok(answer) => Ok(answer),
            Reply::Problem(problem) => Err(Stop::refused(*problem, Sources::default())),
        }
    }

    fn exchange(&mut self, line: &[u8], patience: Duration) -> std::io::Result<Vec<u8>> {
        self.stream.get_ref().set_read_timeout(Some(patience))?;
        self.stream.get_ref().set_write_timeout(Some(PATIENCE))?;
        self.stream.get_mut().write_all(line)?;
        let mut reply = Vec::new();
        let cap = u64::try_from(LINE_CAP).unwrap_or(u64::MAX).saturating_add(1);
        self.stream.by_ref().take(cap).read_until(b'\n', &mut reply)?;
        match reply.last() {
            Some(b'\n') => Ok(reply),
            _ => Err(std::io::ErrorKind::UnexpectedEof.into()),
        }
    }

    pub(crate) fn status(&mut self) -> Result<Status, Stop> {
        match self.call(&Call::Status {})? {
            Told::Status(status) => Ok(*status),
            other => Err(unexpected(&other)),
        }
    }

    pub(crate) fn jobs(&mut self, state: Option<String>) -> Result<(Vec<JobRow>, bool), Stop> {
        match self.call(&Call::JobList { state })? {
            Told::JobList { jobs, truncated } => Ok((jobs, truncated)),
            other => Err(unexpected(&other)),
        }
    }

    pub(crate) fn job(&mut self, digest: Digest) -> Result<JobDetail, Stop> {
        match self.call(&Call::JobShow { digest })? {
            Told::JobShow(detail) => Ok(*detail),
            other => Err(unexpected(&other)),
        }
    }
}

/// An answer to another question.
pub(crate) fn unexpected(answer: &Told) -> Stop {
    let text = format!("{answer:?}");
    let name: String = text.chars().take_while(|c| c.is_ascii_alphanumeric()).collect();
    not_ours(&format!("it answered another question ({name})"))
}

fn lost(error: &std::io::Error) -> Stop {
    Stop::could_not(
        format!("the agent did not answer: {error}"),
        "look into its log; it may be stopping, or you may not be allowed to ask it",
    )
}

fn not_ours(why: &str) -> Stop {
    Stop::could_not(
        format!("the agent's answer cannot be read: {why}"),
        "use an `archctl` and an `arch-node-agent` of the same version",
    )
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixListener;

    use super::*;

    /// An agent that answers everything with `reply`.
    fn answering(reply: &'static [u8]) -> (tempfile::TempDir, std::path::PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("control.sock");
        let listener = UnixListener::bind(&path).unwrap();
        std::thread::spawn(move || {
            let (mut stream, _from) = listener.accept().unwrap();
            let mut line = String::new();
            BufReader::new(stream.try_clone().unwrap()).read_line(&mut line).unwrap();
            stream.write_all(reply).unwrap();
        });
        (dir, path)
    }

    #[test]
    fn nobody_there_is_could_not_tell_and_not_no() {
        let stop = Control::connect(Path::new("/nowhere/control.sock")).unwrap_err();
        assert!(matches!(stop, Stop::CouldNot { .. }));
    }

    #[test]
    fn a_refusal_of_the_agent_is_no() {
        let (_dir, path) = answering(
            br#"{"schema":"arch.control/v1","problem":{"code":"ARCH-P003","message":"x","help":"y"}}
"#,
        );
        let stop = Control::connect(&path).unwrap().status().unwrap_err();
        assert!(matches!(stop, Stop::Refused { .. }), "{stop:?}");
    }

    #[test]
    fn a_cut_answer_another_answer_and_nonsense_are_could_not_tell() {
        for reply in [
            &b"{\"schema\":"[..],
            b"nonsense\n",
            b"{\"schema\":\"arch.control/v1\",\"ok\":{\"jobList\":{\"jobs\":[],\"truncated\":false}}}\n",
        ] {
            let (_dir, path) = answering(reply);
            let stop = Control::connect(&path).unwrap().status().unwrap_err();
            assert!(matches!(stop, Stop::CouldNot { .. }), "{stop:?}");
        }
    }
}
