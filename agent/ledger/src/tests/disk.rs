//! What a disk may hold after a crash: more states than [`MemFs::crash_states`] lists.
//!
//! The disk modelled here owes us nothing but its syncs. Of everything that was not synced, *any*
//! subset may be there: a write whole, not at all, up to a sector's end with zeros or nothing behind
//! it, or in any subset of its sectors; a name made, moved or removed, each by itself. A move is one
//! step: the file is at its old place or at the new one.

use std::collections::{BTreeMap, BTreeSet};

use arch_campaign::Case;

use crate::fault::{MemFs, Op};

const SECTOR: usize = 512;
/// Up to so many changes that are not synced, every subset of them is listed.
const FEW: usize = 7;

pub(crate) type Files = BTreeMap<String, Vec<u8>>;

/// What an operation does to names, with the file that it meant.
#[derive(Debug, Clone)]
enum Naming {
    Put { path: String, file: u64 },
    Move { from: String, to: String, file: u64 },
    Drop { path: String },
    Folder { path: String },
}

/// A disk that a sequence of operations was done to.
#[derive(Debug)]
pub(crate) struct Disk {
    base: MemFs,
    ops: Vec<Op>,
    naming: Vec<Option<Naming>>,
}

/// Which of the changes that may be lost are kept.
#[derive(Debug, Clone)]
pub(crate) enum Kept {
    All,
    None,
    /// Those before this operation.
    Before(usize),
    AllBut(usize),
    Only(usize),
    These(BTreeSet<usize>),
}

/// How a write is torn.
#[derive(Debug, Clone)]
pub(crate) enum Tear {
    /// Zeros from here on.
    Zeros(usize),
    /// Nothing from here on.
    Short(usize),
    /// Zeros, or what was there before, in place of the sectors that begin here.
    Without(BTreeSet<usize>),
}

/// One crash.
#[derive(Debug, Clone)]
pub(crate) struct Crash {
    /// After so many operations.
    pub(crate) after: usize,
    names: Kept,
    data: Kept,
    torn: BTreeMap<usize, Tear>,
}

/// The operations that a crash may undo.
struct Open {
    names: Vec<usize>,
    /// Of files that can be reached by a name.
    data: Vec<usize>,
}

impl Kept {
    fn keeps(&self, op: usize) -> bool {
        match self {
            Self::All => true,
            Self::None => false,
            Self::Before(end) => op < *end,
            Self::AllBut(lost) => op != *lost,
            Self::Only(kept) => op == *kept,
            Self::These(kept) => kept.contains(&op),
        }
    }
}

impl Crash {
    fn new(after: usize, names: Kept, data: Kept) -> Self {
        Self { after, names, data, torn: BTreeMap::new() }
    }

    /// With one write torn.
    fn tear(mut self, op: usize, tear: Tear) -> Self {
        self.torn.insert(op, tear);
        self
    }
}

fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

impl Naming {
    fn path(&self) -> &str {
        match self {
            Self::Put { path, .. } | Self::Drop { path } | Self::Folder { path } => path,
            Self::Move { to, .. } => to,
        }
    }
}

impl Disk {
    /// Everything in `base` is safe; what `fs` did to it since is not.
    pub(crate) fn new(base: &Files, fs: &MemFs) -> Self {
        let (base, ops) = (MemFs::with(base), fs.inner().disk.ops.clone());
        let mut live = base.inner().disk.clone();
        let naming = ops.iter().map(|op| {
            let naming = match op {
                Op::Create { path, file } => Some(Naming::Put { path: path.clone(), file: *file }),
                Op::Rename { from, to } => live.names.get(from).map(|file| Naming::Move {
                    from: from.clone(),
                    to: to.clone(),
                    file: *file,
                }),
                Op::Remove { path } => Some(Naming::Drop { path: path.clone() }),
                Op::MakeFolder { path } => Some(Naming::Folder { path: path.clone() }),
                _ => None,
            };
            live.apply(op);
            naming
        });
        let naming = naming.collect();
        Self { base, ops, naming }
    }

    pub(crate) fn len(&self) -> usize {
        self.ops.len()
    }

    /// The files as a running process sees them after each number of operations.
    pub(crate) fn live(&self) -> Vec<Files> {
        let mut live = self.base.inner().disk.clone();
        let mut all = vec![live.content()];
        for op in &self.ops {
            live.apply(op);
            all.push(live.content());
        }
        all
    }

