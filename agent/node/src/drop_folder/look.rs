//! One look at one file.

use std::{
    ffi::{OsStr, OsString},
    path::Path,
};

use arch_document::MAX_ENVELOPE_BYTES;
use arch_files::FileError;

/// The most files that are looked at in one reading of the folder.
const MOST: usize = 100_000;

/// What was found under a name.
#[derive(Debug)]
pub struct Found {
    /// The name, without folders, with odd characters replaced.
    pub file: String,
    /// What stands there.
    pub bytes: Result<Vec<u8>, FileError>,
    /// Somebody may still be writing: what cannot be read now may be readable soon.
    pub half_written: bool,
}

/// What the judge says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// This content needs no second look.
    Settled,
    /// The same content may be judged otherwise later, such as when a module arrives.
    LookAgain,
    /// Perhaps half-written: look soon.
    LookSoon,
}

/// Whether a file of this name is meant for us.
#[must_use]
pub fn is_ours(name: &OsStr) -> bool {
    arch_files::is_document(name)
}

/// Reads what stands under the name now.
pub(crate) fn look(path: &Path, name: &OsStr, half_written: bool) -> Found {
    Found { file: shown(name), bytes: arch_files::read(path, MAX_ENVELOPE_BYTES), half_written }
}

/// The names that are ours, in order.
pub(super) fn names(folder: &Path) -> Vec<OsString> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let names = entries.filter_map(|entry| Some(entry.ok()?.file_name()));
    let mut names: Vec<_> = names.filter(|name| is_ours(name)).take(MOST).collect();
    names.sort();
    names
}

/// A name that can stand in a log and in the ledger.
fn shown(name: &OsStr) -> String {
    let text = name.to_string_lossy();
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).take(255).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_yaml_and_json_that_is_not_hidden_is_ours() {
        for (name, ours) in [
            ("a.yaml", true),
            ("a.dsse.json", true),
            (".a.yaml", false),
            ("a.yml", false),
            ("a.yaml~", false),
            ("yaml", false),
            ("a.yaml.swp", false),
        ] {
            assert_eq!(is_ours(OsStr::new(name)), ours, "{name}");
        }
    }

    #[test]
    fn odd_names_are_shown_harmlessly() {
        assert_eq!(shown(OsStr::new("a\u{1b}[31m\n.yaml")), "a\u{fffd}[31m\u{fffd}.yaml");
    }
}
