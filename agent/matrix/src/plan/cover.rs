//! What a plan computes, how often, and how evenly.

use serde::Serialize;

use super::Plan;
use super::part::Part;

/// How much of the product a plan computes. Shares are of the plain product's multiply-adds; mirrors
/// are not counted, since they repeat what their node does.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Coverage {
    /// All work, as a multiple of the plain product.
    pub work: f64,
    /// Computed by at least one node. Always 1.
    pub once: f64,
    /// Computed by nodes of at least two roles.
    pub twice: f64,
    /// Computed by nodes of all three roles.
    pub thrice: f64,
    /// The most that a node has to do, as a multiple of the mean.
    pub balance: f64,
}

impl Plan {
    /// How much of the product is computed.
    #[must_use]
    pub fn coverage(&self) -> Coverage {
        let singles =
            || self.nodes.iter().enumerate().filter(|(at, node)| is_first(*at, node.mirror));
        let loads: Vec<u128> =
            singles().map(|(_, node)| node.parts().map(|part| self.volume(part)).sum()).collect();
        let work: u128 = loads.iter().sum();
        let mut times = [0_u128; 4];
        for block in self.grid.blocks() {
            let volume = self.grid.region(block).volume();
            let seen = singles().filter(|(_, node)| node.part_with(block).is_some());
            for times in times.iter_mut().skip(1).take(seen.count()) {
                *times = times.saturating_add(volume);
            }
        }
        let whole = self.grid.shape().volume();
        let share = |part: u128| ratio(part, whole);
        let [_, once, twice, thrice] = times.map(share);
        let mean = ratio(work, u128::try_from(loads.len()).unwrap_or(1));
        let most = loads.iter().max().map_or(0.0, |most| ratio(*most, 1));
        Coverage { work: share(work), once, twice, thrice, balance: most / mean }
    }

    fn volume(&self, part: Part) -> u128 {
        part.region(&self.grid).map_or(0, |region| region.volume())
    }
}

/// Of a node and its mirror only one counts.
fn is_first(at: usize, mirror: Option<u32>) -> bool {
    mirror.and_then(|mirror| usize::try_from(mirror).ok()).is_none_or(|mirror| at < mirror)
}

/// For people to read; nothing is decided by it.
#[expect(clippy::as_conversions, reason = "there is no From, and six digits are enough to read")]
fn ratio(part: u128, whole: u128) -> f64 {
    part as f64 / whole as f64
}