    /// Which of the first operations no crash can undo.
    fn safe(&self, after: usize) -> Vec<bool> {
        let (mut synced, mut folders) = (BTreeSet::new(), BTreeSet::new());
        let mut safe = vec![true; after];
        for at in (0..after).rev() {
            match &self.ops[at] {
                Op::Sync { file } => drop(synced.insert(*file)),
                Op::SyncFolder { path } => drop(folders.insert(path.as_str())),
                Op::Write { file, .. } | Op::Truncate { file, .. } => {
                    safe[at] = synced.contains(file);
                }
                _ => {
                    let path = self.naming[at].as_ref().map(|naming| parent(naming.path()));
                    safe[at] = path.is_some_and(|path| folders.contains(path));
                }
            }
        }
        safe
    }

    /// What is not safe after so many operations.
    fn open(&self, after: usize) -> Open {
        let safe = self.safe(after);
        let reachable = self.names_after(after, &safe, &Kept::All);
        let reachable: BTreeSet<u64> = reachable.into_values().collect();
        let mut open = Open { names: Vec::new(), data: Vec::new() };
        for at in (0..after).filter(|at| !safe[*at]) {
            match &self.ops[at] {
                Op::Write { file, .. } | Op::Truncate { file, .. } => {
                    open.data.extend(reachable.contains(file).then_some(at));
                }
                _ => open.names.push(at),
            }
        }
        open
    }

    /// Which name leads to which file.
    fn names_after(&self, after: usize, safe: &[bool], kept: &Kept) -> BTreeMap<String, u64> {
        let (mut names, mut folders) = {
            let base = &self.base.inner().disk;
            (base.names.clone(), base.folders.clone())
        };
        for (at, (naming, safe)) in self.naming.iter().zip(safe).take(after).enumerate() {
            let Some(naming) = naming else { continue };
            if !kept.keeps(at) && !safe {
                continue;
            }
            match naming {
                Naming::Put { path, file } => drop(names.insert(path.clone(), *file)),
                Naming::Move { from, to, file } => {
                    if names.get(from) == Some(file) {
                        names.remove(from);
                    }
                    names.insert(to.clone(), *file);
                }
                Naming::Drop { path } => drop(names.remove(path)),
                Naming::Folder { path } => drop(folders.insert(path.clone(), ())),
            }
        }
        // A name in a folder that is not there leads nowhere.
        let there = |path: &String| {
            crate::layout::folders_above(path).all(|folder| folders.contains_key(folder))
        };
        names.retain(|path, _| there(path));
        names
    }

    /// What lies on the disk.
    pub(crate) fn after(&self, crash: &Crash) -> Files {
        let safe = self.safe(crash.after);
        let mut content = self.base.inner().disk.files.clone();
        for (at, op) in self.ops[..crash.after].iter().enumerate() {
            let (Op::Write { file, .. } | Op::Truncate { file, .. }) = op else { continue };
            let place = content.entry(*file).or_default();
            let tear = crash.torn.get(&at);
            if safe[at] {
                write(place, op, None);
            } else if tear.is_some() || crash.data.keeps(at) {
                write(place, op, tear);
            }
        }
        let names = self.names_after(crash.after, &safe, &crash.names);
        let bytes = |file: u64| content.get(&file).cloned().unwrap_or_default();
        names.into_iter().map(|(path, file)| (path, bytes(file))).collect()
    }

    /// What is left after so many operations when no write survives that was not synced.
    pub(crate) fn without_data(&self, after: usize) -> Files {
        self.after(&Crash::new(after, Kept::All, Kept::None))
    }

    /// And no name either.
    pub(crate) fn without_data_and_names(&self, after: usize) -> Files {
        self.after(&Crash::new(after, Kept::None, Kept::None))
    }

    /// Every crash with one kind of loss; every subset where few changes may be lost.
    pub(crate) fn every_crash(&self) -> Vec<Crash> {
        let mut crashes = Vec::new();
        for after in 0..=self.ops.len() {
            let open = self.open(after);
            for data in [Kept::All, Kept::None] {
                let whole = [Kept::All, Kept::None].into_iter();
                let names = whole
                    .chain(open.names.iter().skip(1).map(|end| Kept::Before(*end)))
                    .chain(open.names.iter().map(|lost| Kept::AllBut(*lost)));
                crashes.extend(names.map(|names| Crash::new(after, names, data.clone())));
            }
            for names in [Kept::All, Kept::None] {
                let single = open.data.iter().flat_map(|op| [Kept::AllBut(*op), Kept::Only(*op)]);
                crashes.extend(single.map(|data| Crash::new(after, names.clone(), data)));
            }
            if open.names.len() + open.data.len() <= FEW {
                crashes.extend(every_subset(after, &open));
            }
            crashes.extend(self.every_tear(after, &open));
        }
        crashes
    }

