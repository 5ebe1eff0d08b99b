//! What to run, on what, and within which limits.

use std::collections::{BTreeMap, BTreeSet};

use arch_document::{Grant, MOST_NAMED_FILES};
use arch_identity::Digest;
use serde::{Deserialize, Serialize};

use super::Limits;

/// Most inputs, and most outputs, of one run: with module, `stdout`, `stderr` and the reads they
/// fit beside one frame ([`crate::frame::FDS_CAP`]).
pub const NAMED_FILES_CAP: usize = MOST_NAMED_FILES;

/// Most arguments and most environment variables together.
const WORDS_CAP: usize = 4_096;

/// One run of a module.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RunRequest {
    /// Chosen by the agent; no two runs of one executor share a number.
    pub run: u64,
    /// SHA-256 of the module's bytes, checked by the executor before use.
    pub module: Digest,
    /// The guest's arguments, its own name first.
    pub args: Vec<String>,
    /// The guest's environment variables; it has no others.
    pub env: BTreeMap<String, String>,
    /// Files under `/in`, in the order of their descriptors.
    pub inputs: Vec<InputFile>,
    /// Folders and files of the node, `read:` and `write:` only.
    pub grants: Vec<Grant>,
    /// Files of `/out` to hand back; others are dropped. `stdout` and `stderr` always come.
    pub outputs: Vec<String>,
    /// Every cap.
    pub limits: Limits,
    /// 32 bytes that the guest's randomness is drawn from.
    pub seed: Digest,
    /// How far apart from other runs.
    pub isolation: Isolation,
}

/// One input, shown to the guest as `/in/<name>`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct InputFile {
    /// One path component.
    pub name: String,
    /// Length in bytes.
    pub size: u64,
    /// SHA-256 of the bytes, checked by the executor before use.
    pub digest: Digest,
}

/// How far a run is kept apart from others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub enum Isolation {
    /// A fresh process for this run alone.
    Process,
    /// A warm process that serves one owner's runs of one module, one after the other.
    Shared {
        /// Whose runs may share it.
        owner: String,
    },
}

/// Why a request makes no sense.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidRequest {
    /// A name is empty, a dot name, too long, or has a slash or NUL.
    #[error("`{0}` is no file name")]
    Name(String),
    /// A name stands twice.
    #[error("`{0}` stands twice")]
    Twice(String),
    /// More than [`NAMED_FILES_CAP`] inputs or outputs, or too many words.
    #[error("too many inputs, outputs, arguments or variables")]
    TooMany,
    /// A guest has no network in this runtime.
    #[error("the grant `{0}` does not exist for wasm")]
    Grant(String),
    /// Arguments or variables that no program could be given.
    #[error("an argument or variable has a NUL, or a variable's name is empty or has `=`")]
    Word,
}

impl RunRequest {
    /// Checks what the types cannot say. The executor does it; the agent may, too.
    pub fn check(&self) -> Result<(), InvalidRequest> {
        let words = self.args.len().saturating_add(self.env.len());
        let most = self.inputs.len().max(self.outputs.len());
        if most > NAMED_FILES_CAP || words > WORDS_CAP {
            return Err(InvalidRequest::TooMany);
        }
        names(self.inputs.iter().map(|input| input.name.as_str()))?;
        names(self.outputs.iter().map(String::as_str))?;
        let named = |key: &String| !key.is_empty() && !key.contains(['=', '\0']);
        let plain = |word: &String| !word.contains('\0');
        if !(self.args.iter().all(plain)
            && self.env.keys().all(named)
            && self.env.values().all(plain))
        {
            return Err(InvalidRequest::Word);
        }
        match self.grants.iter().find(|grant| grant.is_net()) {
            Some(grant) => Err(InvalidRequest::Grant(grant.to_string())),
            None => Ok(()),
        }
    }
}

fn names<'a>(all: impl Iterator<Item = &'a str>) -> Result<(), InvalidRequest> {
    let mut seen = BTreeSet::new();
    for name in all {
        let shown = || name.chars().take(80).collect();
        let plain = name.len() <= 255 && !matches!(name, "" | "." | "..");
        if !plain || name.contains(|c: char| c == '/' || c.is_control()) {
            return Err(InvalidRequest::Name(shown()));
        }
        if !seen.insert(name) {
            return Err(InvalidRequest::Twice(shown()));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::executor::tests_support::plain_request;

    #[test]
    fn names_that_could_leave_their_folder_are_refused() {
        for name in ["", ".", "..", "a/b", "/a", "a\0b", "a\nb", &"x".repeat(256)] {
            let request = RunRequest { outputs: vec![name.to_owned()], ..plain_request() };
            assert!(matches!(request.check(), Err(InvalidRequest::Name(_))), "{name:?}");
        }
    }

    #[test]
    fn a_name_may_stand_once() {
        let twice = vec!["a".to_owned(), "a".to_owned()];
        let request = RunRequest { outputs: twice, ..plain_request() };
        assert_eq!(request.check(), Err(InvalidRequest::Twice("a".to_owned())));
    }

    #[test]
    fn a_network_grant_is_refused() {
        let request = RunRequest { grants: vec![Grant::Egress(443)], ..plain_request() };
        assert!(matches!(request.check(), Err(InvalidRequest::Grant(_))));
        assert_eq!(plain_request().check(), Ok(()));
    }
}
