//! The journal of systemd, where standard error leads there: one datagram an event, its fields as
//! fields (`journalctl JOB=sha256:…`), in the journal's native protocol
//! (<https://systemd.io/JOURNAL_NATIVE_PROTOCOL>).

use std::{
    fmt::{self, Write as _},
    io::{self, stderr},
    os::unix::net::UnixDatagram,
};

use arch_problem::Problem;
use rustix::fs::{fstat, major, makedev, minor};
use tracing::{
    Event, Level, Subscriber,
    field::{Field, Visit},
};
use tracing_subscriber::{Layer, layer::Context};

const SOCKET: &str = "/run/systemd/journal/socket";
/// Far more than any line of ours has, and less than the kernel takes in one datagram.
const MOST: usize = 64 * 1024;

/// Sends events there.
pub(super) struct Journal {
    socket: UnixDatagram,
}

impl Journal {
    /// If standard error leads there (`JOURNAL_STREAM`, sd_journal_stream_fd(3)) and it can be reached.
    pub(super) fn behind_standard_error() -> Option<Self> {
        let stream = std::env::var("JOURNAL_STREAM").ok()?;
        let (device, inode) = stream.split_once(':')?;
        let stat = fstat(stderr()).ok()?;
        let device: u64 = device.parse().ok()?;
        let here = makedev(major(stat.st_dev), minor(stat.st_dev));
        (device == here && inode.parse() == Ok(stat.st_ino)).then_some(())?;
        let socket = UnixDatagram::unbound().ok()?;
        let journal = Self { socket };
        // Where the socket cannot be reached, the stream can.
        journal.socket.connect(SOCKET).ok().map(|()| journal)
    }

    /// Why the agent ends.
    pub(super) fn last_word(&self, problem: &Problem) {
        #[expect(clippy::let_underscore_must_use, reason = "it stands on standard error as well")]
        let _ = self.send(&Entry::last_word(problem).bytes(Level::ERROR));
    }

    fn send(&self, entry: &[u8]) -> io::Result<()> {
        match self.socket.send(entry) {
            Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
                // The journal was started anew.
                self.socket.connect(SOCKET)?;
                self.socket.send(entry).map(drop)
            }
            sent => sent.map(drop),
        }
    }
}

impl<S: Subscriber> Layer<S> for Journal {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut entry = Entry::default();
        event.record(&mut entry);
        let bytes = entry.bytes(*event.metadata().level());
        if self.send(&bytes).is_err() {
            // It is not lost: the stream leads there as well, without fields.
            #[expect(clippy::let_underscore_must_use, reason = "nobody is left to be told")]
            let _ = io::Write::write_all(&mut stderr(), entry.line().as_bytes());
        }
    }
}

/// One event as it comes together.
#[derive(Default)]
struct Entry {
    message: String,
    fields: Vec<(&'static str, String)>,
}

impl Visit for Entry {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.set(field.name(), value.to_owned());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.set(field.name(), format!("{value:?}"));
    }
}

impl Entry {
    fn last_word(problem: &Problem) -> Self {
        let mut entry = Self { message: "cannot go on".to_owned(), ..Self::default() };
        entry.set("code", problem.code.to_string());
        entry.set("why", problem.message.clone());
        if let Some(place) = &problem.at {
            entry.set("place", place.to_string());
        }
        entry.set("help", problem.help.clone());
        entry
    }

    fn set(&mut self, name: &'static str, value: String) {
        if name == "message" {
            self.message = value;
        } else {
            self.fields.push((name, value));
        }
    }

    /// As a line of the log has it.
    fn line(&self) -> String {
        let mut line = self.message.clone();
        for (name, value) in &self.fields {
            // Writing to a string does not fail.
            let _ = write!(line, " {name}={value}");
        }
        line.push('\n');
        line
    }

    fn bytes(&self, level: Level) -> Vec<u8> {
        let priority = match level {
            Level::ERROR => "3",
            Level::WARN => "4",
            Level::INFO => "6",
            _ => "7",
        };
        let mut bytes = Vec::new();
        put(&mut bytes, "PRIORITY", priority);
        put(&mut bytes, "SYSLOG_IDENTIFIER", "arch-node-agent");
        put(&mut bytes, "MESSAGE", self.line().trim_end());
        if let Some(class) = arch_problem::event_of(&self.message) {
            put(&mut bytes, "MESSAGE_ID", class.id);
        }
        for (name, value) in &self.fields {
            put(&mut bytes, &name.to_ascii_uppercase(), value);
        }
        bytes
    }
}

