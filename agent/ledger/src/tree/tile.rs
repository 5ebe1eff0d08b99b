//! Where the tiles of a tree lie, C2SP tlog-tiles "Merkle Tree" and "Log entries".
//!
//! Source: c2sp.org/tlog-tiles. `tile/<L>/<N>[.p/<W>]` holds hashes, `tile/entries/<N>[.p/<W>]`
//! the entries themselves; `<N>` is written in groups of three digits, all but the last with `x`.

use std::fmt;

/// Hashes in a full tile, entries in a full bundle.
pub const TILE_WIDTH: u64 = 256;

/// A tile of hashes as a tree of a given size has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct TileAt {
    /// 0 holds leaf hashes, each level above the roots of full tiles below.
    pub level: u8,
    /// Counted from the left, from 0.
    pub index: u64,
    /// Hashes in it, 1 to 256.
    pub width: u16,
}

/// The path of one derived file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TilePath {
    /// Hashes.
    Hashes(TileAt),
    /// Entries, each behind its length as big-endian `u16`.
    Entries {
        /// Counted from the left, from 0.
        index: u64,
        /// Entries in it, 1 to 256.
        width: u16,
    },
}

impl TilePath {
    /// Reads a path below the ledger's folder; only the one spelling that [`TilePath`] writes.
    #[must_use]
    pub fn parse(path: &str) -> Option<Self> {
        let rest = path.strip_prefix("tile/")?;
        let (level, place) = rest.split_once('/')?;
        let (number, width) = match place.split_once(".p/") {
            Some((number, width)) => (number, decimal(width).filter(|w| (1..256).contains(w))?),
            None => (place, TILE_WIDTH),
        };
        let (index, width) = (tile_number(number)?, u16::try_from(width).ok()?);
        if level == "entries" {
            return Some(Self::Entries { index, width });
        }
        let level = decimal(level).filter(|l| *l < 64).and_then(|l| u8::try_from(l).ok())?;
        Some(Self::Hashes(TileAt { level, index, width }))
    }
}

impl fmt::Display for TilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (index, width) = match self {
            Self::Hashes(tile) => {
                write!(f, "tile/{}/", tile.level)?;
                (tile.index, tile.width)
            }
            Self::Entries { index, width } => {
                f.write_str("tile/entries/")?;
                (*index, *width)
            }
        };
        let width_in_digits = index.to_string().len().next_multiple_of(3);
        let padded = format!("{index:0width_in_digits$}");
        let groups: Vec<&str> =
            (0..padded.len()).step_by(3).filter_map(|at| padded.get(at..)?.get(..3)).collect();
        if let Some((last, before)) = groups.split_last() {
            for group in before {
                write!(f, "x{group}/")?;
            }
            f.write_str(last)?;
        }
        if u64::from(width) < TILE_WIDTH { write!(f, ".p/{width}") } else { Ok(()) }
    }
}

fn tile_number(text: &str) -> Option<u64> {
    let mut number = 0_u64;
    let mut groups = text.split('/').peekable();
    while let Some(group) = groups.next() {
        let digits = if groups.peek().is_some() { group.strip_prefix('x')? } else { group };
        if digits.len() != 3 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        number = number.checked_mul(1000)?.checked_add(digits.parse().ok()?)?;
    }
    // `x000/017` would be a second name of tile 17.
    (text.starts_with("x000/")).then_some(()).map_or(Some(number), |()| None)
}

/// A decimal number without sign or leading zeros.
pub(crate) fn decimal(text: &str) -> Option<u64> {
    let plain = text == "0" || (!text.starts_with('0') && text.bytes().all(|b| b.is_ascii_digit()));
    if plain { text.parse().ok() } else { None }
}

/// The tile of `level` and `index` as a tree of `size` leaves has it; `None` if it has none there.
pub(crate) fn tile_in(size: u64, level: u8, index: u64) -> Option<TileAt> {
    let hashes = size >> 8_u32.checked_mul(u32::from(level)).filter(|shift| *shift < 64)?;
    let width = hashes.saturating_sub(index.checked_mul(TILE_WIDTH)?).min(TILE_WIDTH);
    let width = u16::try_from(width).ok().filter(|w| *w > 0)?;
    Some(TileAt { level, index, width })
}

/// Every derived file of a tree of `size` leaves: full and partial tiles and entry bundles.
pub fn tiles_of(size: u64) -> impl Iterator<Item = TilePath> {
    let row = move |level: u8| (0..).map_while(move |index| tile_in(size, level, index));
    let hashes = (0..8).flat_map(row).map(TilePath::Hashes);
    let entries = row(0).map(|tile| TilePath::Entries { index: tile.index, width: tile.width });
    hashes.chain(entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(size: u64) -> Vec<String> {
        tiles_of(size).map(|tile| tile.to_string()).filter(|path| path.contains(".p/")).collect()
    }

    #[test]
    fn the_example_of_the_specification_comes_out() {
        // "a tree of size 70,000": 273 full and one of 112, one full and one of 17, one of 1.
        let partial =
            ["tile/0/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1", "tile/entries/273.p/112"];
        assert_eq!(text(70_000), partial);
        assert_eq!(tiles_of(70_000).count(), 274 + 2 + 1 + 274);
        assert_eq!(text(256), ["tile/1/000.p/1"]);
        assert_eq!(tiles_of(0).count(), 0);
    }

    #[test]
    fn a_large_index_is_written_in_groups_of_three() {
        let at = TileAt { level: 0, index: 1_234_067, width: 256 };
        assert_eq!(TilePath::Hashes(at).to_string(), "tile/0/x001/x234/067");
        let at = TileAt { level: 0, index: 12_345, width: 1 };
        assert_eq!(TilePath::Hashes(at).to_string(), "tile/0/x012/345.p/1");
        let at = TileAt { level: 0, index: 1000, width: 256 };
        assert_eq!(TilePath::Hashes(at).to_string(), "tile/0/x001/000");
    }

    #[test]
    fn a_path_reads_back_and_has_no_second_spelling() {
        for size in [1, 2, 255, 256, 257, 1000, 65_536, 70_000] {
            for tile in tiles_of(size) {
                assert_eq!(TilePath::parse(&tile.to_string()), Some(tile));
            }
        }
        let others = "tile/0/x000/017 tile/00/017 tile/0/17 tile/0/017.p/0 tile/0/017.p/256 \
            tile/0/017.p/01 tile/64/000 tile/0/017/ tile/0/x1/017 tile/0/ tile/entries/+17 tile/0/017.p/";
        for path in others.split_whitespace() {
            assert_eq!(TilePath::parse(path), None, "{path}");
        }
    }
}
