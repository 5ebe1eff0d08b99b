//! What is derived from the journal and only grows: the hashes of the tree, and where entries stand.
//!
//! ```text
//! tile/<level>   the hashes of one level, 32 bytes each: its C2SP tiles one behind the other
//! tile/places    where the record of every 256th entry begins in the journal, u64 LE
//! ```
//!
//! Both are written behind what is there, after the journal and before the checkpoint that counts
//! them. So whoever follows a checkpoint, this one or an older one, finds every byte that it asks
//! for, whatever is appended meanwhile; and a file that is longer than the journal leads to shows
//! that the journal was longer once.
//!
//! Tiles as files of their own, and entry bundles, are made where they are served:
//! [`Reader::copy_tiles`](crate::Reader::copy_tiles). Kept here they would cost a file and a rename
//! for each 256 entries, and every entry a second time.

use std::fmt;
use std::io;

use crate::fs::{Fs, is_full, read_full, uninterrupted, write_all};
use crate::tree::{Hash, TILE_WIDTH, decimal};

/// The folder of the derived files.
pub(crate) const FOLDER: &str = "tile";
const HASH_BYTES: u64 = 32;
const PLACE_BYTES: u64 = 8;
/// 256^8 entries are more than can be counted.
const LEVELS: u8 = 8;
/// As much is compared with the disk at once while a journal is read.
const PIECE: usize = 64 * 1024;

/// One of the derived files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum TileFile {
    /// The hashes of a level.
    Level(u8),
    /// Where every 256th entry stands.
    Places,
}

impl fmt::Display for TileFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Level(level) => write!(f, "{FOLDER}/{level}"),
            Self::Places => write!(f, "{FOLDER}/places"),
        }
    }
}

impl TileFile {
    /// Reads a path below the ledger's folder.
    pub(crate) fn parse(path: &str) -> Option<Self> {
        match path.strip_prefix(FOLDER)?.strip_prefix('/')? {
            "places" => Some(Self::Places),
            level => decimal(level)
                .filter(|l| *l < u64::from(LEVELS))
                .and_then(|l| u8::try_from(l).ok())
                .map(Self::Level),
        }
    }

    /// Its length beside a journal of `size` entries.
    pub(crate) fn length(self, size: u64) -> u64 {
        match self {
            Self::Level(level) => {
                let hashes = size.checked_shr(u32::from(level).saturating_mul(8)).unwrap_or(0);
                hashes.saturating_mul(HASH_BYTES)
            }
            Self::Places => size.div_ceil(TILE_WIDTH).saturating_mul(PLACE_BYTES),
        }
    }

    /// The journal has at least this many entries if the file is rightly this long.
    pub(crate) fn least_size(self, length: u64) -> u64 {
        match self {
            Self::Level(level) => {
                let leaves =
                    1_u64.checked_shl(u32::from(level).saturating_mul(8)).unwrap_or(u64::MAX);
                length.div_euclid(HASH_BYTES).saturating_mul(leaves)
            }
            Self::Places => match length.div_euclid(PLACE_BYTES) {
                0 => 0,
                places => places.saturating_sub(1).saturating_mul(TILE_WIDTH).saturating_add(1),
            },
        }
    }

    /// The files of a ledger of `size` entries.
    pub(crate) fn all(size: u64) -> impl Iterator<Item = Self> {
        let levels = (0..LEVELS).map(Self::Level).chain([Self::Places]);
        levels.filter(move |file| file.length(size) > 0)
    }
}

/// A file on disk, or on its way there.
#[derive(Debug)]
struct Growing {
    file: TileFile,
    /// So many bytes are on disk, and right.
    done: u64,
    /// What follows them.
    fresh: Vec<u8>,
    /// What lies on disk behind `done` is wrong.
    differs: bool,
    /// Written, but perhaps only in the page cache.
    unsettled: bool,
}

/// What is to be written behind the end of a derived file.
#[derive(Debug)]
pub(crate) struct Piece {
    file: TileFile,
    at: u64,
    bytes: Vec<u8>,
    /// What lies there is wrong.
    cut: bool,
    fate: Fate,
}

/// How far a piece got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Untouched,
    Begun,
    Written,
}

