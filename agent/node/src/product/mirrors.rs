//! Nodes that do the same: whose result is taken when one of two fails, and that both are equal to the bit.
//!
//! A node fails as a whole: whoever was killed, is late or answers what no product has is not asked for the
//! rest of its parts, and nothing of it is committed to. Other *values* are no failure. They are committed
//! to as they are, and compared.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use arch_matrix::{Part, Plan};
use serde::Serialize;

use super::{
    Product, Run, Share, Stop,
    compare::{MOST_FINDINGS, differ},
    divergence::{Finding, Kind},
    draw::Promised,
    scratch::Scratch,
};

/// A part is late once its mirror is done with the same, and so many times as long as that took have gone.
const LATE_TIMES: u32 = 4;

/// On top of that, as a part of the time that the job may take: a machine that stalls is no fault of a
/// worker's, and who may take an hour is not late after a second.
const LATE_GRACE: u32 = 20;

/// Who failed in this attempt, and why; and how long those who did not took.
#[derive(Debug, Default)]
pub(super) struct Mirrors {
    /// By node, the one that does the same. Empty if the job asks for none.
    twins: BTreeMap<usize, usize>,
    /// How late nobody minds.
    grace: Duration,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    failed: BTreeMap<usize, String>,
    took: Vec<(Share, u64, Duration)>,
}

/// A node whose mirror stood in for it.
#[derive(Debug, Clone, Serialize)]
pub(super) struct StoodIn {
    /// Who failed.
    node: usize,
    /// Whose result was taken.
    mirror: usize,
    why: String,
}

/// A part that a node and its mirror have both computed.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Mirrored {
    nodes: [usize; 2],
    part: Part,
    equal: bool,
}

impl Mirrors {
    /// Those of a product's plan, for a job that may take so long.
    pub(super) fn of(product: &Product, deadline: Duration) -> Self {
        let nodes = product.plan.iter().flat_map(Plan::nodes).enumerate();
        let twin = |mirror: u32| usize::try_from(mirror).ok();
        let twins = nodes.filter_map(|(node, of)| Some((node, of.mirror.and_then(twin)?)));
        let grace = deadline.checked_div(LATE_GRACE).unwrap_or_default();
        Self { twins: twins.collect(), grace, state: Mutex::default() }
    }

    /// The same part in the hands of who does the same.
    pub(super) fn twin(&self, share: Share) -> Option<Share> {
        self.twins.get(&share.node).map(|node| Share { node: *node, ..share })
    }

    /// Whether the node is the one of two that is asked first.
    pub(super) fn is_first(&self, node: usize) -> bool {
        self.twins.get(&node).is_none_or(|twin| node < *twin)
    }

    pub(super) fn has_failed(&self, node: usize) -> bool {
        self.state().failed.contains_key(&node)
    }

    /// Takes the node out, if its mirror can stand in for it.
    pub(super) fn fails(&self, node: usize, why: &str) -> bool {
        let mut state = self.state();
        let stands_in = self.twins.get(&node).filter(|twin| !state.failed.contains_key(twin));
        if stands_in.is_none() {
            return false;
        }
        state.failed.insert(node, why.to_owned());
        true
    }

    /// Whose result counts of a node and its mirror: the first one's, unless it failed.
    pub(super) fn leader(&self, node: usize) -> usize {
        let Some(twin) = self.twins.get(&node) else { return node };
        let (first, second) = (node.min(*twin), node.max(*twin));
        if self.has_failed(first) { second } else { first }
    }

    /// A worker was busy with so many tiles of a share for so long.
    pub(super) fn took(&self, share: Share, tiles: u64, time: Duration) {
        self.state().took.push((share, tiles, time));
    }

    /// How long a worker may be busy with a part of so many tiles whose mirror is done with it. None if
    /// nobody knows how long it takes: all of it was there from an attempt before.
    pub(super) fn patience(&self, done: Share, tiles: u64) -> Option<Duration> {
        let state = self.state();
        let took = state.took.iter().filter(|(share, ..)| *share == done);
        let (count, time) = took.fold((0_u64, Duration::ZERO), |(count, sum), (_, more, time)| {
            (count.saturating_add(*more), sum.saturating_add(*time))
        });
        let all = time.as_nanos().saturating_mul(tiles.into()).checked_div(count.into())?;
        let all = Duration::from_nanos(u64::try_from(all).unwrap_or(u64::MAX));
        Some(all.saturating_mul(LATE_TIMES).saturating_add(self.grace))
    }

