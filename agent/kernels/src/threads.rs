//! Work that is done at once.

use std::ops::Range;
use std::thread;

/// Does all work at once, the last piece on this thread. What came out, in the order of the work.
pub(crate) fn together<R: Send, W: FnOnce() -> R + Send>(work: impl Iterator<Item = W>) -> Vec<R> {
    thread::scope(|scope| {
        let mut work = work.peekable();
        let (mut started, mut last) = (Vec::new(), None);
        while let Some(piece) = work.next() {
            match work.peek() {
                Some(_) => started.push(scope.spawn(piece)),
                None => last = Some(piece()),
            }
        }
        let join = |thread: thread::ScopedJoinHandle<'_, R>| {
            thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        };
        started.into_iter().map(join).chain(last).collect()
    })
}

/// What `work` gives for each thread's share of a range, in order.
pub(crate) fn shared<R: Send>(
    range: &Range<u32>,
    threads: usize,
    work: impl Fn(Range<u32>) -> R + Sync,
) -> Vec<R> {
    let share = share(range.len(), threads);
    let step = u32::try_from(share).unwrap_or(u32::MAX);
    let work = &work;
    let starts = range.clone().step_by(share);
    together(starts.map(|start| {
        let share = start..start.saturating_add(step).min(range.end);
        move || work(share)
    }))
}

/// How many of `count` each of the threads takes; at least one.
pub(crate) fn share(count: usize, threads: usize) -> usize {
    count.div_ceil(threads.max(1)).max(1)
}
