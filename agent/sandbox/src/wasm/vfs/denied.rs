//! What the guest reached for without a grant, for the report. Bounded: a guest cannot flood it.

use std::collections::BTreeSet;

use arch_wire::executor::{DENIED_LINE_CAP, DENIED_LINES_CAP, Denied as Told};

/// Why something was denied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Denial {
    /// `..` or an absolute path out of its folder.
    Escape,
    /// A path that no grant covers.
    Outside,
    /// A symbolic link on the way.
    Symlink,
    /// Making a link.
    Link,
    /// Writing where only reading is granted.
    Write,
    /// Reading another's file where only writing is granted.
    Read,
    /// Neither file nor folder: device, pipe, socket.
    Special,
    /// A file with a second name, which may lie outside the grant.
    SharedFile,
    /// A name that is not UTF-8.
    Name,
}

impl Denial {
    fn word(self) -> &'static str {
        match self {
            Self::Escape => "escape",
            Self::Outside => "outside",
            Self::Symlink => "symlink",
            Self::Link => "link",
            Self::Write => "write",
            Self::Read => "read",
            Self::Special => "special",
            Self::SharedFile => "shared-file",
            Self::Name => "name",
        }
    }
}

/// The denied things, `reason: path`, sorted, each once; and how often anything was denied.
#[derive(Debug, Default)]
pub(crate) struct Denied {
    count: u64,
    lines: BTreeSet<String>,
}

impl Denied {
    /// Notes one denial.
    pub(crate) fn note(&mut self, why: Denial, path: &str) {
        self.count = self.count.saturating_add(1);
        if self.lines.len() < DENIED_LINES_CAP {
            self.lines.insert(line(why, path));
        }
    }

    /// All of it.
    pub(crate) fn tell(self) -> Told {
        Told { count: self.count, first: self.lines.into_iter().collect() }
    }
}

fn line(why: Denial, path: &str) -> String {
    let mut line = format!("{}: ", why.word());
    for piece in path.escape_debug() {
        if line.len().saturating_add(piece.len_utf8()) > DENIED_LINE_CAP {
            break;
        }
        line.push(piece);
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guest_that_reaches_without_end_makes_no_endless_list() {
        let mut denied = Denied::default();
        for n in 0..1_000 {
            denied.note(Denial::Escape, &format!("{n}{}", "\u{7}ü".repeat(2_000)));
        }
        let told = denied.tell();
        assert_eq!((told.count, told.first.len()), (1_000, DENIED_LINES_CAP));
        assert!(told.is_bounded() && told.first.iter().all(|line| line.len() > 1_000));
    }
}
