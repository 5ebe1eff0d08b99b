//! How much memory a tile takes while it is computed, counted before anything runs: from above, and the
//! same for every instruction set and number of threads, because executor and agent must cut alike.

use arch_matrix::CarrierKind;

/// For threads' handles, lists of work, and what hardly counts.
pub(super) const SLACK: u64 = 64 << 10;
/// The least that files are read and written by.
pub(super) const LEAST_BUFFER: u64 = 4 << 10;
/// The most.
const MOST_BUFFER: u64 = 1 << 20;
/// No more threads are used than that many.
pub(super) const MOST_THREADS: u64 = 64;
/// A thread for so many rows of a tile; each lays out some more than it needs.
pub(super) const ROWS_OF_A_THREAD: u64 = 32;
/// As much of a tile is hashed at once, in columns.
pub(super) const HASHED_COLUMNS: u32 = 1_024;

/// Rows and columns of a tile, and how much of the depth is multiplied at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Size {
    pub(super) rows: u64,
    pub(super) columns: u64,
    pub(super) depth: u64,
}

impl Size {
    /// Bytes for a tile of that size, without the buffer for files and the slack.
    pub(super) fn bytes(&self, kind: CarrierKind) -> u64 {
        let Self { rows, columns, depth } = *self;
        let (number, sum) = (kind.bytes(), kind.sum_bytes());
        let area =
            |one: u64, other: u64, bytes: u64| one.saturating_mul(other).saturating_mul(bytes);
        let factors = add([area(rows, depth, number), area(depth, columns, number)]);
        let c = area(rows, columns, sum);
        let engine = match kind {
            CarrierKind::I8 => self.packed(),
            // The definition gives its product beside the sums so far. Where there is a quicker way, it
            // takes less.
            CarrierKind::I16 | CarrierKind::F32 => c,
        };
        add([factors, c, engine, self.hashed(sum)])
    }

    /// What the multiplier lays out. Its blocks are 2,048 deep, or half of that with numbers of A twice as
    /// wide, and at most 32 columns wide.
    fn packed(&self) -> u64 {
        let deep = self.depth.next_multiple_of(4);
        let parts = self.depth.div_ceil(1_024);
        let threads = self.rows.div_ceil(ROWS_OF_A_THREAD).min(MOST_THREADS);
        let b = deep.saturating_mul(self.columns.next_multiple_of(32));
        // Of each column the sum of each part, and what comes off in the end.
        let sums = self.columns.saturating_mul(4).saturating_mul(parts.saturating_add(1));
        let lists = parts.saturating_mul(128_u64.saturating_add(threads.saturating_mul(256)));
        // Each thread has at most 12 rows more than its share.
        let rows = self.rows.saturating_add(threads.saturating_mul(12));
        add([b, sums, lists, rows.saturating_mul(deep.saturating_mul(2).min(2_048))])
    }

    /// What hashing a tile holds: a row of leaves, or a piece of one, a leaf, and all hashes.
    fn hashed(&self, sum: u64) -> u64 {
        let wide = self.columns.min(HASHED_COLUMNS.into()).saturating_add(64);
        let leaves = self.rows.div_ceil(64).saturating_mul(self.columns.div_ceil(64));
        add([wide.saturating_mul(64).saturating_mul(sum), leaves.saturating_mul(40)])
    }
}

/// The buffer for files, where `over` bytes are left beyond the least.
pub(super) fn buffer(over: u64) -> u64 {
    LEAST_BUFFER.saturating_add(over >> 4).min(MOST_BUFFER)
}

fn add<const N: usize>(bytes: [u64; N]) -> u64 {
    bytes.into_iter().fold(0, u64::saturating_add)
}
