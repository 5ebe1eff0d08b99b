//! What workers write of one part: a file for its values, and a list of the tiles that were hashed.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, Read as _, Write as _},
    os::unix::fs::FileExt as _,
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
};

use arch_kernels::stream::{Commit, Committed, StreamError, Tiles, leaves_of_tile};
use arch_matrix::{
    Cell,
    commit::{Hash, LeafAt, LeafTree},
};
use rustix::{
    fs::{FallocateFlags, Mode, OFlags},
    io::Errno,
};

use super::{
    Product, Run, Share, Stop,
    scratch::{folder, machine, told},
};
use crate::{executor_client::Lost, point::Point, told::Told};

/// What workers write of one part, and what of it was hashed.
#[derive(Debug)]
pub(super) struct Values {
    pub(super) share: Share,
    pub(super) file: File,
    size: u64,
    pub(super) tiles: Tiles,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// For each tile that is done, one hash over its leaves.
    list: File,
    done: BTreeMap<u64, Hash>,
    commit: Commit,
}

/// A tile's number, and the hash over its leaves.
const LINE: usize = 8 + 32;

impl Values {
    /// A block that is computed once more, to be compared.
    pub(super) fn once_more(run: &Run<'_>, share: Share) -> Told<Self> {
        let folder = folder(run.node.places.scratch(), &run.placed.job().digest());
        // Another attempt draws another block, whose values are others at the same places.
        let [kind, row, column, depth] = share.part.numbers();
        let name = format!("again-{}-{kind}-{row}-{column}-{depth}", share.node);
        Self::open(&folder, &name, share, run.product).map_err(|error| told(&folder, &error))
    }

    pub(super) fn open(
        folder: &Path,
        name: &str,
        share: Share,
        product: &Product,
    ) -> io::Result<Self> {
        let tiles = Tiles::new(&product.grid, share.part, product.format, product.memory)
            .map_err(io::Error::other)?;
        let size = product.bytes_of(share.part);
        let file = own_file(&folder.join(format!("{name}.values")))?;
        // All of its room at once: a disk that is full says so now. Some file systems cannot.
        match rustix::fs::fallocate(&file, FallocateFlags::empty(), 0, size) {
            Err(Errno::OPNOTSUPP) => file.set_len(size)?,
            taken => taken?,
        }
        let list = own_file(&folder.join(format!("{name}.tiles")))?;
        let commit = Commit::new(product.format, product.grid, share.part);
        let commit = commit.map_err(io::Error::other)?;
        let state = Mutex::new(State { list, done: BTreeMap::new(), commit });
        let values = Self { share, file, size, tiles, state };
        values.take_up(product)?;
        Ok(values)
    }

    /// Believes of the list what is still true of the values.
    fn take_up(&self, product: &Product) -> io::Result<()> {
        let mut listed = Vec::new();
        self.state().list.read_to_end(&mut listed)?;
        let lines = listed.as_chunks::<LINE>().0;
        let mut kept = Vec::new();
        for line in lines {
            let Some((number, hash)) = line.split_first_chunk::<8>() else { continue };
            let tile = u64::from_le_bytes(*number);
            let Some((found, leaves)) = self.hash(product, tile).map_err(io::Error::other)? else {
                continue;
            };
            if found.as_bytes().as_slice() == hash && self.note(tile, found, leaves) {
                kept.extend_from_slice(line);
            }
        }
        if kept.len() < listed.len() {
            let mut state = self.state();
            rustix::fs::ftruncate(&state.list, 0)?;
            rustix::fs::seek(&state.list, rustix::fs::SeekFrom::Start(0))?;
            state.list.write_all(&kept)?;
        }
        Ok(())
    }

    /// Tiles that are still to be computed, as runs of numbers: where each begins, and how many.
    pub(super) fn missing(&self) -> Vec<(u64, u64)> {
        let state = self.state();
        let mut runs: Vec<(u64, u64)> = Vec::new();
        for tile in (0..self.tiles.len()).filter(|tile| !state.done.contains_key(tile)) {
            match runs.last_mut() {
                Some((first, count)) if first.saturating_add(*count) == tile => {
                    *count = count.saturating_add(1);
                }
                _ => runs.push((tile, 1)),
            }
        }
        runs
    }

