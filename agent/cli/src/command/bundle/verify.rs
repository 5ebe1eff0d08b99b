//! `archctl bundle verify`

use std::path::{Path, PathBuf};

use arch_archive::bundle::{self, Bundle};
use arch_document::{Job, Moment, NoHistory, SignedDocument};
use arch_ledger::KeySource;
use arch_problem::{Problem, codes};
use serde::Serialize;

use super::product;
use crate::answer::{Answer, Outcome, Stop, refusal_as_json};
use crate::command::ledger;
use crate::places::Format;
use crate::render::Sources;
use crate::{documents, say, trust};

/// Check every byte of a job's bundle; needs no node, no ledger and no network
///
/// Document, module, inputs and outputs are looked at, and the proofs that the ledger accepted the job and
/// wrote down its end.
///
/// Without `--key`, the keys are taken from the bundle: that shows that it is whole, not whose it is.
/// Without `--root`, the document's signatures are not checked.
#[derive(Debug, clap::Args)]
#[command(after_help = "Exit codes: 0 all of it holds, 1 something does not, 3 could not tell")]
pub(crate) struct Args {
    /// The bundle
    #[arg(value_name = "DIR")]
    dir: PathBuf,
    /// A verifier key of the node's ledger, `NAME+ID+KEY` or a file of such lines; may be given
    /// several times
    #[arg(long = "key", value_name = "VKEY")]
    keys: Vec<String>,
    /// Also check the document's signatures by this trust root, for the time of its acceptance
    #[arg(long, value_name = "FILE")]
    root: Option<PathBuf>,
    #[command(flatten)]
    format: Format,
}

const SCHEMA: &str = "arch.bundle-verify/v1";

#[derive(Serialize)]
struct Checked<'a> {
    schema: &'static str,
    ok: bool,
    digest: String,
    origin: &'a str,
    accepted: u64,
    finished: u64,
    /// Absent if what ran was the node's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    module: Option<String>,
    files: std::collections::BTreeMap<&'a str, String>,
    absent: Vec<&'a str>,
    /// Who signed the document; nothing without `--root`.
    #[serde(skip_serializing_if = "Option::is_none")]
    signers: Option<Vec<String>>,
    /// Whether the product is that of the inputs, checked here; absent if there is none to be checked.
    #[serde(skip_serializing_if = "Option::is_none")]
    product: Option<bool>,
}

impl Args {
    pub(crate) fn run(self) -> Outcome {
        refusal_as_json(self.check(), self.format.json, SCHEMA)
    }

    fn check(&self) -> Outcome {
        let keys = ledger::keys(&self.keys)?;
        let given = (!keys.is_empty()).then_some(keys.as_slice());
        let bundle = bundle::verify(&self.dir, given)
            .map_err(|error| Stop::refused(error.problem(), Sources::default()))?;
        let document = documents::read(&bundle.manifest())?;
        if document.digest() != *bundle.document() {
            let text = format!("`manifest` is the document {}", document.digest());
            let problem = Problem::new(codes::BUNDLE_INVALID, text);
            return Err(Stop::refused(problem, Sources::default()));
        }
        // What cannot be read as a job has no product.
        let matrix = document.read::<Job>().ok().and_then(|job| job.spec.matrix().cloned());
        let signers = match &self.root {
            Some(root) => Some(signers(root, document, &bundle)?),
            None => None,
        };
        if bundle.module_digest().is_some() == matrix.is_some() {
            let text = "a product has no program, and everything else has one";
            let problem = Problem::new(codes::BUNDLE_INVALID, text);
            return Err(Stop::refused(problem, Sources::default()));
        }
        let product = match &matrix {
            Some(matrix) => product::holds(&self.dir, &bundle, matrix)?,
            None => None,
        };
        if product == Some(false) {
            let text = "`outputs/product` is not the product of the job's inputs";
            let problem = Problem::new(codes::BUNDLE_INVALID, text);
            return Err(Stop::refused(problem, Sources::default()));
        }
        self.tell(&bundle, signers, (matrix.is_some(), product))
    }

    fn tell(
        &self,
        bundle: &Bundle,
        signers: Option<Vec<String>>,
        (asks, product): (bool, Option<bool>),
    ) -> Outcome {
        let checked = Checked {
            schema: SCHEMA,
            ok: true,
            digest: bundle.document().to_string(),
            origin: bundle.origin(),
            accepted: bundle.accepted().index,
            finished: bundle.finished().index,
            module: bundle.module_digest().map(ToString::to_string),
            files: bundle.files().map(|(name, digest)| (name, digest.to_string())).collect(),
            absent: bundle.absent().iter().map(String::as_str).collect(),
            signers,
            product,
        };
        if self.format.json {
            say::json(&checked)?;
            return Ok(Answer::Yes);
        }
        say::data(&format!(
            "ok: job {} was accepted by entry {} of `{}` and ended by entry {}",
            checked.digest, checked.accepted, checked.origin, checked.finished
        ))?;
        if let Some(module) = &checked.module {
            say::data(&format!("  module {module}"))?;
        }
        for (name, digest) in &checked.files {
            let left_out = if checked.absent.contains(name) { " (left out)" } else { "" };
            say::data(&format!("  {name} {digest}{left_out}"))?;
        }
        if checked.product.is_some() {
            say::data("the product is that of the inputs, by Freivalds with numbers drawn here")?;
        }
        if asks && checked.product.is_none() {
            say::talk(
                "the product was not checked: the node kept the digest alone of what that needs",
            );
        }
        match &checked.signers {
            Some(signers) => say::data(&format!("signed by {}", signers.join(", ")))?,
            None => say::talk("give `--root` to have the document's signatures checked, too"),
        }
        if bundle.key_source() == KeySource::FirstEntry {
            say::talk("the bundle itself names its keys; give `--key` to know whose it is");
        }
        Ok(Answer::Yes)
    }
}

/// Judged as the node judged it: at the moment of its acceptance.
fn signers(root: &Path, document: SignedDocument, bundle: &Bundle) -> Result<Vec<String>, Stop> {
    let root = trust::alone(root)?;
    let moment = Moment::read(bundle.accepted().time, None)
        .map_err(|step| Stop::from(Problem::new(step.code(), step.to_string())))?;
    let sources = trust::sources(&root, &document);
    let verified = root
        .verify::<Job>(document, &moment, &NoHistory)
        .map_err(|refusal| Stop::refused(refusal.problem, sources))?;
    Ok(verified.signers().to_vec())
}
