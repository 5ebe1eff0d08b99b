//! A shared product that was audited: each statement of the audit is held against the commitments, the
//! ledger and the plan.

use std::path::Path;

use arch_identity::Digest;
use arch_ledger::Entry;
use arch_matrix::{Block, Cell, Part, Plan, Zone};
use serde::{Deserialize, Serialize};

use super::claim::claim;
use super::committed::{self, Commitments};
use super::report::JobTold;
use super::story::Story;
use crate::answer::Stop;

/// Cells that are shown of those that were compared.
const SHOWN: usize = 2;

/// What was looked at, all of it found right.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Audited {
    /// Index of the entry that commits.
    pub(super) entry: u64,
    /// Parts that were committed to.
    parts: usize,
    /// What was drawn after that.
    zone: Block,
    compared: Vec<Equal>,
    /// Shards that computed the partial sums of the zone once more.
    recomputed: Vec<usize>,
    /// Parts that Freivalds' check was passed by.
    freivalds: usize,
    /// Digest of C, as the definition gives it.
    product: String,
}

/// A cell to which a row and a column committed, both with the same root.
#[derive(Debug, Clone, Serialize)]
struct Equal {
    cell: Cell,
    nodes: [usize; 2],
    roots: [String; 2],
}

/// The job's output `audit`.
#[derive(Debug, Deserialize)]
struct Audit {
    document: Digest,
    commitments: Digest,
    entry: u64,
    seed: String,
    zone: Option<Zone>,
    compared: Vec<Compared>,
    recomputed: Vec<Recomputed>,
    freivalds: Vec<Checked>,
    product: Option<bool>,
}

#[derive(Debug, Deserialize)]
struct Compared {
    cell: Cell,
    nodes: [usize; 2],
    equal: bool,
}

#[derive(Debug, Deserialize)]
struct Recomputed {
    node: usize,
    with: usize,
    equal: bool,
}

#[derive(Debug, Deserialize)]
struct Checked {
    node: usize,
    part: Part,
    holds: bool,
}

/// Reads and checks the audit of a job that completed.
pub(super) fn read(
    (state, entries): (&Path, &[Entry]),
    job: Digest,
    told: &JobTold,
    plan: &Plan,
    product: Digest,
) -> Result<Audited, Stop> {
    let output = |name: &str| told.outputs.get(name).map_or("", String::as_str);
    let same = output("product") == product.to_string();
    claim(same, "the product is not what the definition gives")?;
    let list = output("commitments");
    let commitments = Commitments::read(state, list, job, plan)?;
    let anchor = committed::anchor(entries, job, list)?;
    let audit: Audit = committed::json(state, output("audit"))?;
    let about = audit.document == job && audit.commitments.to_string() == list;
    claim(about, "the audit is about something else")?;
    let drawn = commitments.zone(plan, anchor);
    claim(
        audit.entry == anchor.entry
            && anchor.entry < told.index
            && audit.seed == Digest::from_bytes(anchor.seed).hex()
            && audit.zone == Some(drawn),
        "what was looked at was not drawn from the entry that commits",
    )?;
    let compared = compared(&audit, &commitments)?;
    let recomputed = recomputed(&audit, &commitments, drawn)?;
    let parts = audit.freivalds.iter().map(|checked| (checked.node, checked.part));
    let all = commitments.are(parts) && audit.freivalds.iter().all(|checked| checked.holds);
    claim(all, "a part was not checked, or is not what A and B give")?;
    claim(audit.product == Some(true), "the product in the archive was not checked")?;
    Ok(Audited {
        entry: anchor.entry,
        parts: commitments.len(),
        zone: drawn.block,
        compared,
        recomputed,
        freivalds: audit.freivalds.len(),
        product: product.to_string(),
    })
}

/// Every cell that a row and a column have in common was compared, and both committed to one root.
fn compared(audit: &Audit, commitments: &Commitments) -> Result<Vec<Equal>, Stop> {
    let shared: Vec<_> = commitments.shared().collect();
    let told = audit.compared.iter().map(|of| (of.cell, of.nodes));
    let all = shared.iter().map(|of| (of.cell, of.nodes)).eq(told);
    claim(all && !shared.is_empty(), "a cell that two computed was not compared")?;
    let equal = audit.compared.iter().all(|of| of.equal)
        && shared.iter().all(|of| of.roots[0] == of.roots[1] && of.nodes[0] != of.nodes[1]);
    claim(equal, "a cell that two computed is not the same in both")?;
    let equal = |of: committed::Shared| {
        let roots = of.roots.map(|root| root.to_string());
        Equal { cell: of.cell, nodes: of.nodes, roots }
    };
    Ok(shared.into_iter().map(equal).collect())
}

/// The holders of the zone's row and column computed its partial sums, which the holder of the depth had
/// committed to.
fn recomputed(audit: &Audit, commitments: &Commitments, zone: Zone) -> Result<Vec<usize>, Stop> {
    let Block { row, column, depth } = zone.block;
    let holder = |part| commitments.holder(part);
    let who = [holder(Part::Row { index: row }), holder(Part::Column { index: column })];
    let with = holder(Part::Reduction { index: depth });
    let told = audit.recomputed.iter();
    let all = told.clone().map(|of| (Some(of.node), Some(of.with))).eq(who.map(|who| (who, with)));
    let equal = told.clone().all(|of| of.equal);
    claim(all && equal, "partial sums that were computed once more are not the same")?;
    Ok(told.map(|of| of.node).collect())
}

