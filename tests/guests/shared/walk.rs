//! Walks a folder: names sorted by bytes, links never followed, bounds on everything.

use std::fs;

/// Folders within folders, at most.
const DEPTH_MAX: usize = 32;

/// What was not looked at, and why it does not end the walk.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Passed {
    /// Symbolic links, pipes, devices.
    pub special: u64,
    /// Files and folders that could not be opened or listed, or lie too deep.
    pub unreadable: u64,
}

/// Calls `visit` with the path relative to `root` of each file, in the order of the paths' parts.
/// `enter` says whether to go into a folder.
pub fn files(
    root: &str,
    enter: &dyn Fn(&str) -> bool,
    visit: &mut dyn FnMut(&str),
) -> Passed {
    let mut walk = Walk { root, enter, visit, passed: Passed::default() };
    walk.folder("", 0);
    walk.passed
}

struct Walk<'a> {
    root: &'a str,
    enter: &'a dyn Fn(&str) -> bool,
    visit: &'a mut dyn FnMut(&str),
    passed: Passed,
}

impl Walk<'_> {
    fn folder(&mut self, path: &str, depth: usize) {
        let entries = match fs::read_dir(format!("{}/{}", self.root, path)) {
            Ok(entries) if depth < DEPTH_MAX => entries,
            _ => return self.passed.unreadable += 1,
        };
        let mut names = Vec::new();
        for entry in entries {
            // A name that is not UTF-8 cannot be written into a report either.
            let named = entry.ok().and_then(|e| Some((e.file_name().into_string().ok()?, e.file_type().ok()?)));
            match named {
                Some(named) => names.push(named),
                None => self.passed.unreadable += 1,
            }
        }
        names.sort_by(|a, b| a.0.cmp(&b.0));
        for (name, kind) in names {
            let below = if path.is_empty() { name } else { format!("{path}/{name}") };
            if kind.is_file() {
                (self.visit)(&below);
            } else if kind.is_dir() && (self.enter)(&below) {
                self.folder(&below, depth + 1);
            } else if !kind.is_dir() {
                self.passed.special += 1;
            }
        }
    }
}
