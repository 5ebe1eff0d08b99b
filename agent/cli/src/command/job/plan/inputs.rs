//! What the job is fed with: the agent's own order of looking, first its archive, then this machine's
//! files.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use arch_archive::Archive;
use arch_document::{Address, Grant, GrantPath, Job, Verified};
use arch_identity::Digest;
use arch_problem::{Code, Problem, codes};

use super::node::Node;
use super::step::Step;

/// Where the inputs are that were found, or that only the agent can find, by their names.
pub(super) type Origins = BTreeMap<String, Origin>;

/// Where an input is.
pub(super) enum Origin {
    File(PathBuf),
    Archive(Digest),
    Untold,
}

/// What is known of one input.
enum Found {
    /// Where it is, how to say it, and how many bytes it has.
    Here(Origin, String, u64),
    /// Only the agent's archive can tell, and it was not given.
    Untold(String),
    No(Code, String),
}

/// One step an input, in the order of their names.
pub(super) fn inputs(job: &Verified<Job>, node: &Node) -> (Vec<Step>, Origins) {
    let mut left = node.settings.largest_input();
    let mut origins = Origins::new();
    let steps = job.get().spec.inputs.iter().map(|(name, address)| {
        let found = match find(name, address, job, node, left) {
            Found::Here(origin, evidence, size) => match left.checked_sub(size) {
                Some(rest) => {
                    left = rest;
                    origins.insert(name.clone(), origin);
                    return Step::ok("input", evidence);
                }
                None => too_large(name, node),
            },
            found => found,
        };
        match found {
            Found::Here(_, evidence, _) | Found::Untold(evidence) => {
                origins.insert(name.clone(), Origin::Untold);
                Step::unknown("input", evidence)
            }
            Found::No(code, text) => {
                let place = job.document().place(&format!("/spec/inputs/{name}"), "asked for here");
                Step::no("input", Problem { at: place, ..Problem::new(code, text) })
            }
        }
    });
    let steps = steps.collect();
    (steps, origins)
}

fn find(name: &str, address: &Address, job: &Verified<Job>, node: &Node, left: u64) -> Found {
    let archive = node.state.as_ref().map(|state| Archive::to_read(&state.join("archive")));
    let kept = |digest: &Digest| archive.as_ref()?.head(digest, 0).ok().map(|(_, size)| size);
    let size = address.digest().and_then(|digest| Some((digest, kept(&digest)?)));
    if let Some((digest, size)) = size {
        let text = format!("`{name}` is in the archive, {size} bytes");
        return Found::Here(Origin::Archive(digest), text, size);
    }
    match (on_this_machine(name, address, job, node, left), address.digest(), archive) {
        (Found::No(..), Some(digest), None) => {
            let text = format!("`{name}`: the agent may have it in its archive: {digest}");
            Found::Untold(text)
        }
        (found, _, _) => found,
    }
}

fn on_this_machine(
    name: &str,
    address: &Address,
    job: &Verified<Job>,
    node: &Node,
    left: u64,
) -> Found {
    // What is percent-encoded would have two readings; such files are not named this way.
    let path = address.name().strip_prefix("file://").filter(|path| !path.contains('%'));
    let path = path.and_then(|path| path.parse::<GrantPath>().ok().map(|grant| (path, grant)));
    let Some((path, asked)) = path else {
        let text = format!("input `{name}`: `{}` is not fetched", address.name());
        return Found::No(codes::INPUT_OUT_OF_REACH, text);
    };
    let private = node.state.as_ref().is_some_and(|state| is_below(path, state));
    let wanted = Grant::Read(asked);
    let granted = job.get().spec.capabilities.fs.iter().any(|grant| grant.covers(&wanted));
    if private || (address.digest().is_none() && !granted) {
        let text = format!("input `{name}` is a file that the job has no right to read");
        return Found::No(codes::INPUT_OUT_OF_REACH, text);
    }
    match (arch_files::read_without_links(Path::new(path), left), address.digest()) {
        (Ok(bytes), Some(digest)) if Digest::of(&bytes) != digest => {
            let text = format!("input `{name}` has the digest {}", Digest::of(&bytes));
            Found::No(codes::INPUT_DIFFERS, text)
        }
        (Ok(bytes), _) => {
            let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
            let text = format!("`{name}` is {path}, {size} bytes");
            Found::Here(Origin::File(path.into()), text, size)
        }
        (Err(arch_files::FileError::TooLarge { .. }), _) => too_large(name, node),
        (Err(error), _) => Found::No(codes::INPUT_ABSENT, format!("input `{name}`: {error}")),
    }
}

/// The path is followed without links, so the folder's must have none either.
fn is_below(path: &str, folder: &Path) -> bool {
    Path::new(path).starts_with(folder.canonicalize().unwrap_or_else(|_| folder.to_path_buf()))
}

fn too_large(name: &str, node: &Node) -> Found {
    let most = node.settings.largest_input();
    let text = format!("with `{name}` the inputs are over {most} bytes");
    Found::No(codes::INPUT_TOO_LARGE, text)
}