/// `NAME=value` in one line; else the value's length before it, so that a line break in what others
/// wrote is no field of ours.
fn put(bytes: &mut Vec<u8>, name: &str, value: &str) {
    let room = MOST.saturating_sub(bytes.len()).saturating_sub(name.len()).saturating_sub(16);
    let value = value.get(..value.floor_char_boundary(room)).unwrap_or_default();
    bytes.extend_from_slice(name.as_bytes());
    if value.contains('\n') {
        bytes.push(b'\n');
        bytes.extend_from_slice(&u64::try_from(value.len()).unwrap_or(0).to_le_bytes());
    } else {
        bytes.push(b'=');
    }
    bytes.extend_from_slice(value.as_bytes());
    bytes.push(b'\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(message: &str, fields: &[(&'static str, &str)]) -> Entry {
        let fields = fields.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        Entry { message: message.to_owned(), fields }
    }

    #[test]
    fn fields_are_fields_and_a_known_message_has_its_id() {
        let text = entry("completed", &[("job", "sha256:ab")]).bytes(Level::INFO);
        let text = String::from_utf8(text).unwrap();
        let id = arch_problem::event_of("completed").unwrap().id;
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines.contains(&"JOB=sha256:ab") && lines.contains(&"PRIORITY=6"), "{text}");
        assert!(lines.contains(&"MESSAGE=completed job=sha256:ab"), "{text}");
        assert!(lines.contains(&format!("MESSAGE_ID={id}").as_str()), "{text}");
    }

    #[test]
    fn why_the_agent_ends_reaches_the_journal_with_its_code_as_a_field() {
        let (socket, journal) = UnixDatagram::pair().unwrap();
        let span = arch_problem::Span { start: 7, end: 9, line: 2, column: 3 };
        let problem = Problem::new(arch_problem::codes::TRUST_ROOT_UNPINNED, "no root is pinned");
        let problem = problem.at("node.yaml", span, "");
        Journal { socket }.last_word(&problem);
        let mut datagram = vec![0; MOST];
        let length = journal.recv(&mut datagram).unwrap();
        let text = std::str::from_utf8(&datagram[..length]).unwrap();
        let id = arch_problem::event_of("cannot go on").unwrap().id;
        let (code, help) = (problem.code, &problem.help);
        for field in [
            "PRIORITY=3".to_owned(),
            format!("MESSAGE_ID={id}"),
            format!("CODE={code}"),
            "WHY=no root is pinned".to_owned(),
            "PLACE=node.yaml:2:3".to_owned(),
            format!("HELP={help}"),
        ] {
            assert!(text.lines().any(|line| line == field), "no {field} in {text}");
        }
    }

    #[test]
    fn a_line_break_in_a_value_makes_no_further_field() {
        let name = "a\nMESSAGE_ID=forged\nb";
        let bytes = entry("refused", &[("file", name)]).bytes(Level::WARN);
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains("FILE=a"), "{text}");
        let mut length = b"FILE\n".to_vec();
        length.extend_from_slice(&u64::try_from(name.len()).unwrap().to_le_bytes());
        assert!(bytes.windows(length.len()).any(|window| window == length), "{text}");
    }

    #[test]
    fn an_endless_value_is_cut_at_the_end_of_a_letter() {
        let long = "ä".repeat(MOST);
        let bytes = entry("refused", &[("file", &long), ("why", "x")]).bytes(Level::WARN);
        assert!(bytes.len() <= MOST + 64, "{}", bytes.len());
        assert!(std::str::from_utf8(&bytes).is_ok());
    }

    #[test]
    fn every_class_of_events_is_logged_somewhere() {
        let mut sources = String::new();
        let mut folders =
            vec![std::path::PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))];
        while let Some(folder) = folders.pop() {
            for found in std::fs::read_dir(folder).unwrap() {
                let path = found.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    sources.push_str(&std::fs::read_to_string(path).unwrap());
                }
            }
        }
        for event in arch_problem::EVENTS {
            let logged = format!("\"{}\"", event.message);
            assert!(sources.contains(&logged), "nobody logs {logged}");
        }
    }
}
