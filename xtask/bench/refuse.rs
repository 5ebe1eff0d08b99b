//! How long a bad document can keep a node busy, and how much memory it can make it take.

use std::{fs, process::Command};

use arch_document::{Job, Moment, NoHistory, SignedDocument, TrustRoot};
use rustix::time::{ClockId, clock_gettime};

use crate::{Bench, Sides, hostile, verify};

/// All but one in a hundred bad documents end sooner.
pub(crate) const P99: Bench = Bench {
    name: "refuse-p99",
    unit: "ms of CPU per bad document, 99th percentile",
    prepare: || prepare(99),
};

/// The worst of them.
pub(crate) const MAX: Bench = Bench {
    name: "refuse-max",
    unit: "ms of CPU for the worst bad document",
    prepare: || prepare(100),
};

/// The most memory that they take, in a process that reads them all, one after another.
pub(crate) const PEAK: Bench = Bench {
    name: "refuse-peak-mib",
    unit: "MiB above an idle process, worst document",
    prepare: || Ok(Sides { ours: Box::new(peak_of_a_child), peer: None }),
};

/// What believes jobs, and all that it refuses.
struct Judge {
    root: TrustRoot,
    moment: Moment,
    signed: String,
}

impl Judge {
    fn new() -> Result<Self, String> {
        let (root, moment, signed) = verify::signed_job()?;
        Ok(Self { root, moment, signed })
    }

    /// Whether it was refused; what was not, because a change changed nothing, is no bad document.
    fn refuses(&self, bytes: &[u8]) -> bool {
        match SignedDocument::parse("bad.yaml", bytes) {
            Err(_) => true,
            Ok(document) => self.root.verify::<Job>(document, &self.moment, &NoHistory).is_err(),
        }
    }

    fn bad(&self) -> Result<impl Iterator<Item = Vec<u8>>, String> {
        let short = hostile::vectors()?.into_iter().chain(hostile::bent(&self.signed));
        Ok(short.chain(hostile::floods(&self.signed)))
    }
}

fn prepare(percentile: usize) -> Result<Sides, String> {
    let judge = Judge::new()?;
    let mut bad: Vec<Vec<u8>> = judge.bad()?.collect();
    bad.retain(|bytes| judge.refuses(bytes));
    let ours = move || {
        let mut took = Vec::new();
        for bytes in &bad {
            took.push(cpu_millis(|| judge.refuses(bytes))?);
        }
        took.sort_by(f64::total_cmp);
        let rank = took.len().saturating_mul(percentile).div_ceil(100).saturating_sub(1);
        took.get(rank).copied().ok_or("there is no bad document".to_owned())
    };
    Ok(Sides { ours: Box::new(ours), peer: None })
}

fn cpu_millis(work: impl FnOnce() -> bool) -> Result<f64, String> {
    let now = || {
        let time = clock_gettime(ClockId::ThreadCPUTime);
        std::time::Duration::try_from(time).map_err(|error| error.to_string())
    };
    let before = now()?;
    std::hint::black_box(work());
    Ok(now()?.saturating_sub(before).as_secs_f64() * 1e3)
}

/// In a process of its own, whose peak is that of nothing else.
fn peak_of_a_child() -> Result<f64, String> {
    let own = std::env::current_exe().map_err(|error| error.to_string())?;
    let output = Command::new(own).arg("--peak-of-refusals").output();
    let output = output.map_err(|error| error.to_string())?;
    let told = String::from_utf8_lossy(&output.stdout);
    told.trim().parse().map_err(|_| format!("the child said `{told}`"))
}

/// Refuses every bad document once, and tells by how many MiB the process grew at most.
pub(crate) fn peak() -> Result<f64, String> {
    let judge = Judge::new()?;
    let bad = judge.bad()?;
    let before = memory("VmRSS:")?;
    for bytes in bad {
        std::hint::black_box(judge.refuses(&bytes));
    }
    Ok((memory("VmHWM:")? - before) / 1_024.0)
}

/// A line of this process's status, in KiB.
fn memory(name: &str) -> Result<f64, String> {
    let status = fs::read_to_string("/proc/self/status").map_err(|error| error.to_string())?;
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let kib = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse().ok());
    kib.ok_or_else(|| format!("there is no `{name}` in /proc/self/status"))
}
