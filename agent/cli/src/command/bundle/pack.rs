//! `archctl bundle pack`

use std::path::PathBuf;

use arch_archive::{Archive, ArchiveError, bundle};
use arch_identity::Digest;
use serde::Serialize;

use crate::answer::{Answer, Outcome, Stop};
use crate::documents;
use crate::ledger_folder::Folder;
use crate::named_job::NamedJob;
use crate::places::Format;
use crate::say;

/// Put all that belongs to an ended job into one folder: document, module, inputs, outputs, proofs
///
/// The node may go on working meanwhile. What its policy keeps the digest of alone is left out, and the
/// bundle says so.
#[derive(Debug, clap::Args)]
#[command(after_help = "Exit codes: 0 packed, 1 there is no such ended job, 3 could not tell")]
pub(crate) struct Args {
    /// The job's digest, or its first digits
    #[arg(value_name = "DIGEST")]
    job: NamedJob,
    /// The folder to make; it must not exist
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Folder with the node's ledger and archive
    #[arg(long, value_name = "DIR", env = "ARCH_STATE", default_value = "/var/lib/archagent")]
    state: PathBuf,
    #[command(flatten)]
    format: Format,
}

#[derive(Serialize)]
struct Packed {
    schema: &'static str,
    digest: String,
    folder: String,
    absent: Vec<String>,
}

impl Args {
    pub(crate) fn run(self) -> Outcome {
        let folder = Folder::at(&self.state);
        let ledger = folder.open()?;
        let known = ledger.known()?;
        let digest = known.find(&self.job)?;
        if known.index().job(&digest).is_none_or(|job| job.finished.is_none()) {
            return Err(Stop::no(
                format!("no ended job has the digest {digest}"),
                "`archctl ledger show` lists what the ledger says",
            ));
        }
        // Beside the ledger, wherever that was found.
        let archive = Archive::to_read(&folder.path().with_file_name("archive"));
        require_document(&archive, &digest)?;
        bundle::write(&archive, &ledger.reader, &digest, &self.out).map_err(unclear)?;
        // What somebody else will do first.
        let made = bundle::verify(&self.out, None).map_err(unclear)?;
        let absent: Vec<String> = made.absent().iter().cloned().collect();
        if self.format.json {
            let folder = self.out.display().to_string();
            let (schema, digest) = ("arch.bundle-pack/v1", digest.to_string());
            say::json(&Packed { schema, digest, folder, absent })?;
        } else {
            say::data(&digest.to_string())?;
            say::talk(&format!("wrote {}", self.out.display()));
            if !absent.is_empty() {
                say::talk(&format!("kept by digest alone, so left out: {}", absent.join(", ")));
            }
        }
        Ok(Answer::Yes)
    }
}

/// What lies in the archive under a job's digest is not yet this job's document.
fn require_document(archive: &Archive, digest: &Digest) -> Result<(), Stop> {
    let bytes = archive.document(digest).map_err(unclear)?;
    let document = documents::parse(&digest.to_string(), &bytes)?;
    if document.digest() == *digest {
        return Ok(());
    }
    Err(Stop::could_not(
        format!("what the archive has as the document of {digest} is another one"),
        "restore the archive's folder from a copy",
    ))
}

fn unclear(error: ArchiveError) -> Stop {
    error.problem().into()
}
