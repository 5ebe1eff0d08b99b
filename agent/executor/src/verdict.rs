//! From a child's end to a claim: what it said, checked, or what its death means.

use std::collections::BTreeSet;
use std::os::fd::OwnedFd;

use arch_identity::Digest;
use arch_sandbox::blob;
use arch_sandbox::cache::CODE_CAP;
use arch_sandbox::process::{End, OUT_OF_MEMORY, Rusage};
use arch_sandbox::report::Report;
use arch_wire::executor::{Blob, Claim, Outcome, READS_CAP, RunRequest, STREAMS};
use rustix::process::Signal;

use crate::run::{Ended, Killed};
use crate::task::Task;

/// A claim with its descriptors.
pub(crate) type Told = (Claim, Vec<OwnedFd>);

/// Most bytes of what an outcome says beside its word; a path has at most 4,096.
const TEXT_CAP: usize = 8 << 10;

/// A run that ended with nothing to show.
pub(crate) fn bare(outcome: Outcome) -> Told {
    (Claim::without_work(outcome), Vec::new())
}

/// A run that ended for a reason that lies with this node.
pub(crate) fn lost(why: impl std::fmt::Display) -> Outcome {
    Outcome::WorkerLost { why: why.to_string() }
}

/// What came of compiling: code, or the run's end.
pub(crate) fn compiled(ended: &mut Ended) -> Result<Vec<u8>, Outcome> {
    match (ended.report.take(), ended.killed) {
        (Some((Report::Finished { claim, .. }, fds)), _) => match (claim.outcome, fds.as_slice()) {
            (Outcome::Completed, [fd]) => code(fd, &claim.outputs),
            (refused @ (Outcome::ModuleRefused { .. } | Outcome::Denied { .. }), [])
                if refused.detail().is_none_or(|text| text.len() <= TEXT_CAP) =>
            {
                Err(refused)
            }
            _ => Err(lost("the compiler said what makes no sense")),
        },
        (Some((Report::Broken { why, .. }, _)), _) => Err(lost(cut(&why))),
        (Some((Report::Progress { .. }, _)), _) => {
            Err(lost("the compiler said what makes no sense"))
        }
        (None, Some(Killed::Cancelled)) => Err(Outcome::Cancelled),
        (None, Some(Killed::Overdue)) => Err(Outcome::CompileCap),
        (None, Some(Killed::Lied)) => Err(lost("the compiler sent what cannot be read")),
        (None, None) => Err(match ended.end {
            OUT_OF_MEMORY => Outcome::CompileCap,
            // Out of time, out of memory, or too deep for its stack: all the module's doing.
            End::Signal(signal) if is_want(signal) => Outcome::CompileCap,
            end => lost(format!("the compiler died by {end}")),
        }),
    }
}

// KNOWN GAP: up to 256 MiB are read and hashed in the executor's one loop, some tenths of a second
// in which no other run's end and no ping is answered; so is the MAC of a cached module.
fn code(fd: &OwnedFd, outputs: &[Blob]) -> Result<Vec<u8>, Outcome> {
    let code = blob::read(fd, CODE_CAP).map_err(|error| lost(format!("compiled code: {error}")))?;
    match outputs {
        [blob] if blob.digest == Digest::of(&code) => Ok(code),
        _ => Err(lost("compiled code: its digest is another")),
    }
}

// A child's reason is for the log, in one line that ends.
fn cut(why: &str) -> String {
    why.chars().take(500).collect()
}

fn is_want(signal: i32) -> bool {
    [Signal::KILL, Signal::XCPU, Signal::ABORT, Signal::SEGV, Signal::BUS, Signal::XFSZ]
        .iter()
        .any(|want| want.as_raw() == signal)
}

/// What came of working.
pub(crate) fn worked(ended: &mut Ended) -> Told {
    match (ended.report.take(), ended.killed) {
        (Some((Report::Finished { claim, .. }, fds)), _) => {
            checked(claim, fds, &ended.task, Some(ended.used))
        }
        (Some((Report::Broken { why, .. }, _)), _) => bare(lost(cut(&why))),
        (Some((Report::Progress { .. }, _)), _) => {
            bare(lost("a worker's last word makes no sense"))
        }
        (None, Some(Killed::Cancelled)) => bare(Outcome::Cancelled),
        // It did not heed its alarm: the fuel it used is not known.
        (None, Some(Killed::Overdue)) => bare(Outcome::Deadline),
        (None, Some(Killed::Lied)) => bare(lost("the worker sent what cannot be read")),
        (None, None) => bare(silent(ended.end, ended.starved)),
    }
}

