//! The texts that places point into.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// No document is larger; a larger file is not shown.
const LARGEST: u64 = 256 * 1024;

/// Texts already read, and folders to look for the others.
#[derive(Debug, Default)]
pub(crate) struct Sources {
    texts: BTreeMap<String, Vec<u8>>,
    folders: Vec<PathBuf>,
}

impl Sources {
    /// Keeps a text under the name that problems use for it.
    #[must_use]
    pub(crate) fn with(mut self, name: impl Into<String>, bytes: &[u8]) -> Self {
        self.texts.insert(name.into(), bytes.to_vec());
        self
    }

    /// Also looks for relative names in this folder.
    #[must_use]
    pub(crate) fn look_in(mut self, folder: &Path) -> Self {
        self.folders.push(folder.to_path_buf());
        self
    }

    /// The text of that name, if it can be had and is text.
    pub(crate) fn text(&self, name: &str) -> Option<Cow<'_, str>> {
        if let Some(bytes) = self.texts.get(name) {
            return std::str::from_utf8(bytes).ok().map(Cow::Borrowed);
        }
        let found = self.folders.iter().find_map(|folder| read(&folder.join(name)));
        found.or_else(|| read(Path::new(name))).map(Cow::Owned)
    }
}

fn read(path: &Path) -> Option<String> {
    let bytes = arch_files::read(path, LARGEST).ok()?;
    String::from_utf8(bytes).ok()
}
