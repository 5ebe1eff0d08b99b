//! `cargo xtask nix`: what is in nix/, judged without nixpkgs, by a library of modules of our own.
//!
//! ```text
//! nix/tests/all.nix ──nix-instantiate──> evaluations   each option both ways, what they do together
//!                                        sample        the miniature is like nixpkgs' library
//!                                        drift         units against dist/systemd, key by key
//!                                        leaves        options against node.yaml.example, docs/NIX.md
//!                                        closure       the drop-ins of libraries, written for a try
//! flake.nix ──nix flake check──> its outputs are what they should be, offline
//! ```

mod closure;
mod drift;
mod flake;
mod judged;
mod options;
mod real;
mod sample;
mod tool;

use std::process::ExitCode;

use serde_json::Value;

use crate::guests::Install;
use crate::house;
pub(crate) use judged::Judged;
pub(crate) use tool::Nix;

/// Write the options into docs/NIX.md, or judge all that is in nix/
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Write nothing; fail when anything in nix/ is not as it should be
    #[arg(long)]
    check: bool,
}

impl Args {
    pub(crate) fn run(self) -> Result<ExitCode, String> {
        let nix = Nix::find(Install::Allowed)?;
        if !self.check {
            let all = evaluated(&nix)?;
            return options::write(&options::leaves(&all)).map(|()| ExitCode::SUCCESS);
        }
        let faults = judge(&nix)?.into_iter().filter_map(Judged::fault).collect::<Vec<_>>();
        if faults.is_empty() { Ok(ExitCode::SUCCESS) } else { Err(faults.join("\n       ")) }
    }
}

/// Everything, each by its name.
pub(crate) fn judge(nix: &Nix) -> Result<Vec<Judged>, String> {
    let mut judged = vec![Judged::by("every file can be read", nix.parse(&files()))];
    let all = match evaluated(nix) {
        Ok(all) => all,
        Err(why) => return Ok(vec![Judged::by("the tests can be evaluated", Err(why))]),
    };
    judged.extend(judged::evaluations(&all));
    judged.extend(sample::judged(&all));
    judged.extend(drift::judged(&all)?);
    judged.extend(options::judged(&options::leaves(&all))?);
    judged.push(Judged::by("libraries are bound one by one", closure::works(&all)));
    judged.push(Judged::by("the flake holds, offline", flake::check(nix)));
    judged.extend(real::judged(nix));
    Ok(judged)
}

/// How much was looked at, in one line.
pub(crate) fn counts(judged: &[Judged]) -> String {
    let of = |part: &str| judged.iter().filter(|one| one.is_of(part)).count();
    let (sample, units) = (of(sample::PART), of(drift::PART));
    let rest = judged.len().saturating_sub(sample).saturating_sub(units);
    format!(
        "nix: {rest} evaluations and files, {units} units beside those shipped, {sample} questions to \
         the miniature"
    )
}

fn evaluated(nix: &Nix) -> Result<Value, String> {
    nix.evaluate("import ./nix/tests/all.nix")
}

/// Every file of Nix that is ours.
fn files() -> Vec<std::path::PathBuf> {
    let root = house::root();
    let mut files = house::files(&root.join("nix"));
    files.retain(|file| file.extension().is_some_and(|kind| kind == "nix"));
    files.push(root.join("flake.nix"));
    files
}