impl Audited {
    pub(super) fn tell(&self, story: Story) -> Result<(), Stop> {
        let Self { entry, parts, zone, compared, .. } = self;
        story.tell(&format!(
            "entry {entry} commits to {parts} parts; drawn from it then: block {}, {}, {}",
            zone.row, zone.column, zone.depth
        ))?;
        story.tell(&format!(
            "{} of {} cells that a row and a column share are equal",
            compared.len(),
            compared.len()
        ))?;
        for Equal { cell, nodes: [row, column], roots } in compared.iter().take(SHOWN) {
            let [of_row, of_column] = roots;
            story.tell(&format!("   cell {}, {}", cell.row, cell.column))?;
            story.tell(&format!("      {of_row} in the row of shard {row}"))?;
            story.tell(&format!("      {of_column} in the column of shard {column}"))?;
        }
        let again: Vec<String> = self.recomputed.iter().map(ToString::to_string).collect();
        story.tell(&format!(
            "partial sums of the block, computed once more by shards {}, are equal",
            again.join(" and ")
        ))?;
        story.tell(&format!(
            "Freivalds holds for {} of {parts} parts, and for the product in the archive",
            self.freivalds
        ))?;
        story.tell(&format!("product {}, as the definition gives it", self.product))
    }
}

#[cfg(test)]
mod tests {
    use arch_matrix::commit::Commitment;
    use arch_matrix::plan::Order;
    use arch_matrix::{Format, Shape, reference};
    use serde_json::{Value, json};

    use super::*;

    fn plan() -> Plan {
        let shape = Shape::new(7, 5, 8).unwrap();
        Plan::new(&Order { shape, nodes: 9, splits: None, mirrors: false, seed: [3; 32] }).unwrap()
    }

    /// What nine nodes commit to; the one at `liar` lies in its last number.
    fn commitments(plan: &Plan, liar: Option<usize>) -> Commitments {
        let side = |rows, columns, to| {
            arch_matrix::Matrix::new(rows, columns, (0..to).collect::<Vec<i8>>()).unwrap()
        };
        let (a, b) = (side(7, 5, 35), side(5, 8, 40));
        let line = |(node, given): (usize, &arch_matrix::plan::Assignment)| -> Value {
            let mut values = reference::part(&a, &b, plan.grid(), given.slab).unwrap();
            if liar == Some(node) {
                *values.values_mut().last_mut().unwrap() = -1;
            }
            let of = Commitment::of(Format::I8, *plan.grid(), given.slab, &values).unwrap();
            json!({ "node": node, "digest": of.digest(), "commitment": of })
        };
        let lines: Vec<Value> = plan.nodes().iter().enumerate().map(line).collect();
        let document = Digest::of(b"job");
        serde_json::from_value(json!({ "document": document, "commitments": lines })).unwrap()
    }

    /// An audit that says that everything was compared and is equal.
    fn audit(commitments: &Commitments) -> Audit {
        let cell = |of: committed::Shared| Compared { cell: of.cell, nodes: of.nodes, equal: true };
        let digest = Digest::of(b"job");
        Audit {
            document: digest,
            commitments: digest,
            entry: 7,
            seed: String::new(),
            zone: None,
            compared: commitments.shared().map(cell).collect(),
            recomputed: vec![],
            freivalds: vec![],
            product: Some(true),
        }
    }

    #[test]
    fn an_audit_is_not_believed_that_calls_other_roots_equal_or_leaves_a_cell_out() {
        let plan = plan();
        let honest = commitments(&plan, None);
        let mut told = audit(&honest);
        assert_eq!(compared(&told, &honest).unwrap().len(), 9);
        told.compared.pop();
        assert!(compared(&told, &honest).is_err());
        let liar = plan.nodes().iter().position(|node| matches!(node.slab, Part::Row { .. }));
        let lied = commitments(&plan, liar);
        assert!(compared(&audit(&lied), &lied).is_err());
    }

    #[test]
    fn partial_sums_have_to_be_compared_by_those_who_hold_the_zone() {
        let plan = plan();
        let all = commitments(&plan, None);
        let zone = Zone { block: Block { row: 1, column: 2, depth: 0 } };
        let holder = |part| all.holder(part).unwrap();
        let with = holder(Part::Reduction { index: 0 });
        let mut told = audit(&all);
        let by = |node| Recomputed { node, with, equal: true };
        let [row, column] = [Part::Row { index: 1 }, Part::Column { index: 2 }].map(holder);
        told.recomputed = vec![by(row), by(column)];
        assert_eq!(recomputed(&told, &all, zone).unwrap(), [row, column]);
        told.recomputed = vec![by(row), by(with)];
        assert!(recomputed(&told, &all, zone).is_err());
        told.recomputed = vec![by(row)];
        assert!(recomputed(&told, &all, zone).is_err());
    }
}
