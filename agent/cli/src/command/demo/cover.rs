//! Who is asked for which part of a product, in short.

use arch_matrix::plan::{Coverage, Learned, Order};
use arch_matrix::{Plan, Role};
use serde::Serialize;

use super::claim::claim;
use crate::answer::Stop;

/// What a plan covers, and what its shards see.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Cover {
    shards: usize,
    #[serde(flatten)]
    coverage: Coverage,
    /// Of A and B, the most that a shard of the role is sent.
    row: Seen,
    column: Seen,
    depth: Seen,
}

/// Shares of A and of B.
#[derive(Debug, Clone, Copy, Default, Serialize)]
struct Seen {
    a: f64,
    b: f64,
}

/// The plan that follows from the job's own document, and its summary.
pub(super) fn plan(order: &Order) -> Result<(Plan, Cover), Stop> {
    let plan = Plan::new(order)
        .map_err(|error| Stop::could_not(error.to_string(), "this is an error of ours"))?;
    let coverage = plan.coverage();
    let whole = (coverage.once - 1.0).abs() < f64::EPSILON;
    claim(whole, "the plan does not cover the whole product")?;
    let sees_both = |learned: Learned| learned.all_of_a && learned.all_of_b;
    let nobody = !plan.nodes().iter().any(|node| sees_both(plan.learned(node)));
    claim(nobody, "the plan shows all of A and all of B to one shard")?;
    let seen = |role| most(&plan, role);
    let (row, column, depth) = (seen(Role::Row), seen(Role::Column), seen(Role::Reduction));
    let cover = Cover { shards: plan.nodes().len(), coverage, row, column, depth };
    Ok((plan, cover))
}

fn most(plan: &Plan, role: Role) -> Seen {
    let of_role = plan.nodes().iter().filter(|node| node.role == role);
    of_role.map(|node| plan.learned(node)).fold(Seen::default(), |most, learned| Seen {
        a: most.a.max(learned.a),
        b: most.b.max(learned.b),
    })
}

impl Cover {
    /// Three lines.
    pub(super) fn words(&self) -> String {
        let Coverage { work, once, twice, thrice, balance } = self.coverage;
        let seen = |Seen { a, b }: Seen| format!("{} of A and {} of B", percent(a), percent(b));
        format!(
            "{} shards: work {work:.2} times the plain product, the busiest does {balance:.2} times \
             the mean\n   covered once {}, twice {}, thrice {}\n   \
             at most, a row's shard sees {}, a column's {}, one of the depth {}",
            self.shards,
            percent(once),
            percent(twice),
            percent(thrice),
            seen(self.row),
            seen(self.column),
            seen(self.depth),
        )
    }
}

fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}
