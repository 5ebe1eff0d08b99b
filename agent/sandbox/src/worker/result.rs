//! A run's result as a claim, with sealed memfds for what is long.

use std::os::fd::OwnedFd;

use arch_wire::executor::{Blob, Claim, LimitKind, Outcome, RunRequest};

use crate::blob;
use crate::process::Rusage;
use crate::wasm::RunResult;

/// Keeps `stdout`, `stderr`, the outputs that were asked for, and the list of reads. `used` is what the
/// process had used when its last job ended, and then what it has used now.
pub(super) fn claim(
    gave: RunResult,
    request: &RunRequest,
    used: &mut Rusage,
) -> rustix::io::Result<(Claim, Vec<OwnedFd>)> {
    let before = std::mem::replace(used, Rusage::own());
    let mut claim = Claim {
        fuel: gave.fuel,
        // A shared worker has served others before.
        cpu_millis: used.cpu_millis.saturating_sub(before.cpu_millis),
        peak_memory_bytes: used.peak_memory_bytes,
        limits_hit: limits_hit(&gave),
        denied: gave.denied.clone(),
        ..Claim::without_work(gave.outcome)
    };
    let mut fds = Vec::new();
    let wanted = request.outputs.iter().filter_map(|name| Some((name, gave.outputs.get(name)?)));
    let (stdout, stderr) = ("stdout".to_owned(), "stderr".to_owned());
    let streams = [(&stdout, &gave.stdout), (&stderr, &gave.stderr)];
    // A guest's file of the same name is not the stream.
    let files = wanted.filter(|(name, _)| !matches!(name.as_str(), "stdout" | "stderr"));
    for (name, bytes) in streams.into_iter().chain(files) {
        claim.outputs.push(kept(name, bytes, &mut fds)?);
    }
    if request.grants.iter().any(|grant| matches!(grant, arch_document::Grant::Read(_))) {
        claim.reads = Some(kept("reads", gave.reads.as_deref().unwrap_or_default(), &mut fds)?);
    }
    Ok((claim, fds))
}

fn kept(name: &str, bytes: &[u8], fds: &mut Vec<OwnedFd>) -> rustix::io::Result<Blob> {
    if let Some(blob) = blob::inline(name, bytes) {
        return Ok(blob);
    }
    let (blob, fd) = blob::seal(name, bytes)?;
    fds.push(fd);
    Ok(blob)
}

fn limits_hit(gave: &RunResult) -> Vec<LimitKind> {
    let died_of = match gave.outcome {
        Outcome::OutOfFuel => Some(LimitKind::Fuel),
        Outcome::Deadline => Some(LimitKind::Wall),
        Outcome::InstanceCap => Some(LimitKind::Instances),
        Outcome::OutputCap => Some(LimitKind::Output),
        Outcome::HostCallCap => Some(LimitKind::HostCalls),
        Outcome::WriteCap => Some(LimitKind::Write),
        Outcome::ReadCap => Some(LimitKind::Read),
        _ => None,
    };
    let memory = gave.memory_refused || gave.outcome == Outcome::MemoryCap;
    let memory = memory.then_some(LimitKind::Memory);
    let table = gave.table_refused.then_some(LimitKind::Table);
    died_of.into_iter().chain(memory).chain(table).collect()
}
