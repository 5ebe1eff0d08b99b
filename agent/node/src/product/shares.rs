//! Part after part, tile after tile, by as many workers as the job has processors.

use std::{
    collections::VecDeque,
    pin::Pin,
    sync::{Mutex, PoisonError},
    task::{Context, Poll},
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

/// Consecutive tiles of a part.
#[derive(Debug, Clone, Copy)]
struct Tiles<'a> {
    of: &'a Values,
    first: u64,
    count: u64,
}

/// Computes what is missing. Gives when every tile of every part was written and hashed.
pub(super) async fn compute(run: &Run<'_>, parts: &[&Values]) -> Result<Used, Stop> {
    let all = parts.iter().fold(0_u64, |sum, part| sum.saturating_add(part.tiles.len()));
    let queue: VecDeque<Tiles<'_>> =
        parts.iter().flat_map(|part| pieces(part, run.product.workers)).collect();
    let missing = queue.iter().fold(0_u64, |sum, tiles| sum.saturating_add(tiles.count));
    let progress = run.node.progress.of(run.placed.job().digest(), all);
    progress.add(all.saturating_sub(missing));
    let (queue, used) = (Mutex::new(queue), Mutex::new(Used::default()));
    let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
    // Where one fails, the others are called off as well: nobody would wait for them.
    let halt = Cancel::default();
    let lane = async || -> Result<(), Stop> {
        while let Some(tiles) = next().filter(|_| !halt.is_cancelled()) {
            let claim = one(run, tiles, &halt, &|more| progress.add(more)).await?;
            let mut used = used.lock().unwrap_or_else(PoisonError::into_inner);
            *used = used.and(&claim);
        }
        Ok(())
    };
    all_of((0..run.product.workers).map(|_| Box::pin(lane())), &halt).await?;
    let used = *used.lock().unwrap_or_else(PoisonError::into_inner);
    Ok(used)
}

/// What is missing of a part, in pieces of which every worker gets one.
fn pieces(part: &Values, workers: usize) -> Vec<Tiles<'_>> {
    let workers = u64::try_from(workers).unwrap_or(1).max(1);
    let mut pieces = Vec::new();
    for (mut first, mut left) in part.missing() {
        let most = left.div_ceil(workers).max(1);
        while left > 0 {
            let count = most.min(left);
            pieces.push(Tiles { of: part, first, count });
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
    let Tiles { of, first, count } = tiles;
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
    let answer = run.node.executor.multiply(run.placed, &piece, halt, &tell);
    tokio::pin!(answer);
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
            executed = &mut answer => break executed?,
            Ok(()) = told.changed() => {
                let upto = *told.borrow_and_update();
                if let Err(stop) = tokio::task::block_in_place(|| hash(upto)) {
                    // Its worker is not left alone with a file that somebody else will write to.
                    halt.ask(Wish::Stopping);
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