    /// Who failed, and who stood in.
    pub(super) fn stood_in(&self) -> Vec<StoodIn> {
        let failed = self.state().failed.clone();
        let one = |(node, why)| Some(StoodIn { node, mirror: *self.twins.get(&node)?, why });
        failed.into_iter().filter_map(one).collect()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Every change is one insert or push.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Run<'_> {
    /// Goes on without a node that failed, if it has a mirror that did not. What ends the job as a whole,
    /// and what the machine cannot do, ends it with a mirror as well.
    pub(super) fn without(&self, node: usize, stop: Stop) -> Result<(), Stop> {
        let why = match &stop {
            Stop::Machine(_) => return Err(stop),
            Stop::Lost(lost) => lost.0.clone(),
            Stop::Ended(outcome) => format!("its run ended with `{}`", outcome.word()),
        };
        self.left()?;
        if !self.mirrors.fails(node, &why) {
            return Err(stop);
        }
        let job = self.placed.job().digest();
        tracing::warn!(%job, node, %why, "its mirror stands in");
        Ok(())
    }
}

/// Compares what a node and its mirror have committed to, leaf by leaf.
pub(super) fn compare(
    run: &Run<'_>,
    scratch: &Scratch,
    promised: &Promised,
) -> Result<(Vec<Mirrored>, Vec<Finding>), Stop> {
    let (mut mirrored, mut findings) = (Vec::new(), Vec::new());
    for (share, one) in promised.of.iter().filter(|(share, _)| run.mirrors.is_first(share.node)) {
        let Some(twin) = run.mirrors.twin(*share) else { continue };
        let Some(other) = promised.commitment(twin) else { continue };
        let mut equal = true;
        for ((cell, of_one), (_, of_other)) in one.trees.iter().zip(&other.trees) {
            let Some(difference) = differ(run, *cell, of_one, of_other)? else { continue };
            equal = false;
            if findings.len() < MOST_FINDINGS {
                let parties = [(*share, one), (twin, other)];
                let spot = difference.into();
                findings.push(Finding::of(run, scratch, Kind::Mirror, spot, &parties));
            }
        }
        mirrored.push(Mirrored { nodes: [share.node, twin.node], part: share.part, equal });
    }
    Ok((mirrored, findings))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 0 and 2 do the same, 1 and 3 as well; 4 has no mirror.
    fn mirrors() -> Mirrors {
        let twins = [(0, 2), (2, 0), (1, 3), (3, 1)].into();
        Mirrors { twins, grace: Duration::from_secs(2), state: Mutex::default() }
    }

    #[test]
    fn the_first_one_leads_until_it_fails_and_one_of_two_is_left() {
        let mirrors = mirrors();
        assert_eq!([0, 1, 2, 3, 4].map(|node| mirrors.leader(node)), [0, 1, 0, 1, 4]);
        assert!(mirrors.fails(0, "killed"));
        assert!(!mirrors.fails(2, "killed as well"), "nobody would be left");
        assert!(mirrors.fails(3, "late"));
        assert!(!mirrors.fails(4, "it has no mirror"));
        assert_eq!([0, 1, 2, 3, 4].map(|node| mirrors.leader(node)), [2, 1, 2, 1, 4]);
        let told: Vec<_> = mirrors.stood_in().iter().map(|one| (one.node, one.mirror)).collect();
        assert_eq!(told, [(0, 2), (3, 1)]);
    }

    #[test]
    fn patience_is_that_of_the_same_part_alone() {
        let (mirrors, part) = (mirrors(), Part::Row { index: 0 });
        let (share, second) = (Share { node: 0, part }, Duration::from_secs(1));
        assert_eq!(mirrors.patience(share, 8), None, "it was there before");
        mirrors.took(share, 1, second);
        mirrors.took(share, 3, second);
        mirrors.took(Share { part: Part::Row { index: 1 }, ..share }, 1, second * 100);
        assert_eq!(mirrors.patience(share, 4), Some(Duration::from_secs(10)));
        assert_eq!(mirrors.patience(share, 8), Some(Duration::from_secs(18)), "half was there");
        assert_eq!(mirrors.twin(share), Some(Share { node: 2, part }));
    }
}
