//! A settled dispute, as an operator would look at it: with this program's own commands, and with snarkjs
//! where that is there.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use arch_identity::Digest;
use serde::Serialize;
use serde_json::Value;

use super::claim::claim;
use super::counted::{self, Proving};
use super::folder::Folder;
use super::story::Story;
use crate::answer::Stop;

/// How who lied was settled.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Settled {
    dispute: Digest,
    /// What `archctl dispute show --json` says.
    story: Value,
    /// What was asked of the prover.
    proving: Proving,
    /// Whether `archctl dispute replay` found everything to hold.
    replayed: bool,
    /// Whether snarkjs takes the same proof; absent where it is not there.
    #[serde(skip_serializing_if = "Option::is_none")]
    snarkjs: Option<bool>,
}

/// What is said where snarkjs is not there.
pub(super) const SKIPPED: &str = "no snarkjs given; `cargo xtask demo` gives one where npm is";

/// Tells it, and holds it against the ledger.
pub(super) fn tell(
    folder: &Folder,
    dispute: Digest,
    snarkjs: Option<&Path>,
    story: Story,
) -> Result<Settled, Stop> {
    let state = folder.path("state");
    let verb = |verb: &str, rest: &[&str]| archctl(&state, verb, dispute, rest);
    let shown = verb("show", &[])?;
    claim(shown.0, "the dispute that is settled cannot be shown")?;
    story.tell(&indented(&shown.1))?;
    let (_, json) = verb("show", &["--json"])?;
    let told: Value = serde_json::from_str(&json)
        .map_err(|error| Stop::could_not(format!("dispute show: {error}"), "tell us"))?;
    let at = |pointer: &str| told.pointer(pointer).cloned().unwrap_or_default();
    claim(at("/finding/upheld") == true, "the liar was not found at fault")?;
    claim(at("/finding/atFault/0/rule") == "proved", "it was not settled by a proof")?;
    let messages = at("/messages");
    let proofs = messages.as_array().into_iter().flatten().filter(|said| said["word"] == "proof");
    claim(proofs.count() == 1, "there was not one proof")?;
    let proving = counted::read(&state)?;
    // On a slow machine the first may come too late, and is asked for once more.
    claim(proving.proofs > 0, "no proof was asked for")?;
    story.tell(&format!(
        "proofs: {}, {} ms until it was there, {} bytes; digests that proofs are about: {}",
        proving.proofs,
        proving.milliseconds,
        at("/proofBytes"),
        proving.tile_digests
    ))?;
    story.tell(&format!("\n$ archctl dispute replay {dispute}"))?;
    let (replayed, words) = verb("replay", &[])?;
    story.tell(&indented(&words))?;
    claim(replayed, "the dispute does not hold when it is replayed")?;
    let snarkjs = match snarkjs {
        None => {
            story.tell(&format!("SKIPPED: {SKIPPED}"))?;
            None
        }
        Some(modules) => Some(others(folder, &state, dispute, modules, story)?),
    };
    Ok(Settled { dispute, story: told, proving, replayed, snarkjs })
}

/// Has snarkjs check the proof.
fn others(
    folder: &Folder,
    state: &Path,
    dispute: Digest,
    modules: &Path,
    story: Story,
) -> Result<bool, Stop> {
    let out = folder.path("dispute");
    let place = out.display().to_string();
    let (exported, words) = archctl(state, "export", dispute, &["--out", &place])?;
    claim(exported, &format!("the dispute cannot be exported: {words}"))?;
    let files = ["verification_key.json", "public.json", "proof.json"];
    let files = files.map(|name| out.join("snarkjs").join(name));
    let command = Command::new("node")
        .arg(modules.join("snarkjs/build/cli.cjs"))
        .args(["groth16", "verify"])
        .args(files)
        .stdin(Stdio::null())
        .output();
    let output = command.map_err(|error| {
        Stop::could_not(format!("node: {error}"), "install nodejs, or leave `--snarkjs` out")
    })?;
    // It paints what it says.
    let taken = output.status.success() && String::from_utf8_lossy(&output.stdout).contains("OK!");
    claim(taken, "snarkjs does not take the proof")?;
    story.tell("\nsnarkjs groth16 verify, of the same proof: OK")?;
    Ok(true)
}

/// Runs one of our own commands; gives whether the answer is yes, and what it said.
fn archctl(
    state: &Path,
    verb: &str,
    dispute: Digest,
    rest: &[&str],
) -> Result<(bool, String), Stop> {
    let told = |error: std::io::Error| {
        Stop::could_not(
            format!("archctl: {error}"),
            "leave the program where it is while the demo runs",
        )
    };
    let own: PathBuf = std::env::current_exe().map_err(told)?;
    let output = Command::new(own)
        .args(["dispute", verb])
        .arg(dispute.to_string())
        .arg("--state")
        .arg(state)
        .args(rest)
        .stdin(Stdio::null())
        .output()
        .map_err(told)?;
    let words = [output.stdout, output.stderr].concat();
    Ok((output.status.success(), String::from_utf8_lossy(&words).into_owned()))
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("   {line}")).collect::<Vec<_>>().join("\n")
}
