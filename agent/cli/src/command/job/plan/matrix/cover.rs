//! Who would compute which part of a product, and what each would learn.

use std::ops::Range;

use arch_matrix::plan::{Assignment, Coverage, Learned};
use arch_matrix::{Grid, Plan, Role, Splits};
use serde::Serialize;

/// More of the mean than this is told as uneven.
const EVEN: f64 = 1.10;

/// A cover plan, for reading.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Cover {
    rows: u32,
    depth: u32,
    columns: u32,
    splits: Splits,
    nodes: Vec<Node>,
    coverage: Coverage,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Node {
    node: usize,
    #[serde(flatten)]
    assignment: Assignment,
    learned: Learned,
    /// The slab in positions, for people.
    #[serde(skip)]
    positions: String,
}

impl Cover {
    pub(super) fn of(plan: &Plan) -> Self {
        let grid = plan.grid();
        let shape = grid.shape();
        let node = |(node, assignment): (usize, &Assignment)| Node {
            node,
            learned: plan.learned(assignment),
            positions: positions(grid, assignment),
            assignment: assignment.clone(),
        };
        Self {
            rows: shape.rows(),
            depth: shape.depth(),
            columns: shape.columns(),
            splits: grid.splits(),
            nodes: plan.nodes().iter().enumerate().map(node).collect(),
            coverage: plan.coverage(),
        }
    }

    pub(super) fn in_a_line(&self) -> String {
        let (parts, nodes) = (super::parts(self.splits), self.nodes.len());
        let shares = "parts of rows, columns and depth";
        match self.has_mirrors() {
            true => format!("{nodes} shards, each and its mirror once, share {parts} {shares}"),
            false => format!("{nodes} shards share {parts} {shares}"),
        }
    }

    fn has_mirrors(&self) -> bool {
        self.nodes.iter().any(|node| node.assignment.mirror.is_some())
    }

    /// A line a node, and one for all.
    pub(crate) fn lines(&self) -> Vec<String> {
        let mut lines = vec![format!(
            "  {:>5}  {:<9}  {:<26}  {:>4}  {:>7}  {:>7}{}",
            "shard",
            "role",
            "slab",
            "rest",
            "sees A",
            "sees B",
            if self.has_mirrors() { "  mirror" } else { "" },
        )];
        lines.extend(self.nodes.iter().map(|node| {
            let mirror = node.assignment.mirror;
            format!(
                "  {:>5}  {:<9}  {:<26}  {:>4}  {:>7}  {:>7}{}",
                node.node,
                node.assignment.role.as_str(),
                node.positions,
                node.assignment.rest.len(),
                percent(node.learned.a),
                percent(node.learned.b),
                mirror.map_or(String::new(), |mirror| format!("  {mirror:>6}")),
            )
        }));
        let Coverage { work, once, twice, thrice, balance } = self.coverage;
        lines.push(format!(
            "  work {work:.2} times the plain product; computed by one role {}, by two {}, by three {}; \
             the most that a shard does is {balance:.2} times the mean",
            percent(once),
            percent(twice),
            percent(thrice),
        ));
        if balance > EVEN {
            let remedy = "leave `splits` out, or choose others";
            lines
                .push(format!("  uneven: who has most to do decides how long all takes; {remedy}"));
        }
        if self.has_mirrors() {
            lines.push(format!(
                "  mirrors do all of that a second time: {:.2} times the plain product",
                work * 2.0
            ));
        }
        lines
    }
}

/// `rows 0 to 9`, counted from 0.
fn positions(grid: &Grid, assignment: &Assignment) -> String {
    let Some(region) = assignment.slab.region(grid) else { return String::new() };
    let told = |side: &str, range: Range<u32>| {
        format!("{side} {} to {}", range.start, range.end.saturating_sub(1))
    };
    match assignment.role {
        Role::Row => told("rows", region.rows),
        Role::Column => told("columns", region.columns),
        Role::Reduction => told("depth", region.depth),
    }
}

fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}
