//! Part after part, tile after tile, by as many workers as the job has processors. What mirrors do comes
//! last, so that whoever fails is seldom busy at the same time as who stands in for him.

use std::{
    collections::{BTreeMap, VecDeque},
    pin::Pin,
    sync::{Mutex, PoisonError},
    task::{Context, Poll},
    time::{Duration, Instant},
};

use arch_wire::executor::{Claim, MultiplyRequest, Outcome};
use tokio::sync::watch;

use super::{Run, Stop, values::Values};
use crate::{
    cancel::{Cancel, Wish},
    executor_client::{Lost, Piece},
};

/// What all workers used.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Used {
    pub(super) cpu_millis: u64,
    pub(super) peak_memory_bytes: u64,
}

impl Used {
    /// With what one more worker used; several are at work at once.
    fn and(self, claim: &Claim) -> Self {
        Self {
            cpu_millis: self.cpu_millis.saturating_add(claim.cpu_millis),
            peak_memory_bytes: self.peak_memory_bytes.max(claim.peak_memory_bytes),
        }
    }
}

/// How often it is looked whether somebody is late.
const LOOK: Duration = Duration::from_millis(100);

/// Consecutive tiles of a part.
#[derive(Debug, Clone, Copy)]
struct Tiles<'a> {
    of: &'a Values,
    /// The same part in the hands of a mirror.
    twin: Option<&'a Values>,
    first: u64,
    count: u64,
}

/// Computes what is missing. Gives when every tile of every part was written and hashed, but for parts of
/// nodes that failed and have a mirror that did not.
pub(super) async fn compute(run: &Run<'_>, parts: &[&Values]) -> Result<Used, Stop> {
    let all = parts.iter().fold(0_u64, |sum, part| sum.saturating_add(part.tiles.len()));
    let queue = queue(run, parts);
    let missing = queue.iter().flatten().fold(0_u64, |sum, tiles| sum.saturating_add(tiles.count));
    let progress = run.node.progress.of(run.placed.job().digest(), all);
    progress.add(all.saturating_sub(missing));
    let (queue, used) = (Mutex::new(queue), Mutex::new(Used::default()));
    let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
    // Where one fails, the others are called off as well: nobody would wait for them.
    let halt = Cancel::default();
    let lane = async || -> Result<(), Stop> {
        while let Some(turn) = next() {
            for tiles in turn {
                let share = tiles.of.share;
                if halt.is_cancelled() {
                    return Ok(());
                }
                if tiles.twin.is_some() && run.mirrors.has_failed(share.node) {
                    progress.add(tiles.count);
                    continue;
                }
                let began = Instant::now();
                match one(run, tiles, &halt, &|more| progress.add(more)).await {
                    Ok(claim) => {
                        run.mirrors.took(share, tiles.count, began.elapsed());
                        let mut used = used.lock().unwrap_or_else(PoisonError::into_inner);
                        *used = used.and(&claim);
                    }
                    Err(stop) if tiles.twin.is_some() => run.without(share.node, stop)?,
                    Err(stop) => return Err(stop),
                }
            }
        }
        Ok(())
    };
    all_of((0..run.product.workers).map(|_| Box::pin(lane())), &halt).await?;
    let used = *used.lock().unwrap_or_else(PoisonError::into_inner);
    Ok(used)
}

/// What one worker does after the other.
type Turn<'a> = Vec<Tiles<'a>>;

