//! Putting C together from what the nodes computed.

use super::Plan;
use super::part::Part;
use crate::element::Carrier;
use crate::grid::{Block, Cell};
use crate::matrix::Matrix;
use crate::reference::add;

impl Plan {
    /// The parts that a cell of C is made of, and the node that has each: one slab over the whole depth,
    /// or partial sums that are added in this order.
    #[must_use]
    pub fn sources(&self, cell: Cell) -> Vec<(usize, Part)> {
        let Cell { row, column } = cell;
        let holding = |depth, is_final| {
            let block = Block { row, column, depth };
            let nodes = self.nodes.iter().enumerate();
            let mut parts = nodes.filter_map(|(at, node)| Some((at, node.part_with(block)?)));
            parts.find(|(_, part)| part.is_final() == is_final)
        };
        match holding(0, true) {
            Some(slab) => vec![slab],
            None => {
                (0..self.grid.splits().depth).filter_map(|depth| holding(depth, false)).collect()
            }
        }
    }

    /// Puts C together; `values` gives what a node has computed of a part, its cells side by side.
    /// `None` if something is missing or of another size.
    #[must_use]
    pub fn assemble<'v, T: Carrier>(
        &self,
        values: impl Fn(usize, Part) -> Option<&'v Matrix<T::Sum>>,
    ) -> Option<Matrix<T::Sum>> {
        let shape = self.grid.shape();
        let mut c = Matrix::zero(shape.rows(), shape.columns());
        for cell in self.grid.cells() {
            let place = self.grid.cell(cell);
            let piece = |(node, part): (usize, Part)| {
                let (values, region) = (values(node, part)?, part.region(&self.grid)?);
                let within = |range: &std::ops::Range<u32>, start: u32| {
                    Some(range.start.checked_sub(start)?..range.end.checked_sub(start)?)
                };
                let rows = within(&place.rows, region.rows.start)?;
                let columns = within(&place.columns, region.columns.start)?;
                let fits = rows.end <= values.rows() && columns.end <= values.columns();
                fits.then(|| values.piece(&rows, &columns))
            };
            let mut pieces = self.sources(cell).into_iter().map(piece);
            let mut sum = pieces.next()??;
            for piece in pieces {
                add::<T>(&mut sum, &piece?);
            }
            c.put(place.rows.start, place.columns.start, &sum);
        }
        Some(c)
    }
}
