//! What a power cut or a kill could leave on disk.

use std::collections::BTreeMap;

use super::disk::{Disk, Op};
use super::memory::MemFs;

const SECTOR: usize = 512;

/// One folder as it may be found after a crash.
#[derive(Debug, Clone)]
pub struct CrashState {
    /// After how many operations the crash came.
    pub after: usize,
    /// What was kept and what was lost.
    pub what: String,
    /// The files found.
    pub files: BTreeMap<String, Vec<u8>>,
}

/// Which of the writes that were not synced survive.
#[derive(Debug, Clone, Copy)]
enum Data {
    All,
    None,
    /// All but the one at this operation, which leaves a hole.
    AllBut(usize),
    /// The one at this operation only up to so many bytes; the rest of it is zeros.
    Torn(usize, usize),
    /// As `Torn`, but the file ends there.
    Short(usize, usize),
}

impl MemFs {
    /// Every state that the operations since the last [`MemFs::forget`] could be left in, after each
    /// of them: names and data kept or lost, each unsynced write lost or torn by itself.
    ///
    /// The folder must have been empty, or settled, when recording began; its files then are `base`.
    #[must_use]
    pub fn crash_states(&self, base: &BTreeMap<String, Vec<u8>>) -> Vec<CrashState> {
        let ops = self.inner().disk.ops.clone();
        let mut states = Vec::new();
        for after in 0..=ops.len() {
            let done = ops.get(..after).unwrap_or_default();
            let mut push = |what: String, names: usize, data: Data| {
                states.push(CrashState { after, what, files: replay(base, done, names, data) });
            };
            push("killed".to_owned(), after, Data::All);
            push("unsynced data lost".to_owned(), after, Data::None);
            push("unsynced names lost".to_owned(), 0, Data::All);
            push("all unsynced lost".to_owned(), 0, Data::None);
            // One write lost among others shows only once names or other files have moved on.
            let moved_on = matches!(done.last(), Some(Op::Rename { .. } | Op::Sync { .. }));
            for lost in unsynced(done).into_iter().filter(|_| moved_on) {
                push(format!("write {lost} lost"), after, Data::AllBut(lost));
            }
            // A write is torn when it is the newest, or was renamed since by the newest.
            let (newest, name) = match done {
                [.., Op::Write { .. }] => (after.saturating_sub(1), "write"),
                [.., Op::Write { .. }, Op::Rename { to, .. }] => {
                    (after.saturating_sub(2), to.as_str())
                }
                _ => continue,
            };
            let Some(Op::Write { bytes, .. }) = done.get(newest) else { continue };
            for at in (0..bytes.len()).step_by(SECTOR) {
                push(format!("{name} torn at {at}"), after, Data::Torn(newest, at));
                push(format!("{name} cut at {at}"), after, Data::Short(newest, at));
            }
        }
        states
    }
}

/// Whether the folder that the change of a name shows in was synced after it.
fn is_safe_name(ops: &[Op], at: usize, op: &Op) -> bool {
    let (Op::Create { path, .. }
    | Op::Rename { to: path, .. }
    | Op::Remove { path }
    | Op::MakeFolder { path }) = op
    else {
        return false;
    };
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    ops.iter().skip(at).any(|op| matches!(op, Op::SyncFolder { path } if path == folder))
}

/// The writes that no later sync of the same file made safe.
fn unsynced(ops: &[Op]) -> Vec<usize> {
    let safe = |at: usize, file: u64| {
        let later = ops.iter().skip(at);
        later.into_iter().any(|op| matches!(op, Op::Sync { file: synced } if *synced == file))
    };
    let writes = ops.iter().enumerate().filter_map(|(at, op)| match op {
        Op::Write { file, .. } => Some((at, *file)),
        _ => None,
    });
    writes.filter(|(at, file)| !safe(*at, *file)).map(|(at, _)| at).collect()
}

fn replay(
    base: &BTreeMap<String, Vec<u8>>,
    ops: &[Op],
    names: usize,
    data: Data,
) -> BTreeMap<String, Vec<u8>> {
    let mut disk = Disk::with(base);
    let mut content = disk.clone();
    for (at, op) in ops.iter().enumerate() {
        match op {
            Op::Write { file, .. } | Op::Truncate { file, .. } => {
                let safe =
                    ops.iter().skip(at).any(|op| matches!(op, Op::Sync { file: f } if f == file));
                let left = if safe { Some(op.clone()) } else { survivor(at, op, data) };
                left.iter().for_each(|op| content.apply(op));
            }
            // A file that was made exists for its writer, whether or not its name survives.
            Op::Create { .. } => {
                content.apply(op);
                if at < names || is_safe_name(ops, at, op) {
                    disk.apply(op);
                }
            }
            _ if at < names || is_safe_name(ops, at, op) => disk.apply(op),
            _ => {}
        }
    }
    let bytes = |file: &u64| content.files.get(file).cloned().unwrap_or_default();
    disk.names.iter().map(|(path, file)| (path.clone(), bytes(file))).collect()
}

/// What is left of an unsynced change of a file.
fn survivor(at: usize, op: &Op, data: Data) -> Option<Op> {
    let torn = |keep: usize, zeros: bool| match op {
        Op::Write { file, offset, bytes } => {
            let mut kept = bytes.get(..keep).unwrap_or(bytes).to_vec();
            if zeros {
                kept.resize(bytes.len(), 0);
            }
            Some(Op::Write { file: *file, offset: *offset, bytes: kept })
        }
        other => Some(other.clone()),
    };
    match data {
        Data::None => None,
        Data::AllBut(lost) if lost == at => None,
        Data::Torn(newest, keep) if newest == at => torn(keep, true),
        Data::Short(newest, keep) if newest == at => torn(keep, false),
        _ => Some(op.clone()),
    }
}