impl Piece {
    pub(crate) fn write<F: Fs>(&mut self, fs: &F) -> io::Result<()> {
        let path = self.file.to_string();
        let file = match uninterrupted(|| fs.open_to_write(&path)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                uninterrupted(|| fs.make_folder(FOLDER))?;
                uninterrupted(|| fs.create(&path))?
            }
            other => other?,
        };
        self.fate = Fate::Begun;
        if self.cut {
            uninterrupted(|| fs.truncate(&file, self.at))?;
        }
        if let Err(error) = write_all(fs, &file, self.at, &self.bytes) {
            if is_full(&error) {
                // Half of it would take up the very room that is missing.
                uninterrupted(|| fs.truncate(&file, self.at))?;
            }
            return Err(error);
        }
        self.fate = Fate::Written;
        Ok(())
    }
}

/// All derived files of one ledger.
#[derive(Debug)]
pub(crate) struct Derived {
    levels: Vec<Growing>,
    places: Growing,
}

impl Default for Derived {
    fn default() -> Self {
        let levels = (0..LEVELS).map(|level| Growing::new(TileFile::Level(level)));
        Self { levels: levels.collect(), places: Growing::new(TileFile::Places) }
    }
}

impl Derived {
    /// Takes in the next hash of a level.
    pub(crate) fn hash(&mut self, level: u8, hash: Hash) {
        if let Some(level) = self.levels.get_mut(usize::from(level)) {
            level.fresh.extend_from_slice(hash.as_bytes());
        }
    }

    /// Takes in where the next 256th entry stands.
    pub(crate) fn place(&mut self, offset: u64) {
        self.places.fresh.extend_from_slice(&offset.to_le_bytes());
    }

    fn files(&mut self) -> impl Iterator<Item = &mut Growing> {
        self.levels.iter_mut().chain([&mut self.places])
    }

    /// Compares what came in with the disk, where a good piece of it has come together.
    pub(crate) fn compare_pieces<F: Fs>(&mut self, fs: &F) -> Result<(), (TileFile, io::Error)> {
        self.files().filter(|file| file.fresh.len() >= PIECE).try_for_each(|file| file.compare(fs))
    }

    /// Compares what came in since, and the lengths. Gives the files that are not as they should be.
    pub(crate) fn compare<F: Fs>(
        &mut self,
        fs: &F,
    ) -> Result<Vec<(TileFile, Found)>, (TileFile, io::Error)> {
        let mut wrong = Vec::new();
        for growing in self.files() {
            growing.compare(fs)?;
            let length = length_on_disk(fs, growing.file).map_err(|e| (growing.file, e))?;
            let right = growing.done.saturating_add(len(&growing.fresh));
            growing.differs |= length.unwrap_or(0) > right;
            if growing.differs {
                let found = if length.is_none() { Found::Nothing } else { Found::OtherBytes };
                wrong.push((growing.file, found));
            }
        }
        wrong.sort_unstable();
        Ok(wrong)
    }

    /// What the files lack, to be written by [`Piece::write`] and given back either way.
    pub(crate) fn take_fresh(&mut self) -> Vec<Piece> {
        self.files().filter_map(Growing::take_fresh).collect()
    }

    /// Takes back what was to be written.
    pub(crate) fn give_back(&mut self, pieces: Vec<Piece>) {
        for piece in pieces {
            if let Some(growing) = self.files().find(|growing| growing.file == piece.file) {
                growing.give_back(piece);
            }
        }
    }

    /// Makes everything written so far survive a power cut.
    pub(crate) fn settle<F: Fs>(&mut self, fs: &F) -> io::Result<()> {
        let mut any = false;
        for growing in self.files().filter(|growing| growing.unsettled) {
            let file = uninterrupted(|| fs.open_to_write(&growing.file.to_string()))?;
            uninterrupted(|| fs.sync(&file))?;
            growing.unsettled = false;
            any = true;
        }
        if any { uninterrupted(|| fs.sync_folder(FOLDER)) } else { Ok(()) }
    }

