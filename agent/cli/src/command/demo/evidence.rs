//! What shows that a shard lied: held against its commitment, and against what A and B give.

use std::path::Path;

use arch_identity::Digest;
use arch_ledger::{Entry, Record};
use arch_matrix::commit::{Commitment, Hash, LeafAt, Opening};
use arch_matrix::{Cell, Part, Plan};
use arch_wire::control::Bytes;
use serde::{Deserialize, Serialize};

use super::claim::claim;
use super::committed::{self, Commitments};
use super::disputed::Settled;
use super::factors::Factors;
use super::jobs::SignedJob;
use super::report::JobTold;
use super::story::Story;
use crate::answer::Stop;

/// A product that is none, because somebody lied.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Disputed {
    pub(super) job: JobTold,
    pub(super) lie: Lie,
    pub(super) waits: Waiting,
    pub(super) dispute: Settled,
}

/// A job that comes after it.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Waiting {
    pub(super) job: String,
    pub(super) code: String,
}

/// Who lied, and where.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Lie {
    /// Index of the entry that says so.
    entry: u64,
    node: usize,
    part: Part,
    cell: Cell,
    leaf: LeafAt,
    /// Place in C of the first number that is wrong.
    row: u32,
    column: u32,
    committed: i32,
    right: i32,
    /// How it was found, once for each finding.
    found: Vec<Kind>,
}

/// What the job's output `evidence` is.
#[derive(Debug, Deserialize)]
struct Evidence {
    document: Digest,
    commitments: Digest,
    findings: Vec<Finding>,
}

/// How a lie is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Kind {
    Overlap,
    Partial,
    Freivalds,
}

#[derive(Debug, Deserialize)]
struct Finding {
    kind: Kind,
    cell: Cell,
    leaf: LeafAt,
    parties: Vec<Party>,
}

#[derive(Debug, Deserialize)]
struct Party {
    node: usize,
    part: Part,
    commitment: Commitment,
    opening: Option<Shown>,
}

#[derive(Debug, Deserialize)]
struct Shown {
    index: usize,
    bytes: Bytes,
    path: Vec<Hash>,
}

/// Reads the evidence of a disputed job, and checks it as somebody would who trusts nobody.
pub(super) fn read(
    (state, entries): (&Path, &[Entry]),
    job: &SignedJob,
    told: &JobTold,
    plan: &Plan,
    factors: &Factors,
) -> Result<Lie, Stop> {
    claim(!told.outputs.contains_key("product"), "a lie was given out as the product")?;
    let output = |name: &str| told.outputs.get(name).map_or("", String::as_str);
    let list = output("commitments");
    let commitments = Commitments::read(state, list, job.digest, plan)?;
    let evidence: Evidence = committed::json(state, output("evidence"))?;
    let about = evidence.document == job.digest && evidence.commitments.to_string() == list;
    claim(about, "the evidence is about something else")?;
    let entry = anchored(entries, job.digest, output("evidence"))?;
    let checked = evidence.findings.iter().find(|finding| finding.kind == Kind::Freivalds);
    let Some((finding, party)) = checked.and_then(|of| Some((of, of.parties.first()?))) else {
        return Err(Stop::no("no check found the lie", "this is an error of ours"));
    };
    let committed_to = commitments.has(party.node, &party.commitment);
    claim(committed_to, "the evidence shows another commitment than the archive has")?;
    let lies = matches!(party.part, Part::Row { .. }) && party.part == party.commitment.part();
    claim(lies, "somebody else was caught than who lied")?;
    let Wrong { row, column, committed, right } = wrong(finding, party, factors)?;
    let found = evidence.findings.iter().map(|finding| finding.kind).collect();
    let (node, part, cell, leaf) = (party.node, party.part, finding.cell, finding.leaf);
    Ok(Lie { entry, node, part, cell, leaf, row, column, committed, right, found })
}

/// The entry that names the evidence.
fn anchored(entries: &[Entry], job: Digest, named: &str) -> Result<u64, Stop> {
    let found = entries.iter().find(|entry| match &entry.record {
        Record::Diverged { document, evidence, .. } => {
            *document == job && evidence.to_string() == named
        }
        _ => false,
    });
    found
        .map(|entry| entry.index)
        .ok_or_else(|| Stop::no("the ledger says nothing of the lie", "this is an error of ours"))
}

struct Wrong {
    row: u32,
    column: u32,
    committed: i32,
    right: i32,
}