    fn every_tear(&self, after: usize, open: &Open) -> Vec<Crash> {
        let mut crashes = Vec::new();
        for op in &open.data {
            let Op::Write { offset, bytes, .. } = &self.ops[*op] else { continue };
            for (at, _) in sectors(*offset, bytes) {
                for tear in [Tear::Zeros(at), Tear::Short(at)] {
                    let crash = |data| Crash::new(after, Kept::All, data).tear(*op, tear.clone());
                    crashes.extend([Kept::All, Kept::None].map(crash));
                }
            }
        }
        crashes
    }

    /// A crash with any subset of everything lost or torn.
    pub(crate) fn draw(&self, case: &mut Case) -> Crash {
        let after = case.index(self.ops.len() + 1);
        let open = self.open(after);
        let (often, of) = (case.below(9), 8);
        let mut some = |all: &[usize]| {
            all.iter().copied().filter(|_| case.below(of) < often).collect::<BTreeSet<_>>()
        };
        let (names, data) = (some(&open.names), some(&open.data));
        let mut crash = Crash::new(after, Kept::These(names), Kept::These(data));
        for op in &open.data {
            let Op::Write { offset, bytes, .. } = &self.ops[*op] else { continue };
            if bytes.is_empty() || !case.once_in(3) {
                continue;
            }
            let all: Vec<usize> = sectors(*offset, bytes).map(|(at, _)| at).collect();
            let at = *case.pick(&all);
            let tear = match case.below(4) {
                0 => Tear::Zeros(at),
                1 => Tear::Short(at),
                _ => Tear::Without(all.into_iter().filter(|_| case.below(of) >= often).collect()),
            };
            crash = crash.tear(*op, tear);
        }
        crash
    }
}

fn every_subset(after: usize, open: &Open) -> Vec<Crash> {
    let all: Vec<usize> = open.names.iter().chain(&open.data).copied().collect();
    let subset = |mask: usize| {
        let kept = all.iter().enumerate().filter(|(bit, _)| mask & (1 << bit) != 0);
        let kept = Kept::These(kept.map(|(_, op)| *op).collect());
        Crash::new(after, kept.clone(), kept)
    };
    (0..1 << all.len()).map(subset).collect()
}

/// The parts of a write that lie in one sector each, and where in it they begin.
fn sectors(offset: usize, bytes: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let first = (SECTOR - offset % SECTOR).min(bytes.len());
    let (head, rest) = bytes.split_at(first);
    let rest = rest.chunks(SECTOR).enumerate().map(move |(n, part)| (first + n * SECTOR, part));
    std::iter::once((0, head)).filter(|(_, head)| !head.is_empty()).chain(rest)
}

fn write(content: &mut Vec<u8>, op: &Op, tear: Option<&Tear>) {
    match (op, tear) {
        (Op::Truncate { len, .. }, _) => content.resize(*len, 0),
        (Op::Write { offset, bytes, .. }, None) => put(content, *offset, bytes),
        (Op::Write { offset, bytes, .. }, Some(Tear::Short(at))) => {
            put(content, *offset, &bytes[..*at]);
        }
        (Op::Write { offset, bytes, .. }, Some(Tear::Zeros(at))) => {
            let mut torn = bytes[..*at].to_vec();
            torn.resize(bytes.len(), 0);
            put(content, *offset, &torn);
        }
        (Op::Write { offset, bytes, .. }, Some(Tear::Without(lost))) => {
            // The file has its new length, and where a sector is missing what was there before.
            let before = content.len().max(offset + bytes.len());
            content.resize(before, 0);
            for (at, part) in sectors(*offset, bytes) {
                if !lost.contains(&at) {
                    put(content, offset + at, part);
                }
            }
        }
        _ => {}
    }
}

fn put(content: &mut Vec<u8>, offset: usize, bytes: &[u8]) {
    let end = offset + bytes.len();
    if content.len() < end {
        content.resize(end, 0);
    }
    content[offset..end].copy_from_slice(bytes);
}