// A worker that died without a word. Out of time and out of memory it would be again.
fn silent(end: End, starved: bool) -> Outcome {
    match end {
        End::Signal(signal) if signal == Signal::XCPU.as_raw() => Outcome::Deadline,
        _ if starved || end == OUT_OF_MEMORY => Outcome::MemoryCap,
        end => lost(end),
    }
}

/// A worker's claim, or that it lied. `used` is the kernel's word, where there is one.
pub(crate) fn checked(
    mut claim: Claim,
    fds: Vec<OwnedFd>,
    task: &Task,
    used: Option<Rusage>,
) -> Told {
    let sense = match task {
        Task::Guest(request) => check(&claim, &fds, request),
        Task::Product(_) => check_product(&claim),
    };
    if let Err(why) = sense {
        return bare(lost(format!("the worker's result makes no sense: {why}")));
    }
    if let Some(used) = used {
        claim.cpu_millis = used.cpu_millis;
        claim.peak_memory_bytes = used.peak_memory_bytes;
    }
    (claim, fds)
}

// The values are in the file that the agent handed over: the claim says how it went and no more.
fn check_product(claim: &Claim) -> Result<(), String> {
    let bare = Claim {
        cpu_millis: claim.cpu_millis,
        peak_memory_bytes: claim.peak_memory_bytes,
        ..Claim::without_work(claim.outcome.clone())
    };
    match &claim.outcome {
        _ if *claim != bare => Err("a product has nothing to hand over".to_owned()),
        Outcome::Completed | Outcome::MemoryCap => Ok(()),
        Outcome::OperandUnusable { why } if why.len() <= TEXT_CAP => Ok(()),
        _ => Err("its outcome is none of a product".to_owned()),
    }
}

