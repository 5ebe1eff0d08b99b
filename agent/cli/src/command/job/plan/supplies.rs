//! What the job needs of the machine: room, and its module.

use std::path::Path;

use arch_document::{Address, Grant, GrantPath, Job, Verified};
use arch_identity::Digest;
use arch_problem::{Code, Problem, codes};
use arch_schedule::{Demand, Lack};

use super::node::Node;
use super::step::Step;

/// Larger files in the folder are no modules.
const LARGEST_MODULE: u64 = 64 * 1024 * 1024;

/// Room in all, not right now: a job waits for its turn.
pub(super) fn resources(job: &Verified<Job>, node: &Node) -> Vec<Step> {
    let asked = &job.get().spec.resources;
    let demand = Demand {
        cpu: asked.cpu,
        memory: asked.memory,
        gpu: asked.gpu,
        watts: asked.power_budget.unwrap_or_default(),
    };
    let inventory = node.settings.inventory();
    let lacks = inventory.lacks(&demand);
    if lacks.is_empty() {
        let told = format!(
            "cpu {} of {}, memory {} of {}",
            demand.cpu, inventory.cpu, demand.memory, inventory.memory
        );
        return vec![Step::ok("resources", told)];
    }
    lacks.iter().map(|lack| Step::no("resources", too_little(lack, job))).collect()
}

fn too_little(lack: &Lack, job: &Verified<Job>) -> Problem {
    let problem = Problem::new(codes::NEVER_FITS, format!("the node has too little: {lack}"));
    match job.document().place(lack.what.pointer(), "asked for here") {
        Some(place) => Problem { at: Some(place), ..problem },
        None => problem,
    }
}

/// The module by its digest, among the files of the modules folder.
pub(super) fn module(job: &Job, node: &Node) -> Vec<Step> {
    let Some(digest) = job.spec.image.digest() else {
        return Vec::new();
    };
    let folder = node.settings.modules(&node.config);
    match holder(&folder, digest) {
        Some(file) => vec![Step::ok("module", format!("{file} is {digest}"))],
        None => vec![Step::unknown(
            "module",
            format!("not in {}; the agent may have it in its archive: {digest}", folder.display()),
        )],
    }
}

/// Each input: a file of this machine with the digest that the job names, or one that a grant of the
/// job covers. The archive is the agent's; what it alone has is not seen here.
pub(super) fn inputs(job: &Verified<Job>, node: &Node) -> Vec<Step> {
    let one = |(name, address): (&String, &Address)| {
        let told = |step: Result<String, (Code, String)>| match step {
            Ok(evidence) => Step::ok("input", evidence),
            Err((code, text)) => {
                let place = job.document().place(&format!("/spec/inputs/{name}"), "asked for here");
                Step::no("input", Problem { at: place, ..Problem::new(code, text) })
            }
        };
        match input(name, address, job, node.settings.largest_input()) {
            Some(step) => told(step),
            None => Step::unknown(
                "input",
                format!("`{name}` is no file here; the agent may have it in its archive"),
            ),
        }
    };
    job.get().spec.inputs.iter().map(one).collect()
}

/// Nothing when only the agent's archive can tell.
fn input(
    name: &str,
    address: &Address,
    job: &Verified<Job>,
    largest: u64,
) -> Option<Result<String, (Code, String)>> {
    let path = address.name().strip_prefix("file://").filter(|path| !path.contains('%'));
    let path = path.and_then(|path| path.parse::<GrantPath>().ok().map(|grant| (path, grant)));
    let Some((path, asked)) = path else {
        let text = format!("input `{name}`: `{}` is not fetched", address.name());
        return address.digest().is_none().then_some(Err((codes::INPUT_OUT_OF_REACH, text)));
    };
    let grants = &job.get().spec.capabilities.fs;
    let wanted = Grant::Read(asked);
    if address.digest().is_none() && !grants.iter().any(|grant| grant.covers(&wanted)) {
        let text = format!("input `{name}` is a file that the job has no right to read");
        return Some(Err((codes::INPUT_OUT_OF_REACH, text)));
    }
    match (arch_files::read(Path::new(path), largest), address.digest()) {
        (Ok(bytes), Some(digest)) if Digest::of(&bytes) != digest => {
            // As in the agent, the archive goes before the file: there it may be right.
            None
        }
        (Ok(bytes), _) => Some(Ok(format!("`{name}` is {path}, {} bytes", bytes.len()))),
        (Err(arch_files::FileError::TooLarge { .. }), _) => {
            Some(Err((codes::INPUT_TOO_LARGE, format!("input `{name}` is over {largest} bytes"))))
        }
        (Err(_), Some(_)) => None,
        (Err(error), None) => Some(Err((codes::INPUT_ABSENT, format!("input `{name}`: {error}")))),
    }
}

fn holder(folder: &Path, wanted: Digest) -> Option<String> {
    let entries = std::fs::read_dir(folder).ok()?.flatten();
    entries.take(10_000).map(|entry| entry.path()).find_map(|path| {
        let bytes = arch_files::read(&path, LARGEST_MODULE).ok()?;
        (Digest::of(&bytes) == wanted).then(|| path.display().to_string())
    })
}
