//! `archctl dispute commit`

use std::path::PathBuf;
use std::str::FromStr;

use arch_dispute::{Commit, Line, List, Marks, Says};
use arch_matrix::{Block, Part};

use crate::answer::{Outcome, Stop};
use crate::dispute::arguments::Signing;
use crate::dispute::flaw::Flaw;
use crate::dispute::product::Product;
use crate::say;

/// Sign what one's own product holds, by files alone: a commitment of the same part as a line of the list
///
/// With it one may challenge whoever signed another thing of that part; nobody can challenge it, since
/// it came later than the others. The message goes to whoever keeps the ledger
/// (`archctl dispute import`), and it has to be there before the challenge.
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("what").required(true))]
pub(crate) struct Args {
    #[command(flatten)]
    signing: Signing,
    /// One's own C, or the part of it alone: a .npy file of int32 or int64; where the list has digests of
    /// tiles committed to, those of it are made as well, which takes its time
    #[arg(long, value_name = "FILE")]
    product: PathBuf,
    /// The same part as this line of the list, from 0; `report.md` has them with their numbers
    #[arg(long, value_name = "LINE", group = "what")]
    like: Option<usize>,
    /// This part: `row:0`, `column:1`, `reduction:0`, or `rest:0,1,0`
    #[arg(long, value_name = "PART", group = "what")]
    part: Option<NamedPart>,
}

/// A part of a product, as people write it.
#[derive(Debug, Clone, Copy)]
struct NamedPart(Part);

impl FromStr for NamedPart {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || "a part is `row:0`, `column:0`, `reduction:0` or `rest:0,0,0`".to_owned();
        let (kind, numbers) = text.split_once(':').ok_or_else(wrong)?;
        let numbers: Vec<u32> = numbers
            .split(',')
            .map(|number| number.parse().map_err(|_| wrong()))
            .collect::<Result<_, _>>()?;
        Ok(Self(match (kind, numbers.as_slice()) {
            ("row", &[index]) => Part::Row { index },
            ("column", &[index]) => Part::Column { index },
            ("reduction", &[index]) => Part::Reduction { index },
            ("rest", &[row, column, depth]) => Part::Rest { block: Block { row, column, depth } },
            _ => return Err(wrong()),
        }))
    }
}

/// A line of the list by its number.
pub(super) fn line(list: &List, number: usize) -> Result<&Line, Stop> {
    list.commitments.get(number).ok_or_else(|| {
        let what = format!("the list has {} lines, and none is {number}", list.commitments.len());
        Stop::usage(
            what,
            "`report.md` of `archctl dispute export --job` has them with their numbers",
        )
    })
}

impl Args {
    pub(crate) fn run(self) -> Outcome {
        let evidence = self.signing.from.read()?;
        // All lines are of one product; whoever is not sure compares them.
        let like = line(&evidence.list, self.like.unwrap_or_default())?;
        let part = self.part.map_or(like.commitment.part(), |NamedPart(part)| part);
        let (grid, format) = (*like.commitment.grid(), like.commitment.format());
        let product = Product::open(&self.product, format, &grid, part)?;
        let commitment = product.commitment(grid, part)?;
        let (job, attempt) = (evidence.task.job, evidence.task.attempt);
        let marks = match evidence.agreed()?.marks {
            Marks::OnDispute => Vec::new(),
            Marks::Always => {
                say::talk("making the digests of all tiles");
                let root = |cell| Ok(product.mark_tree(&commitment, cell)?.root());
                part.cells(&grid).map(root).collect::<Result<_, Flaw>>()?
            }
        };
        let hand = self.signing.signer.open()?;
        hand.say(hand.first()?, Says::Commit(Commit { job, attempt, commitment, marks }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_named_in_one_way() {
        let read = |text: &str| text.parse::<NamedPart>().map(|NamedPart(part)| part);
        assert_eq!(read("column:1"), Ok(Part::Column { index: 1 }));
        let block = Block { row: 0, column: 1, depth: 2 };
        assert_eq!(read("rest:0,1,2"), Ok(Part::Rest { block }));
        for wrong in ["", "row", "row:", "row:0,1", "rest:0", "cell:0", "row:-1", "row:5000000000"]
        {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