fn check(claim: &Claim, fds: &[OwnedFd], request: &RunRequest) -> Result<(), String> {
    match claim.outcome {
        Outcome::Cancelled | Outcome::CompileCap | Outcome::WorkerLost { .. } => {
            return Err("its outcome is not a worker's to say".to_owned());
        }
        _ if claim.fuel > request.limits.fuel => return Err("more fuel than it had".to_owned()),
        _ if !claim.denied.is_bounded() => return Err("too long a list of denials".to_owned()),
        _ if claim.limits_hit.len() > 16 => return Err("too many limits".to_owned()),
        _ if claim.outcome.detail().is_some_and(|text| text.len() > TEXT_CAP) => {
            return Err("more words than anybody reads".to_owned());
        }
        _ => {}
    }
    let mut seen = BTreeSet::new();
    let mut total = 0_u64;
    for blob in &claim.outputs {
        let known = STREAMS.contains(&blob.name.as_str()) || request.outputs.contains(&blob.name);
        if !known || !seen.insert(&blob.name) {
            return Err("an output that nobody asked for".to_owned());
        }
        total = total.saturating_add(blob.size);
    }
    if total > request.limits.output_bytes {
        return Err("more output than allowed".to_owned());
    }
    if claim.reads.as_ref().is_some_and(|reads| reads.name != "reads") {
        return Err("a list of reads by another name".to_owned());
    }
    if claim.reads.as_ref().is_some_and(|reads| reads.size > READS_CAP) {
        return Err("too long a list of reads".to_owned());
    }
    let mut fds = fds.iter();
    for blob in claim.outputs.iter().chain(&claim.reads) {
        blob::check_claimed(blob, &mut fds).map_err(|error| error.to_string())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use arch_wire::executor::{Isolation, Limits};

    use super::*;

    fn request() -> Task {
        Task::Guest(RunRequest {
            run: 1,
            module: Digest::of(b"m"),
            args: Vec::new(),
            env: [].into(),
            inputs: Vec::new(),
            grants: Vec::new(),
            outputs: vec!["a".to_owned()],
            limits: Limits {
                fuel: 10,
                wall_millis: 1,
                memory_bytes: 1,
                table_elements: 1,
                instances: 1,
                output_bytes: 8,
                host_calls: 1,
                write_bytes: 1,
                write_entries: 1,
                read_bytes: 1,
                compile_millis: 1,
                module_bytes: 1,
            },
            seed: Digest::of(b"s"),
            isolation: Isolation::Process,
        })
    }

    fn claim(outputs: &[(&str, &[u8])]) -> Told {
        let mut told = bare(Outcome::Completed);
        for (name, bytes) in outputs {
            let (blob, fd) = blob::seal(name, bytes).unwrap();
            told.0.outputs.push(blob);
            told.1.push(fd);
        }
        told
    }

    fn is_believed((claim, fds): Told) -> bool {
        checked(claim, fds, &request(), None).0.outcome == Outcome::Completed
    }

    #[test]
    fn a_worker_that_ran_out_of_memory_is_not_taken_for_a_lost_one() {
        assert_eq!(silent(OUT_OF_MEMORY, false), Outcome::MemoryCap);
        assert_eq!(silent(End::Signal(Signal::KILL.as_raw()), true), Outcome::MemoryCap);
        for lost in [End::Exit(0), End::Signal(Signal::KILL.as_raw()), End::Exit(101)] {
            assert!(matches!(silent(lost, false), Outcome::WorkerLost { .. }));
        }
    }

    #[test]
    fn an_honest_claim_is_passed_on() {
        assert!(is_believed(claim(&[("stdout", b"hi"), ("stderr", b""), ("a", b"bytes")])));
    }

    #[test]
    fn bytes_in_the_claim_are_believed_beside_those_in_a_file_and_only_at_their_length() {
        let inline = |name| blob::inline(name, b"few").unwrap();
        let mut told = claim(&[("stdout", b"hi")]);
        told.0.outputs.insert(0, inline("a"));
        assert!(is_believed(told));
        let mut lie = claim(&[("stdout", b"hi")]);
        lie.0.outputs.push(Blob { size: 2, ..inline("a") });
        assert!(!is_believed(lie));
        let mut lie = claim(&[]);
        lie.0.outputs = vec![Blob { size: 9, ..inline("a") }];
        assert!(!is_believed(lie));
        // A size that is claimed counts towards the cap, wherever the bytes are.
        let mut lie = claim(&[("stdout", b"123456")]);
        lie.0.outputs.push(inline("a"));
        assert!(!is_believed(lie));
    }

    #[test]
    fn outputs_nobody_asked_for_and_doubles_and_too_much_are_lies() {
        assert!(!is_believed(claim(&[("b", b"")])));
        assert!(!is_believed(claim(&[("a", b""), ("a", b"")])));
        assert!(!is_believed(claim(&[("stdout", b"12345"), ("a", b"6789")])));
    }

    #[test]
    fn another_size_an_open_file_and_an_outcome_that_is_ours_to_say_are_lies() {
        let mut lie = claim(&[("a", b"bytes")]);
        lie.0.outputs[0].size = 4;
        assert!(!is_believed(lie));
        let mut lie = claim(&[("a", b"")]);
        lie.1 = vec![tempfile::tempfile().unwrap().into()];
        assert!(!is_believed(lie));
        let mut lie = claim(&[]);
        lie.0.denied.first = vec![String::new(); 65];
        assert!(!is_believed(lie));
        let mut lie = claim(&[]);
        lie.0.fuel = 11;
        assert!(!is_believed(lie));
        let mut lie = claim(&[]);
        lie.0.outcome = Outcome::Trap { kind: "x".repeat(TEXT_CAP + 1) };
        assert!(matches!(
            checked(lie.0, lie.1, &request(), None).0.outcome,
            Outcome::WorkerLost { .. }
        ));
        let mut lie = claim(&[]);
        lie.0.outcome = Outcome::Cancelled;
        assert!(matches!(
            checked(lie.0, lie.1, &request(), None).0.outcome,
            Outcome::WorkerLost { .. }
        ));
    }
}
