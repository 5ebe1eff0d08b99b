//! A job of runtime `matrix`: from two files to a product that was checked.
//!
//! ```text
//! factors   A and B from the archive, held against the document       -> Product
//! shares    part after part, tile after tile, by workers, into Scratch   nothing is believed yet
//!           a worker that fails is out where another does the same (mirrors)
//! commit    what each part holds, durable in the ledger               -> Promised
//!           marks: and digests of its tiles, where the policy has them made before any dispute
//! draw      what is looked at, from that very entry: nobody knew it before
//! mirrors   what two nodes computed that do the same                  -> equal, or findings
//! compare   cells that two computed; partial sums, computed once more -> equal, or findings
//! audit     Freivalds on each part, and of it a challenge of its own  -> holds, or findings
//! outcome   C as .npy in the archive: still what was committed to, and A·B -> Validated
//! ```
//!
//! On one machine all parts are computed by workers of the same executor; what is said between these
//! steps is what nodes will say to each other. Whoever computes does not check: the agent reads values,
//! and makes none but those that it holds against a row that lies, to name the leaf.

mod audit;
mod commit;
mod compare;
mod divergence;
mod draw;
mod factors;
mod kept;
mod locate;
mod marks;
mod mirrors;
mod outcome;
mod room;
mod scratch;
mod shares;
mod values;

use std::{
    fs::File,
    sync::Arc,
    time::{Duration, Instant},
};

use arch_kernels::stream::{Operand, StreamError, Which};
use arch_matrix::{Format, Grid, Part, Plan, Region, file::Stored};
use arch_problem::codes;
use arch_schedule::Placed;
use arch_wire::executor::Outcome;

pub(crate) use divergence::{Finding, Party, found};
pub(crate) use factors::look;
use mirrors::Mirrors;
pub(crate) use outcome::stored_values;
pub(crate) use scratch::{forget, sweep};

use crate::{
    cancel::Cancel,
    executor_client::Lost,
    node::Node,
    told::{Told, problem},
    validate::{Unlooked, Validated},
};

/// A product, and how it is shared out. What the document asks for fits together.
#[derive(Debug)]
pub(crate) struct Product {
    a: (File, Stored),
    b: (File, Stored),
    format: Format,
    grid: Grid,
    /// None if it is computed in one.
    plan: Option<Plan>,
    shares: Vec<Share>,
    /// Memory of one worker, in bytes.
    memory: u64,
    workers: usize,
    overlap: bool,
    freivalds: bool,
}

/// A part, and whose it is by the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Share {
    node: usize,
    part: Part,
}

impl Product {
    /// Bytes of the values of a part; none if there is no such part.
    fn bytes_of(&self, part: Part) -> u64 {
        part.region(&self.grid).map_or(0, |region| region.bytes(self.format.carrier()))
    }

    /// Bytes of C's values.
    fn bytes(&self) -> u64 {
        Region::whole(self.grid.shape()).bytes(self.format.carrier())
    }

    /// A and B, ready to be read.
    fn operands(&self) -> Told<(Operand<&File>, Operand<&File>)> {
        let unusable = |error: arch_kernels::stream::OperandError| {
            problem(codes::MATRIX_FILE, error.to_string())
        };
        let a = Operand::a(&self.a.0, self.a.1, self.format).map_err(unusable)?;
        let b = Operand::b(&self.b.0, self.b.1, self.format).map_err(unusable)?;
        Ok((a, b))
    }
}

/// How a computation stops before its end.
#[derive(Debug)]
enum Stop {
    /// No answer, or none that an honest executor gives: another attempt.
    Lost(Lost),
    /// The run ended otherwise than well.
    Ended(Outcome),
    /// The machine cannot do its part.
    Machine(Box<arch_problem::Problem>),
}

impl From<Lost> for Stop {
    fn from(lost: Lost) -> Self {
        Self::Lost(lost)
    }
}

impl From<Box<arch_problem::Problem>> for Stop {
    fn from(problem: Box<arch_problem::Problem>) -> Self {
        Self::Machine(problem)
    }
}

impl From<StreamError> for Stop {
    fn from(error: StreamError) -> Self {
        match error {
            StreamError::NotFinite { .. } => {
                Self::Ended(Outcome::OperandUnusable { why: error.to_string() })
            }
            // It would be too little the next time as well.
            StreamError::TooLittleMemory { .. } => Self::Ended(Outcome::MemoryCap),
            // A file of values had its whole length before anybody else had it: a disk does not cut it short.
            // The archive's copy is read by this rule too: an attempt is lost by it, not time without end.
            StreamError::Read { which: Which::C, ref source, .. }
                if source.kind() == std::io::ErrorKind::UnexpectedEof =>
            {
                Self::Lost(Lost("values of the product end early".to_owned()))
            }
            error => Self::Machine(problem(codes::FILE_MACHINE, error.to_string())),
        }
    }
}

/// Computes the product and checks it. What was computed is kept until the job has ended, so that
/// another attempt goes on where this one stopped.
pub(crate) async fn compute(
    node: &Arc<Node>,
    placed: &Placed,
    product: &Product,
    attempt: u32,
    cancel: &Cancel,
) -> Result<Validated, Unlooked> {
    let since = Instant::now();
    let deadline = Duration::from_millis(placed.job().limits().wall_millis);
    let mirrors = Mirrors::of(product, deadline);
    let run = Run { node, placed, product, attempt, cancel, since, deadline, mirrors };
    match run.whole().await {
        Ok(validated) => Ok(validated),
        Err(Stop::Lost(lost)) => Err(Unlooked::Lost(lost)),
        Err(Stop::Machine(problem)) => Err(Unlooked::Machine(problem)),
        Err(Stop::Ended(outcome)) => {
            Ok(outcome::failed(outcome, run.usage(shares::Used::default(), 0)))
        }
    }
}

/// One attempt.
struct Run<'a> {
    node: &'a Arc<Node>,
    placed: &'a Placed,
    product: &'a Product,
    attempt: u32,
    cancel: &'a Cancel,
    since: Instant,
    deadline: Duration,
    mirrors: Mirrors,
}

impl Run<'_> {
    async fn whole(&self) -> Result<Validated, Stop> {
        let scratch = tokio::task::block_in_place(|| scratch::Scratch::open(self))?;
        let parts: Vec<_> = scratch.parts().iter().collect();
        let used = shares::compute(self, &parts).await?;
        let promised = commit::commit(self, &scratch).await?;
        let (mirrored, mut findings) = mirrors::compare(self, &scratch, &promised)?;
        let (compared, overlaps) = compare::compare(self, &scratch, &promised).await?;
        let (checked, wrong) = audit::parts(self, &scratch, &promised)?;
        findings.extend(overlaps.into_iter().chain(wrong));
        let report = draw::report(self, &promised, (compared, mirrored, checked));
        outcome::conclude(self, &scratch, &promised, report, findings, used).await
    }

    /// What is left of the job's time, in milliseconds; none if it is over, or called off.
    fn left(&self) -> Result<u64, Stop> {
        if self.cancel.is_cancelled() {
            return Err(Stop::Ended(Outcome::Cancelled));
        }
        let left = self.deadline.saturating_sub(self.since.elapsed());
        match u64::try_from(left.as_millis()) {
            Ok(0) => Err(Stop::Ended(Outcome::Deadline)),
            left => Ok(left.unwrap_or(u64::MAX)),
        }
    }
}
