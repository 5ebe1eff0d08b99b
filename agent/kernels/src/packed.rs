//! What a kernel works on: panels of A and B, laid out as its instructions read them.

/// Four numbers along the depth of each column of a panel: column by column, unless the kernel that reads
/// them lays them out in another order. Begins a line of the cache, so that no vector lies across two.
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
    /// Four numbers of a row of A, as the instructions want them.
    type Four: Copy + Send + Sync;

    /// What is added to each number of A on the way there.
    const OFFSET: u8 = 0;

    /// Steps in one block: the sums of C are read and written once for each, and the panels of a block
    /// are to stay in the caches.
    const STEPS: usize = 512;

    /// Makes them.
    fn four(numbers: [i8; 4]) -> Self::Four;

    /// The products of one step after the other, added up. Panels of other lengths than each other are
    /// used as far as both go.
    fn multiply(self, a: &[[Self::Four; MR]], b: &[Step<NR>], patch: &mut Patch<MR, NR>);

    /// Puts a patch into rows of C that are `width` long, from the column `at` on; what lies beyond C is
    /// dropped.
    fn put(self, patch: &Patch<MR, NR>, c: &mut [i32], width: usize, at: usize, onto: Onto<'_>) {
        put(patch, c, width, at, onto);
    }

    /// Lays out four rows of B side by side, panel by panel, and adds them to the sums of the columns.
    fn lay_out(self, rows: [&[i8]; 4], places: Places<'_, NR>, sums: &mut [i32]) {
        lay_out(rows, places, sums, by_columns);
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

/// In line, so that a kernel gets it in its own instructions. `order` fills a step from four numbers of
/// each column, which come row by row.
#[inline(always)]
pub(crate) fn lay_out<const NR: usize>(
    rows: [&[i8]; 4],
    places: Places<'_, NR>,
    sums: &mut [i32],
    order: impl Fn(&mut [[i8; 4]; NR], [&[i8; NR]; 4]),
) {
    for row in rows {
        for (sum, number) in sums.iter_mut().zip(row) {
            *sum = sum.wrapping_add(i32::from(*number));
        }
    }
    let mut from = 0_usize;
    for Step(step) in places {
        let to = from.saturating_add(NR);
        let four = rows.map(|row| row.get(from..to.min(row.len())).unwrap_or_default());
        from = to;
        let whole: [Option<&[i8; NR]>; 4] = four.map(|row| row.try_into().ok());
        if let [Some(one), Some(two), Some(three), Some(four)] = whole {
            order(step, [one, two, three, four]);
            continue;
        }
        let mut filled = [[0; NR]; 4];
        for (to, row) in filled.iter_mut().zip(four) {
            to.iter_mut().zip(row).for_each(|(to, number)| *to = *number);
        }
        order(step, filled.each_ref());
    }
}

/// Four numbers of one column, then those of the next.
#[inline(always)]
pub(crate) fn by_columns<const NR: usize>(
    step: &mut [[i8; 4]; NR],
    [one, two, three, four]: [&[i8; NR]; 4],
) {
    let rows = one.iter().zip(two).zip(three).zip(four);
    for (to, (((one, two), three), four)) in step.iter_mut().zip(rows) {
        *to = [*one, *two, *three, *four];
    }
}
