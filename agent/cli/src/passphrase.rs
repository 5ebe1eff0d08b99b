//! Passphrases: from a file, or asked for on the terminal without echo.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::answer::Stop;
use crate::say;

/// Longest passphrase that is read, in bytes.
const LONGEST: u64 = 1024;

/// A passphrase, wiped when it is no longer needed.
#[derive(Debug)]
pub(crate) struct Passphrase(Zeroizing<Vec<u8>>);

impl Passphrase {
    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// How a new key is kept.
#[derive(Debug, clap::Args)]
pub(crate) struct New {
    /// Read the passphrase from the first line of this file instead of asking
    #[arg(long, value_name = "FILE", conflicts_with = "plain")]
    passphrase_file: Option<PathBuf>,
    /// Keep the key readable by anybody who can read the file; for nodes and tests
    #[arg(long)]
    plain: bool,
}

impl New {
    /// The passphrase, or nothing for a plain key.
    pub(crate) fn ask(&self) -> Result<Option<Passphrase>, Stop> {
        if self.plain {
            say::talk("warning: the key is not protected by a passphrase");
            return Ok(None);
        }
        if let Some(path) = &self.passphrase_file {
            return from_file(path).map(Some);
        }
        let first = prompt("new passphrase: ")?;
        let again = prompt("the same again: ")?;
        if first.as_bytes() != again.as_bytes() {
            return Err(Stop::no("the two passphrases differ", "try again"));
        }
        if first.as_bytes().is_empty() {
            let what = "an empty passphrase protects nothing";
            return Err(Stop::no(what, "choose one, or say `--plain`"));
        }
        Ok(Some(first))
    }
}

/// How an existing key is opened.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Existing {
    /// Read the passphrase from the first line of this file instead of asking
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
}

impl Existing {
    /// The passphrase of `key`.
    pub(crate) fn ask(&self, key: &Path) -> Result<Passphrase, Stop> {
        match &self.passphrase_file {
            Some(path) => from_file(path),
            None => prompt(&format!("passphrase of {}: ", key.display())),
        }
    }
}

fn prompt(words: &str) -> Result<Passphrase, Stop> {
    if !std::io::stdin().is_terminal() {
        let what = "there is no terminal to ask for the passphrase";
        return Err(Stop::usage(what, "give `--passphrase-file`"));
    }
    rpassword::prompt_password(words)
        .map(|text| Passphrase(Zeroizing::new(text.into_bytes())))
        .map_err(|error| {
            Stop::could_not(
                format!("the terminal gave no passphrase: {error}"),
                "give `--passphrase-file`",
            )
        })
}

fn from_file(path: &Path) -> Result<Passphrase, Stop> {
    let bytes = Zeroizing::new(arch_files::read_secret(path, LONGEST).map_err(Stop::file)?);
    let line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    if line.is_empty() {
        let what = format!("the first line of {} is empty", path.display());
        return Err(Stop::no(what, "write the passphrase into it"));
    }
    Ok(Passphrase(Zeroizing::new(line.to_vec())))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn file(text: &str, mode: u32) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        std::fs::set_permissions(file.path(), std::fs::Permissions::from_mode(mode)).unwrap();
        file
    }

    #[test]
    fn the_first_line_of_the_file_is_the_passphrase() {
        let file = file("correct horse\r\nnot this\n", 0o600);
        assert_eq!(from_file(file.path()).unwrap().as_bytes(), b"correct horse");
    }

    #[test]
    fn a_passphrase_that_others_can_read_is_refused() {
        assert!(from_file(file("x\n", 0o644).path()).is_err());
    }

    #[test]
    fn an_empty_passphrase_is_refused() {
        assert!(matches!(from_file(file("\n", 0o600).path()), Err(Stop::No { .. })));
    }
}
