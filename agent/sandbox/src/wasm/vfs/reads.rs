//! Which files the guest read through its read grants, and what was in them.

use std::collections::BTreeMap;

use arch_identity::Digest;

use super::path::GuestPath;
use crate::wasm::meter::Meter;
use crate::wasm::stop::Stop;

/// What one file's line costs beside its path, in bytes: the entry, and the line at the end.
const NOTE: u64 = 256;

/// Digest and size of every file read, by path.
#[derive(Debug, Default)]
pub(crate) struct Reads {
    seen: BTreeMap<GuestPath, (Digest, u64)>,
}

impl Reads {
    /// Notes that `bytes` were at `path`. Other bytes than before end the run, and so does a list
    /// that needs more memory than the run has.
    pub(crate) fn note(
        &mut self,
        path: &GuestPath,
        bytes: &[u8],
        meter: &Meter,
    ) -> Result<(), Stop> {
        let size = super::length(bytes);
        if !self.seen.contains_key(path) {
            let cost = super::length(path.as_str().as_bytes()).saturating_add(NOTE);
            meter.take(cost).ok_or(Stop::MemoryCap)?;
        }
        let now = (Digest::of(bytes), size);
        match self.seen.insert(path.clone(), now) {
            Some(before) if before != now => Err(Stop::InputChanged(path.to_string())),
            _ => Ok(()),
        }
    }

    /// Lines `sha256:… size path`, sorted; `None` if nothing was read.
    pub(crate) fn lines(&self) -> Option<Vec<u8>> {
        let mut lines: Vec<String> = self.seen.iter().map(line).collect();
        lines.sort_unstable();
        (!lines.is_empty()).then(|| lines.concat().into_bytes())
    }
}

// A name may hold a line break: it is written as `\n`, and `\` as `\\`, so that none forges a line.
fn line((path, (digest, size)): (&GuestPath, &(Digest, u64))) -> String {
    let path = path.as_str().replace('\\', "\\\\").replace('\n', "\\n");
    format!("{digest} {size} {path}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_break_in_a_name_forges_no_line() {
        let mut reads = Reads::default();
        reads
            .note(&GuestPath::absolute("/a\nsha256:0 1 /b").unwrap(), b"x", &Meter::new(1 << 20))
            .unwrap();
        let text = String::from_utf8(reads.lines().unwrap()).unwrap();
        assert_eq!(text.lines().count(), 1);
    }

    #[test]
    fn other_bytes_at_a_second_reading_end_the_run() {
        let (mut reads, path) = (Reads::default(), GuestPath::absolute("/a").unwrap());
        reads.note(&path, b"x", &Meter::new(1 << 20)).unwrap();
        reads.note(&path, b"x", &Meter::new(1 << 20)).unwrap();
        assert_eq!(
            reads.note(&path, b"y", &Meter::new(1 << 20)),
            Err(Stop::InputChanged("/a".into()))
        );
    }

    #[test]
    fn a_list_that_grows_beyond_the_runs_memory_ends_it() {
        let (mut reads, meter) = (Reads::default(), Meter::new(NOTE * 2));
        let path = |name: &str| GuestPath::absolute(name).unwrap();
        reads.note(&path("/a"), b"x", &meter).unwrap();
        reads.note(&path("/a"), b"x", &meter).unwrap();
        assert_eq!(reads.note(&path("/b"), b"x", &meter), Err(Stop::MemoryCap));
    }
}
