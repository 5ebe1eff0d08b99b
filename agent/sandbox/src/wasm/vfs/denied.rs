//! What the guest reached for without a grant, for the report. Bounded: a guest cannot flood it.

use std::collections::BTreeSet;

/// Most lines kept.
const LINES_MAX: usize = 64;

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

/// The denied things, `reason: path`, sorted, each once.
#[derive(Debug, Default)]
pub(crate) struct Denied {
    lines: BTreeSet<String>,
}

impl Denied {
    /// Notes one denial.
    pub(crate) fn note(&mut self, why: Denial, path: &str) {
        if self.lines.len() < LINES_MAX {
            self.lines.insert(format!("{}: {}", why.word(), path.escape_debug()));
        }
    }

    /// The lines.
    pub(crate) fn into_lines(self) -> Vec<String> {
        self.lines.into_iter().collect()
    }
}
