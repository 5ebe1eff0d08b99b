//! What a kernel works on: panels of A and B, laid out as its instructions read them.

/// Four numbers along the depth, of each row or column of a panel. Begins a line of the cache, so that
/// no vector lies across two.
#[derive(Debug, Clone, Copy)]
#[repr(align(64))]
pub(crate) struct Step<T, const WIDTH: usize>(pub(crate) [[T; 4]; WIDTH]);

/// Sums of a tile of C.
#[derive(Debug, Clone, Copy)]
#[repr(align(64))]
pub(crate) struct Tile<const MR: usize, const NR: usize>(pub(crate) [[i32; NR]; MR]);

/// One instruction set's way to multiply a tile of `MR` rows and `NR` columns.
///
/// Both panels go along the depth in steps of four: `A` has four numbers of each row, `B` four of each
/// column, filled up with zeros, which change no sum.
pub(crate) trait Kernel<const MR: usize, const NR: usize>: Copy + Send {
    /// Numbers of A as the instructions want them: plus 128 and taken as unsigned, or as they are.
    const OFFSET: u8;

    /// Adds the products of one step after the other to `tile`. Panels of other lengths than each other
    /// are used as far as both go.
    fn tile(self, a: &[[[u8; 4]; MR]], b: &[Step<i8, NR>], tile: &mut Tile<MR, NR>);

    /// Adds a row of a tile to one of C, which may be shorter at the edge.
    fn add(self, row: &mut [i32], sums: &[i32; NR]) {
        add(row, sums);
    }

    /// Asks for a row of C to be at hand soon.
    fn fetch(self, _row: &[i32]) {}
}

/// In line, so that a kernel gets it in its own instructions.
#[inline(always)]
pub(crate) fn add<const NR: usize>(row: &mut [i32], sums: &[i32; NR]) {
    if let Ok(row) = <&mut [i32; NR]>::try_from(&mut *row) {
        // The same, of a length that the compiler knows.
        for (sum, add) in row.iter_mut().zip(sums) {
            *sum = sum.wrapping_add(*add);
        }
        return;
    }
    for (sum, add) in row.iter_mut().zip(sums) {
        *sum = sum.wrapping_add(*add);
    }
}
