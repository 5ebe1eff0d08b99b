//! What may go from an archive, and its going.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;

use arch_identity::Digest;
use arch_ledger::fs::Fs;
use arch_ledger::{Reader, Record};

use crate::error::ArchiveError;
use crate::store::{Archive, entries};

impl Archive {
    /// Every object that must stay: what the ledger names.
    ///
    /// # Errors
    /// [`ArchiveError`]; whoever cannot read all of it must remove nothing.
    pub fn wanted<F: Fs>(&self, ledger: &Reader<F>) -> Result<BTreeSet<Digest>, ArchiveError> {
        let mut wanted = BTreeSet::new();
        for entry in ledger.entries()? {
            match entry?.record {
                Record::Accepted { module, inputs, .. } => {
                    wanted.extend(inputs.into_values().chain(module));
                }
                Record::Committed { commitments: digest, .. }
                | Record::Diverged { evidence: digest, .. } => {
                    wanted.insert(digest);
                }
                Record::Finished { outputs, logs, reads, .. } => {
                    wanted.extend(outputs.into_values().chain(logs).chain(reads));
                }
                _ => {}
            }
        }
        Ok(wanted)
    }

    /// Removes every object that `wanted` does not want ([`Archive::wanted`]); says how many. The
    /// caller sees to it that nothing is put in meanwhile.
    ///
    /// # Errors
    /// [`ArchiveError`]; what was removed before stays removed.
    // KNOWN GAP: nothing calls this yet, so an archive only grows. It has to run while nobody puts
    // anything in: between the agent's start and its first job, or with the agent stopped.
    pub fn sweep(&self, wanted: impl Fn(&Digest) -> bool) -> Result<u64, ArchiveError> {
        let mut removed = 0_u64;
        for fan in entries(&self.objects())? {
            for path in entries(&fan)? {
                let name =
                    [&fan, &path].map(|p| p.file_name().and_then(OsStr::to_str).unwrap_or(""));
                let digest: Result<Digest, _> = format!("sha256:{}", name.concat()).parse();
                if digest.is_ok_and(|digest| !wanted(&digest)) {
                    self.forget_settled();
                    fs::remove_file(&path).map_err(ArchiveError::io(&path))?;
                    removed = removed.saturating_add(1);
                }
            }
        }
        Ok(removed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sweeping_takes_only_what_nobody_wants() {
        let place = tempfile::tempdir().unwrap();
        let archive = Archive::open(&place.path().join("archive")).unwrap();
        let (kept, gone) = (archive.put(b"kept").unwrap(), archive.put(b"gone").unwrap());
        assert_eq!(archive.sweep(|digest| *digest == kept).unwrap(), 1);
        assert!(archive.has(&kept) && !archive.has(&gone));
    }
}