/// The first number of the leaf that is not C's; the leaf was committed to, and cannot be taken back.
fn wrong(finding: &Finding, party: &Party, factors: &Factors) -> Result<Wrong, Stop> {
    let Some(Shown { index, bytes, path }) = &party.opening else {
        return Err(Stop::no("the leaf is named and not shown", "this is an error of ours"));
    };
    let (cell, index) = (finding.cell, *index);
    let opening = Opening { cell, index, bytes: bytes.0.clone(), path: path.clone() };
    let opened = opening.check::<i32>(&party.commitment);
    let opened = opened.map_err(|error| Stop::no(error.to_string(), "this is an error of ours"))?;
    claim(*opened.at() == finding.leaf, "another leaf is shown than is named")?;
    let place = party.commitment.grid().cell(cell);
    let columns = place.columns.start.saturating_add(finding.leaf.column_range().start)..;
    let across = 0..opened.values().columns();
    let rows = finding.leaf.row_range().map(|row| place.rows.start.saturating_add(row));
    let found = rows.zip(0..).find_map(|(row, line)| {
        let told = opened.values().row(line, &across).iter();
        let right = |column: &u32| factors.c.row(row, &(*column..column.saturating_add(1))).first();
        columns.clone().zip(told).find_map(|(column, committed)| {
            let (right, committed) = (*right(&column)?, *committed);
            (right != committed).then_some(Wrong { row, column, committed, right })
        })
    });
    found.ok_or_else(|| Stop::no("the leaf that is named is right", "this is an error of ours"))
}

impl Kind {
    fn words(self) -> &'static str {
        match self {
            Self::Overlap => "comparing row and column",
            Self::Partial => "partial sums once more",
            Self::Freivalds => "Freivalds",
        }
    }
}

impl Lie {
    pub(super) fn tell(&self, story: Story) -> Result<(), Stop> {
        let found: Vec<&str> = self.found.iter().map(|kind| kind.words()).collect();
        let Self { entry, node, cell, leaf, row, column, committed, right, .. } = self;
        let index = match self.part {
            Part::Row { index } | Part::Column { index } | Part::Reduction { index } => index,
            Part::Rest { block } => block.row,
        };
        story.tell(&format!(
            "caught: shard {node} (row {index}), leaf {}, {} of cell {}, {}; found by: {}; entry {entry}",
            leaf.leaf_row,
            leaf.leaf_column,
            cell.row,
            cell.column,
            found.join(", "),
        ))?;
        story.tell(&format!(
            "   it committed to C[{row}, {column}] = {committed}, and A and B give {right}"
        ))
    }
}

#[cfg(test)]
mod tests {
    use arch_matrix::commit::LeafTree;
    use arch_matrix::{Format, Grid, Matrix, Splits};

    use super::super::folder::Folder;
    use super::*;

    /// A shard's own words on the first leaf of its row, which starts at 100, 0 in C.
    fn told(factors: &Factors, lie: Option<i32>) -> (Finding, Party) {
        let grid = Grid::new(factors.shape, Splits::even(3)).unwrap();
        let (part, cell) = (Part::Row { index: 1 }, Cell { row: 1, column: 0 });
        let mut values: Matrix<i32> = factors.c.piece(&(100..200), &(0..260));
        if let Some(lie) = lie {
            values.values_mut()[3] = lie;
        }
        let commitment = Commitment::of(Format::I8, grid, part, &values).unwrap();
        let place = grid.cell(cell).columns;
        let tree = LeafTree::of_cell(Format::I8, &values, &(0..100), &place);
        let values = values.piece(&(0..100), &place);
        let Opening { index, bytes, path, .. } = Opening::of(cell, &values, &tree, 0).unwrap();
        let leaf = LeafAt::nth(100, place.end, 0).unwrap();
        let opening = Some(Shown { index, bytes: Bytes(bytes), path });
        let finding = Finding { kind: Kind::Freivalds, cell, leaf, parties: vec![] };
        (finding, Party { node: 2, part, commitment, opening })
    }

    #[test]
    fn the_first_wrong_number_of_a_leaf_is_named() {
        let factors = Factors::make(&Folder::make(None).unwrap()).unwrap();
        let (finding, party) = told(&factors, Some(i32::MAX));
        let Wrong { row, column, committed, right } = wrong(&finding, &party, &factors).unwrap();
        assert_eq!((row, column, committed), (100, 3, i32::MAX));
        assert_eq!(factors.c.row(100, &(3..4)), [right]);
    }

    #[test]
    fn evidence_that_shows_no_lie_or_another_leaf_than_was_committed_to_is_none() {
        let factors = Factors::make(&Folder::make(None).unwrap()).unwrap();
        let (finding, party) = told(&factors, None);
        assert!(matches!(wrong(&finding, &party, &factors), Err(Stop::No { .. })));
        let (finding, mut party) = told(&factors, Some(0));
        party.opening.as_mut().unwrap().bytes.0[0] ^= 1;
        assert!(matches!(wrong(&finding, &party, &factors), Err(Stop::No { .. })));
        party.opening = None;
        assert!(matches!(wrong(&finding, &party, &factors), Err(Stop::No { .. })));
    }
}