    /// `len` bytes of a file at `offset`, wherever they are by now; `None` beyond its end.
    pub(crate) fn read<F: Fs>(
        &self,
        fs: &F,
        file: TileFile,
        offset: u64,
        len: usize,
    ) -> io::Result<Option<Vec<u8>>> {
        let growing = match file {
            TileFile::Level(level) => self.levels.get(usize::from(level)),
            TileFile::Places => Some(&self.places),
        };
        let Some(growing) = growing else { return Ok(None) };
        let on_disk =
            growing.done.saturating_sub(offset).min(u64::try_from(len).unwrap_or(u64::MAX));
        let on_disk = usize::try_from(on_disk).unwrap_or(len);
        let mut bytes = match on_disk {
            0 => Some(Vec::new()),
            some => read_piece(fs, file, offset, some)?,
        };
        let from = usize::try_from(offset.saturating_sub(growing.done)).unwrap_or(usize::MAX);
        let missing = len.saturating_sub(on_disk);
        let rest = growing.fresh.get(from..).and_then(|rest| rest.get(..missing));
        if let (Some(bytes), Some(rest)) = (&mut bytes, rest) {
            bytes.extend_from_slice(rest);
        }
        Ok(bytes.filter(|bytes| bytes.len() == len))
    }
}

/// What lies where a derived file should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Found {
    /// Nothing.
    Nothing,
    /// Other bytes, or too few or too many.
    OtherBytes,
}

impl Growing {
    fn new(file: TileFile) -> Self {
        Self { file, done: 0, fresh: Vec::new(), differs: false, unsettled: false }
    }

    /// Takes as done what lies on disk already.
    fn compare<F: Fs>(&mut self, fs: &F) -> Result<(), (TileFile, io::Error)> {
        if self.differs || self.fresh.is_empty() {
            return Ok(());
        }
        let found = read_up_to(fs, self.file, self.done, self.fresh.len());
        let found = found.map_err(|error| (self.file, error))?.unwrap_or_default();
        let equal = || found.iter().zip(&self.fresh).take_while(|(found, right)| found == right);
        let same = if found == self.fresh { found.len() } else { equal().count() };
        self.differs = same < self.fresh.len();
        self.took(same);
        Ok(())
    }

    fn take_fresh(&mut self) -> Option<Piece> {
        let lacks = self.differs || !self.fresh.is_empty();
        lacks.then(|| Piece {
            file: self.file,
            at: self.done,
            bytes: std::mem::take(&mut self.fresh),
            cut: self.differs,
            fate: Fate::Untouched,
        })
    }

    fn give_back(&mut self, piece: Piece) {
        self.unsettled |= piece.fate != Fate::Untouched;
        self.differs = match piece.fate {
            Fate::Untouched => piece.cut,
            Fate::Begun => true,
            Fate::Written => false,
        };
        if piece.fate == Fate::Written {
            self.done = self.done.saturating_add(len(&piece.bytes));
        } else {
            let since = std::mem::replace(&mut self.fresh, piece.bytes);
            self.fresh.extend_from_slice(&since);
        }
    }

    fn took(&mut self, bytes: usize) {
        self.done = self.done.saturating_add(u64::try_from(bytes).unwrap_or(u64::MAX));
        self.fresh.drain(..bytes.min(self.fresh.len()));
        if self.fresh.is_empty() && self.fresh.capacity() > PIECE {
            self.fresh = Vec::new();
        }
    }
}

/// `len` bytes of a file at `offset`; `None` if it is not there or ends before.
pub(crate) fn read_piece<F: Fs>(
    fs: &F,
    file: TileFile,
    offset: u64,
    len: usize,
) -> io::Result<Option<Vec<u8>>> {
    Ok(read_up_to(fs, file, offset, len)?.filter(|bytes| bytes.len() == len))
}

fn read_up_to<F: Fs>(
    fs: &F,
    file: TileFile,
    offset: u64,
    len: usize,
) -> io::Result<Option<Vec<u8>>> {
    let Some(file) = opened(fs, file)? else { return Ok(None) };
    let mut bytes = vec![0; len];
    let filled = read_full(fs, &file, offset, &mut bytes)?;
    bytes.truncate(filled);
    Ok(Some(bytes))
}

/// How long a derived file is; `None` if it is not there.
pub(crate) fn length_on_disk<F: Fs>(fs: &F, file: TileFile) -> io::Result<Option<u64>> {
    let Some(file) = opened(fs, file)? else { return Ok(None) };
    uninterrupted(|| fs.len(&file)).map(Some)
}

fn opened<F: Fs>(fs: &F, file: TileFile) -> io::Result<Option<F::File>> {
    match uninterrupted(|| fs.open(&file.to_string())) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        other => other.map(Some),
    }
}

fn len(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}
