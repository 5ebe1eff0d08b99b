//! What the job needs of the machine: room, and its module.

use std::path::Path;

use arch_document::{Job, Verified};
use arch_identity::Digest;
use arch_problem::{Problem, codes};
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
    let Some(digest) = job.spec.image.as_ref().and_then(|image| image.digest()) else {
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

fn holder(folder: &Path, wanted: Digest) -> Option<String> {
    let entries = std::fs::read_dir(folder).ok()?.flatten();
    entries.take(10_000).map(|entry| entry.path()).find_map(|path| {
        let bytes = arch_files::read(&path, LARGEST_MODULE).ok()?;
        (Digest::of(&bytes) == wanted).then(|| path.display().to_string())
    })
}