    /// Whether every tile was written and hashed.
    pub(super) fn is_whole(&self) -> bool {
        u64::try_from(self.state().done.len()) == Ok(self.tiles.len())
    }

    /// Hashes a tile that a worker says it has written, and puts it on the list.
    pub(super) fn done(&self, product: &Product, tile: u64) -> Result<(), Stop> {
        if self.file.metadata().map_err(|error| machine(&error))?.len() != self.size {
            // Nobody but the executor could: it has the room that it was given, and no more.
            let _ = self.file.set_len(self.size);
            return Err(Lost("it changed the length of a file of values".to_owned()).into());
        }
        let Some((hash, leaves)) = self.hash(product, tile)? else { return Ok(()) };
        if self.note(tile, hash, leaves) {
            let mut line = [0; LINE];
            line[..8].copy_from_slice(&tile.to_le_bytes());
            line[8..].copy_from_slice(hash.as_bytes());
            let listed = self.state().list.write_all(&line);
            listed.map_err(|error| machine(&error))?;
            Point::Hashed.reached();
        }
        Ok(())
    }

    fn hash(&self, product: &Product, tile: u64) -> Result<Option<Hashed>, StreamError> {
        let Some(tile) = self.tiles.get(tile) else { return Ok(None) };
        let leaves =
            leaves_of_tile(&product.grid, self.share.part, product.format, &tile, &self.file)?;
        let all = LeafTree::new(leaves.iter().map(|(_, hash)| *hash).collect());
        Ok(Some((all.root(), leaves)))
    }

    /// Whether it was not known before.
    fn note(&self, tile: u64, hash: Hash, leaves: Vec<(u64, Hash)>) -> bool {
        let Some(place) = self.tiles.get(tile) else { return false };
        let mut state = self.state();
        if state.done.contains_key(&tile) || state.commit.take(place.cell, leaves).is_err() {
            return false;
        }
        state.done.insert(tile, hash).is_none()
    }

    /// The values of a leaf as they stand here now, row by row, lowest byte first. None if the part has no
    /// such leaf, or its file cannot be read.
    pub(super) fn leaf(&self, product: &Product, cell: Cell, leaf: &LeafAt) -> Option<Vec<u8>> {
        let region = self.share.part.region(&product.grid)?;
        let place = product.grid.cell(cell);
        let width = product.format.carrier().sum_bytes();
        let (_, columns) = region.size();
        let (left, right) = (leaf.column_range().start, leaf.column_range().end);
        let column = place.columns.start.checked_sub(region.columns.start)?.checked_add(left)?;
        let length =
            usize::try_from(u64::from(right.checked_sub(left)?).checked_mul(width)?).ok()?;
        let mut bytes = Vec::new();
        for row in leaf.row_range() {
            let row = place.rows.start.checked_sub(region.rows.start)?.checked_add(row)?;
            let number = u64::from(row).checked_mul(columns.into())?.checked_add(column.into())?;
            let mut line = vec![0; length];
            self.file.read_exact_at(&mut line, number.checked_mul(width)?).ok()?;
            bytes.extend_from_slice(&line);
        }
        Some(bytes)
    }

    /// What was hashed, once all of it was.
    pub(super) fn committed(&self) -> Result<Committed, StreamError> {
        self.state().commit.clone().finish()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A tile is in the list or it is computed once more.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The root over a tile's leaves, and the leaves.
type Hashed = (Hash, Vec<(u64, Hash)>);

fn own_file(path: &Path) -> io::Result<File> {
    let flags = OFlags::RDWR | OFlags::CREATE | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    Ok(File::from(rustix::fs::open(path, flags, Mode::RUSR | Mode::WUSR)?))
}
