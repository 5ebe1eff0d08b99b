//! What a run is fed with: the module and the inputs, by digest, from the archive, the modules
//! folder or a file of this machine.
//!
//! Twice: [`secure`] before a job is accepted, so that what it needs is here to stay; [`gather`]
//! before each run, into sealed memory files, hashing every byte again.

mod kept;
mod modules;
mod private;
mod ready;
mod source;

use std::{collections::BTreeMap, io, os::fd::OwnedFd, path::PathBuf, sync::Arc};

use arch_document::{Runtime, quantity::ByteSize};
use arch_identity::Digest;
use arch_policy::{Admitted, Keep};
use arch_problem::{Problem, codes};
use arch_wire::executor::InputFile;

use crate::{
    memfd::sealed,
    shelf::Shelf,
    told::{Told, problem},
};
pub use modules::Modules;
pub use ready::Ready;

/// Where supplies come from.
#[derive(Debug)]
pub struct Stores {
    /// The archive.
    pub shelf: Shelf,
    /// The modules folder.
    pub modules: Modules,
    /// Modules that ran lately.
    pub ready: Ready,
    /// The most bytes of all inputs of one job.
    pub most_input: ByteSize,
    /// The agent's own folder, whose files are never an input.
    pub private: PathBuf,
}

/// The module and the inputs of one run, in sealed memory files.
#[derive(Debug)]
pub struct Supplies {
    module: (Digest, Arc<OwnedFd>),
    inputs: Vec<(InputFile, OwnedFd)>,
}

impl Supplies {
    /// Digest of the module.
    #[must_use]
    pub fn module_digest(&self) -> Digest {
        self.module.0
    }

    /// The inputs, in the order of their files.
    #[must_use]
    pub fn inputs(&self) -> Vec<InputFile> {
        self.inputs.iter().map(|(input, _)| input.clone()).collect()
    }

    /// The module's file, then those of the inputs.
    ///
    /// # Errors
    /// When the process has no more descriptors.
    pub fn files(&self) -> io::Result<Vec<OwnedFd>> {
        let inputs = self.inputs.iter().map(|(_, file)| file);
        std::iter::once(&*self.module.1).chain(inputs).map(OwnedFd::try_clone).collect()
    }
}

/// Puts what the job needs into the archive, as far as the policy keeps it; says what is missing.
///
/// # Errors
/// A problem with its place in the job's document.
pub fn secure(stores: &Stores, admitted: &Admitted) -> Told<Secured> {
    private::keep_out(stores, admitted)?;
    if admitted.job().get().spec.runtime == Runtime::Matrix {
        return factors(stores, admitted);
    }
    let module = module_digest(admitted)?;
    // One that rotted there is put in anew from the modules folder.
    if !stores.ready.has(&module) && !stores.shelf.is_kept(&module)? {
        let limit = admitted.limits().module_bytes;
        let bytes =
            stores.modules.find(module, limit).map_err(|p| at(admitted, "/spec/image", p))?;
        stores.shelf.put(&bytes)?;
    }
    let mut left = stores.most_input.bytes();
    let keep = admitted.archive().inputs == Keep::Whole;
    let mut inputs = BTreeMap::new();
    for wanted in source::wanted(admitted) {
        let told = |problem| at(admitted, &wanted.pointer, problem);
        let bytes = wanted.fetch(stores, &mut left).map_err(told)?;
        let digest = if keep { stores.shelf.put(&bytes)? } else { Digest::of(&bytes) };
        inputs.insert(wanted.name, digest);
    }
    Ok(Secured { module: Some(module), inputs })
}

/// The factors of a product: always kept, since whoever checks it needs them, and looked at now, so that
/// what can be refused is refused before the job is accepted.
fn factors(stores: &Stores, admitted: &Admitted) -> Told<Secured> {
    let mut left = stores.most_input.bytes();
    let mut inputs = BTreeMap::new();
    for wanted in source::wanted(admitted) {
        let kept = wanted.keep(stores, &mut left);
        let digest = kept.map_err(|problem| at(admitted, &wanted.pointer, problem))?;
        inputs.insert(wanted.name, digest);
    }
    crate::product::look(&stores.shelf, admitted, &inputs)?;
    Ok(Secured { module: None, inputs })
}

/// What a job is run with, by digest.
#[derive(Debug)]
pub struct Secured {
    /// The module; the archive has it. None if what runs is the node's own.
    pub module: Option<Digest>,
    /// The inputs by name; the archive has them if the policy keeps them.
    pub inputs: BTreeMap<String, Digest>,
}

/// Reads everything into sealed memory files. An input that the job does not pin is the one that it
/// was `accepted_with`, as the ledger says, in every attempt.
///
/// # Errors
/// A problem with its place in the job's document.
pub fn gather(
    stores: &Stores,
    admitted: &Admitted,
    accepted_with: &BTreeMap<String, Digest>,
) -> Told<Supplies> {
    let module = module(stores, admitted)?;
    let mut left = stores.most_input.bytes();
    let mut inputs = Vec::new();
    for wanted in source::wanted(admitted) {
        let wanted = wanted.pinned(accepted_with);
        let told = |problem| at(admitted, &wanted.pointer, problem);
        let bytes = wanted.fetch(stores, &mut left).map_err(told)?;
        let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        let input = InputFile { name: wanted.name.clone(), size, digest: Digest::of(&bytes) };
        inputs.push((input, memory("input", &bytes)?));
    }
    Ok(Supplies { module, inputs })
}

/// The module, in memory that nobody can change.
fn module(stores: &Stores, admitted: &Admitted) -> Told<(Digest, Arc<OwnedFd>)> {
    let digest = module_digest(admitted)?;
    let limit = admitted.limits().module_bytes;
    if let Some(file) = stores.ready.get(&digest, limit) {
        return Ok((digest, file));
    }
    let bytes = stores.shelf.get(&digest, limit).map_err(|p| at(admitted, "/spec/image", p))?;
    let file = Arc::new(memory("module", &bytes)?);
    stores.ready.put(digest, u64::try_from(bytes.len()).unwrap_or(u64::MAX), &file);
    Ok((digest, file))
}

fn module_digest(admitted: &Admitted) -> Told<Digest> {
    let image = admitted.job().get().spec.image.as_ref();
    image.and_then(|image| image.digest()).ok_or_else(|| {
        let name = image.map_or("", |image| image.as_str());
        let text = format!("`{name}` names no digest, and a module is found by nothing else");
        at(admitted, "/spec/image", problem(codes::MODULE_ABSENT, text))
    })
}

fn memory(name: &str, bytes: &[u8]) -> Told<OwnedFd> {
    sealed(name, &mut &*bytes).map_err(|error| problem(codes::FILE_MACHINE, error.to_string()))
}

/// Points into the job, unless the problem already points somewhere.
pub(crate) fn at(admitted: &Admitted, pointer: &str, mut problem: Box<Problem>) -> Box<Problem> {
    if problem.at.is_none() {
        problem.at = admitted.job().document().place(pointer, "asked for here");
    }
    problem
}