/// What is missing. Where there are mirrors, a turn is all that a node has to do, so that one that hangs
/// holds up one worker; those that mirror come last. Where there are none, all workers share each part.
fn queue<'a>(run: &Run<'_>, parts: &[&'a Values]) -> VecDeque<Turn<'a>> {
    let of = |share| parts.iter().find(|part| part.share == share).copied();
    let twin = |part: &Values| run.mirrors.twin(part.share).and_then(of);
    let (with, without): (Vec<&Values>, _) = parts.iter().partition(|part| twin(part).is_some());
    let mut turns: VecDeque<_> = without
        .into_iter()
        .flat_map(|part| pieces(part, None, run.product.workers))
        .map(|tiles| vec![tiles])
        .collect();
    let mut nodes: BTreeMap<(bool, usize), Turn<'a>> = BTreeMap::new();
    for part in with {
        let node = part.share.node;
        let turn = nodes.entry((!run.mirrors.is_first(node), node)).or_default();
        turn.extend(pieces(part, twin(part), 1));
    }
    turns.extend(nodes.into_values());
    turns
}

/// What is missing of a part, in pieces of which every worker gets one.
fn pieces<'a>(part: &'a Values, twin: Option<&'a Values>, workers: usize) -> Vec<Tiles<'a>> {
    let workers = u64::try_from(workers).unwrap_or(1).max(1);
    let mut pieces = Vec::new();
    for (mut first, mut left) in part.missing() {
        let most = left.div_ceil(workers).max(1);
        while left > 0 {
            let count = most.min(left);
            pieces.push(Tiles { of: part, twin, first, count });
            first = first.saturating_add(count);
            left = left.saturating_sub(count);
        }
    }
    pieces
}

/// Has a worker compute some tiles, and hashes each as soon as it is told to be there.
async fn one(
    run: &Run<'_>,
    tiles: Tiles<'_>,
    halt: &Cancel,
    more: &(dyn Fn(u64) + Sync),
) -> Result<Claim, Stop> {
    let Tiles { of, twin, first, count } = tiles;
    let product = run.product;
    let piece = Piece {
        request: MultiplyRequest {
            run: 0,
            format: product.format,
            a: product.a.1,
            b: product.b.1,
            splits: product.grid.splits(),
            part: of.share.part,
            memory_bytes: product.memory,
            first,
            count,
            wall_millis: run.left()?,
        },
        files: [&product.a.0, &product.b.0, &of.file],
    };
    let (tell, mut told) = watch::channel(0_u64);
    // This piece alone may be called off as well.
    let own = Cancel::default();
    let answer = run.node.executor.multiply(run.placed, &piece, &own, &tell);
    let late = late(run, twin);
    tokio::pin!(answer, late);
    let mut is_late = false;
    let mut hashed = 0_u64;
    let mut hash = |upto: u64| -> Result<(), Stop> {
        let upto = upto.min(count);
        while hashed < upto {
            of.done(product, first.saturating_add(hashed))?;
            hashed = hashed.saturating_add(1);
            more(1);
        }
        Ok(())
    };
    let executed = loop {
        tokio::select! {
            biased;
            () = run.cancel.cancelled(), if !halt.is_cancelled() => halt.ask(run.cancel.wish()),
            () = halt.cancelled(), if !own.is_cancelled() => own.ask(halt.wish()),
            executed = &mut answer => break executed?,
            () = &mut late, if !is_late => {
                is_late = true;
                own.ask(Wish::Stopping);
            }
            Ok(()) = told.changed() => {
                let upto = *told.borrow_and_update();
                if let Err(stop) = tokio::task::block_in_place(|| hash(upto)) {
                    // Its worker is not left alone with a file that somebody else will write to.
                    own.ask(Wish::Stopping);
                    let _ = answer.await;
                    return Err(stop);
                }
            }
        }
    };
    // What came with the answer counts: it is hashed before anybody says that it is there.
    match &executed.claim.outcome {
        Outcome::Completed if executed.files.is_empty() => {
            tokio::task::block_in_place(|| hash(count))?;
            Ok(executed.claim)
        }
        Outcome::Cancelled if is_late => {
            Err(Stop::Lost(Lost("it was late, and its mirror was done".to_owned())))
        }
        Outcome::WorkerLost { why } => {
            Err(Stop::Lost(Lost(format!("a worker was lost: {}", crate::validate::short(why)))))
        }
        outcome @ (Outcome::OperandUnusable { .. }
        | Outcome::MemoryCap
        | Outcome::Deadline
        | Outcome::Cancelled) => Err(Stop::Ended(outcome.clone())),
        _ => Err(Stop::Lost(Lost("an answer that no product has".to_owned()))),
    }
}

/// Ends when nobody would wait for a part any more that its mirror is done with; never without one.
async fn late(run: &Run<'_>, twin: Option<&Values>) {
    let Some(twin) = twin else { return std::future::pending().await };
    let began = Instant::now();
    let patience = || run.mirrors.patience(twin.share, twin.tiles.len());
    while !twin.is_whole() || patience().is_none_or(|patience| began.elapsed() < patience) {
        tokio::time::sleep(LOOK).await;
    }
}

/// Lets all go on side by side until each has ended. The first error is what counts; it halts the others.
async fn all_of<F: Future<Output = Result<(), Stop>> + Unpin>(
    all: impl Iterator<Item = F>,
    halt: &Cancel,
) -> Result<(), Stop> {
    let mut all: Vec<F> = all.collect();
    let mut first = Ok(());
    std::future::poll_fn(move |context: &mut Context<'_>| {
        let mut at = 0;
        while let Some(one) = all.get_mut(at) {
            match Pin::new(one).poll(context) {
                Poll::Pending => at = at.saturating_add(1),
                Poll::Ready(ended) => {
                    drop(all.swap_remove(at));
                    if ended.is_err() {
                        halt.ask(Wish::Stopping);
                    }
                    if first.is_ok() {
                        first = ended;
                    }
                }
            }
        }
        match all.is_empty() {
            true => Poll::Ready(std::mem::replace(&mut first, Ok(()))),
            false => Poll::Pending,
        }
    })
    .await
}
