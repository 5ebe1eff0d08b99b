//! What a kernel works on: panels of A and B, laid out as its instructions read them.

/// Four numbers along the depth, of each row or column of a panel. Begins a line of the cache, so that
/// no vector lies across two.
#[derive(Debug, Clone, Copy)]
#[repr(align(64))]
pub(crate) struct Step<const WIDTH: usize>(pub(crate) [[i8; 4]; WIDTH]);

/// Sums of a patch of C.
#[derive(Debug, Clone, Copy)]
#[repr(align(64))]
pub(crate) struct Patch<const MR: usize, const NR: usize>(pub(crate) [[i32; NR]; MR]);

/// What becomes of a patch: it is the first for its place in C, or comes on top.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Onto<'a> {
    /// C was not written yet; these come off each column.
    Nothing(&'a [i32]),
    /// C has sums of another product, and these come off each column.
    Others(&'a [i32]),
    /// C has the sums so far.
    Sums,
}

/// One instruction set's way to multiply a patch of `MR` rows and `NR` columns.
///
/// Both panels go along the depth in steps of four: `A` has four numbers of each row, `B` four of each
/// column, filled up with zeros, which change no sum.
pub(crate) trait Kernel<const MR: usize, const NR: usize>: Copy + Send + Sync {
    /// Numbers of A as the instructions want them: plus 128 and taken as unsigned, or as they are.
    const OFFSET: u8;

    /// The products of one step after the other, added up. Panels of other lengths than each other are
    /// used as far as both go.
    fn multiply(self, a: &[[[u8; 4]; MR]], b: &[Step<NR>], patch: &mut Patch<MR, NR>);

    /// Puts a patch into rows of C that are `width` long, from the column `at` on; what lies beyond C is
    /// dropped.
    fn put(self, patch: &Patch<MR, NR>, c: &mut [i32], width: usize, at: usize, onto: Onto<'_>) {
        put(patch, c, width, at, onto);
    }

    /// Lays out four rows of B side by side, panel by panel, and adds them to the sums of the columns.
    fn lay_out(self, rows: [&[i8]; 4], places: Places<'_, NR>, sums: &mut [i32]) {
        lay_out(rows, places, sums);
    }

    /// Asks for a part of C to be at hand soon.
    fn fetch(self, _row: &[i32]) {}
}

/// One step of every panel.
pub(crate) type Places<'a, const NR: usize> =
    std::iter::StepBy<std::iter::Skip<std::slice::IterMut<'a, Step<NR>>>>;

/// In line, so that a kernel gets it in its own instructions.
#[inline(always)]
pub(crate) fn put<const MR: usize, const NR: usize>(
    patch: &Patch<MR, NR>,
    c: &mut [i32],
    width: usize,
    at: usize,
    onto: Onto<'_>,
) {
    let end = at.saturating_add(NR).min(width);
    for (row, sums) in c.chunks_mut(width).zip(&patch.0) {
        let Some(row) = row.get_mut(at..end) else { return };
        match (onto, <&mut [i32; NR]>::try_from(&mut *row)) {
            // The same twice: with a length that the compiler knows, and at the edge.
            (Onto::Sums, Ok(row)) => add(row, sums),
            (Onto::Sums, Err(_)) => add(row, sums),
            (Onto::Nothing(off), _) => {
                let off = off.get(at..end).unwrap_or_default();
                for ((sum, new), off) in row.iter_mut().zip(sums).zip(off) {
                    *sum = new.wrapping_sub(*off);
                }
            }
            (Onto::Others(off), _) => {
                let off = off.get(at..end).unwrap_or_default();
                for ((sum, new), off) in row.iter_mut().zip(sums).zip(off) {
                    *sum = sum.wrapping_add(new.wrapping_sub(*off));
                }
            }
        }
    }
}

#[inline(always)]
fn add(row: &mut [i32], sums: &[i32]) {
    for (sum, new) in row.iter_mut().zip(sums) {
        *sum = sum.wrapping_add(*new);
    }
}

/// In line, so that a kernel gets it in its own instructions.
#[inline(always)]
pub(crate) fn lay_out<const NR: usize>(rows: [&[i8]; 4], places: Places<'_, NR>, sums: &mut [i32]) {
    for row in rows {
        for (sum, number) in sums.iter_mut().zip(row) {
            *sum = sum.wrapping_add(i32::from(*number));
        }
    }
    let mut from = 0_usize;
    for Step(place) in places {
        let to = from.saturating_add(NR);
        let four = rows.map(|row| row.get(from..to.min(row.len())).unwrap_or_default());
        from = to;
        let whole: [Option<&[i8; NR]>; 4] = four.map(|row| row.try_into().ok());
        if let [Some(one), Some(two), Some(three), Some(four)] = whole {
            let rows = one.iter().zip(two).zip(three).zip(four);
            for (to, (((one, two), three), four)) in place.iter_mut().zip(rows) {
                *to = [*one, *two, *three, *four];
            }
            continue;
        }
        *place = [[0; 4]; NR];
        for (at, row) in four.iter().enumerate() {
            for (to, number) in place.iter_mut().zip(*row) {
                if let Some(to) = to.get_mut(at) {
                    *to = *number;
                }
            }
        }
    }
}
