//! `archctl job new`

mod matrix;

use std::path::{Path, PathBuf};

use arch_document::{Job, SignedDocument};
use arch_identity::{Digest, Timestamp};
use serde::Serialize;
use serde_json::Value;

use crate::answer::{Answer, Outcome, Stop};
use crate::places::Format;
use crate::{chance, clock, documents, fresh, say};
use matrix::{Found, Product};

const HOUR: u64 = 3600;

/// Seconds by which the job's life begins earlier, for machines whose clocks are a little slow.
const LEEWAY: u64 = 60;

/// The most bytes of a module or an input that are read to hash them.
const LARGEST: u64 = 1 << 30;

/// Write a job that is ready to be signed: a fresh nonce, a life from now on, every digest filled in
///
/// Nothing is signed and nothing is run: look it over, `archctl job sign` it, then
/// `archctl job plan` says what an agent would do with it.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The job's name
    #[arg(value_name = "NAME")]
    name: String,
    /// The wasm module or component that it runs
    #[arg(long, value_name = "FILE", required_unless_present = "matrix")]
    image: Option<PathBuf>,
    #[command(flatten)]
    product: Product,
    /// Who answers for the job, such as `user:ada`
    #[arg(long, value_name = "OWNER")]
    owner: String,
    /// An argument for the guest; may be given several times
    #[arg(long = "arg", value_name = "TEXT", allow_hyphen_values = true)]
    args: Vec<String>,
    /// A grant, such as `read:/srv/data`, `write:/srv/out` or `egress:443`; may be given several times
    #[arg(long = "grant", value_name = "GRANT")]
    grants: Vec<String>,
    /// A file that the guest sees as /in/NAME; may be given several times
    #[arg(long = "input", value_name = "NAME=FILE")]
    inputs: Vec<String>,
    /// A file that the guest writes as /out/NAME, or `stdout`; may be given several times
    #[arg(long = "output", value_name = "NAME")]
    outputs: Vec<String>,
    /// Processors, such as `1` or `500m`
    #[arg(long, value_name = "CPU", default_value = "1")]
    cpu: String,
    /// Memory of the guest
    #[arg(long, value_name = "BYTES", default_value = "256Mi")]
    memory: String,
    /// Time from start to end
    #[arg(long, value_name = "TIME", default_value = "5m")]
    timeout: String,
    /// How long the job may be accepted, in hours; at most 30 days
    #[arg(long, value_name = "HOURS", default_value_t = 24)]
    hours: u64,
    /// Where to write it; an existing file is never overwritten. NAME.yaml if not given
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    format: Format,
}

#[derive(Serialize)]
struct Made<'a> {
    schema: &'static str,
    file: &'a Path,
    digest: Digest,
    #[serde(skip_serializing_if = "Option::is_none")]
    module: Option<Digest>,
}

/// What the job is to run.
enum Program<'a> {
    Module { name: String, digest: Digest },
    Product(Found<'a>),
}

impl Args {
    pub(crate) fn run(self) -> Outcome {
        let out = self.out.clone().unwrap_or_else(|| format!("{}.yaml", self.name).into());
        fresh::absent(&out)?;
        let program = self.program()?;
        let text = self.text(&program, clock::now()?, &chance::nonce()?)?;
        let document = sound(&out, &text, &program)?;
        fresh::write(&out, text.as_bytes(), 0o644)?;
        let digest = document.digest();
        let module = match &program {
            Program::Module { digest, .. } => Some(*digest),
            Program::Product(_) => None,
        };
        if self.format.json {
            say::json(&Made { schema: "arch.job-made/v1", file: &out, digest, module })?;
        } else {
            say::data(&digest.to_string())?;
            say::talk(&format!("wrote {}; now `archctl job sign` it", out.display()));
        }
        Ok(Answer::Yes)
    }

    fn program(&self) -> Result<Program<'_>, Stop> {
        match (self.product.find()?, &self.image) {
            (Some(found), _) => Ok(Program::Product(found)),
            (None, Some(image)) => module(image),
            (None, None) => Err(Stop::usage("the job has no program", "give `--image FILE`")),
        }
    }

    fn text(&self, program: &Program<'_>, now: Timestamp, nonce: &str) -> Result<String, Stop> {
        let runs = match program {
            Program::Module { name, digest } => format!(
                "  image: {}  # the digest is that of the module\n  runtime: wasm\n",
                quoted(&format!("{name}@{digest}"))
            ),
            Program::Product(found) => found.program(),
        };
        let end = now.plus(self.hours.saturating_mul(HOUR));
        let mut text = format!(
            "# Not signed yet: look it over, then `archctl job sign` it.\n\
             apiVersion: arch.network/v1\n\
             kind: Job\n\
             metadata:\n  \
               name: {}\n  \
               owner: {}\n  \
               nonce: {}  # fresh: the same work a second time wants another one\n  \
               notBefore: {}\n  \
               notAfter: {}  # not accepted later; at most 30 days\n\
             spec:\n\
             {runs}  \
               resources:  # limits while it runs\n    \
                 cpu: {}\n    \
                 memory: {}\n    \
                 timeout: {}\n",
            quoted(&self.name),
            quoted(&self.owner),
            quoted(nonce),
            quoted(&now.minus(LEEWAY).to_string()),
            quoted(&end.to_string()),
            quoted(&self.cpu),
            quoted(&self.memory),
            quoted(&self.timeout),
        );
        text.push_str(&list("  ", "args", &self.args));
        text.push_str(&self.capabilities());
        if let Program::Product(found) = program {
            text.push_str(&map("inputs", "A and B are in them", &found.inputs()));
            let why = "the product, and what proves it";
            text.push_str(&map("outputs", why, &Found::outputs()));
            return Ok(text);
        }
        text.push_str(&map("inputs", "the guest sees them as /in/NAME", &self.addresses()?));
        let outputs = self.outputs.iter().map(|name| (name.clone(), format!("archive:{name}")));
        let outputs: Vec<_> = outputs.collect();
        text.push_str(&map("outputs", "the guest writes them as /out/NAME", &outputs));
        Ok(text)
    }

    fn capabilities(&self) -> String {
        let is_net = |grant: &&String| grant.starts_with("egress:");
        let (net, fs): (Vec<&String>, Vec<&String>) = self.grants.iter().partition(is_net);
        if net.is_empty() && fs.is_empty() {
            return String::new();
        }
        let lists = list("    ", "net", &net) + &list("    ", "fs", &fs);
        format!(
            "  capabilities:  # what it may touch; the node's policy has to allow each\n{lists}"
        )
    }

    /// Inputs by name, each with the digest of the file as it is now.
    fn addresses(&self) -> Result<Vec<(String, String)>, Stop> {
        let address = |given: &String| {
            let (name, file) = given.split_once('=').ok_or_else(|| {
                Stop::usage(format!("`{given}` names no file"), "write `--input NAME=FILE`")
            })?;
            let path = real_path(file)?;
            let bytes = arch_files::read(&path, LARGEST).map_err(Stop::file)?;
            Ok((name.to_owned(), address_of(&path, Digest::of(&bytes))))
        };
        self.inputs.iter().map(address).collect()
    }
}

fn module(image: &Path) -> Result<Program<'static>, Stop> {
    let bytes = arch_files::read(image, LARGEST).map_err(Stop::file)?;
    if !bytes.starts_with(b"\0asm") {
        let what = format!("{} is no wasm module", image.display());
        return Err(Stop::usage(what, "give the compiled .wasm file, not its source"));
    }
    let name = image.file_stem().map_or_else(String::new, |s| s.display().to_string());
    Ok(Program::Module { name, digest: Digest::of(&bytes) })
}

/// Inputs are followed without links, so they are named without.
fn real_path(file: &str) -> Result<PathBuf, Stop> {
    Path::new(file)
        .canonicalize()
        .map_err(|error| Stop::could_not(format!("{file}: {error}"), "name a file that is there"))
}

fn address_of(path: &Path, digest: Digest) -> String {
    format!("file://{}@{digest}", path.display())
}

/// What is written is a job of ours that its own files allow, or nothing is written.
fn sound(out: &Path, text: &str, program: &Program<'_>) -> Result<SignedDocument, Stop> {
    let document = documents::parse(&out.display().to_string(), text.as_bytes())?;
    let refused = |problem| Err(documents::refused(&document, problem));
    let job: Job = match document.read() {
        Ok(job) => job,
        Err(problem) => return refused(*problem),
    };
    match program {
        Program::Product(found) => match found.check(&job, document.digest()) {
            Err(fault) => refused(document.problem(fault)),
            Ok(()) => Ok(document),
        },
        Program::Module { .. } => Ok(document),
    }
}

/// JSON's quotes are YAML's as well.
fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

fn list<T: AsRef<str>>(indent: &str, name: &str, items: &[T]) -> String {
    if items.is_empty() {
        return String::new();
    }
    let items: Vec<String> = items.iter().map(|item| quoted(item.as_ref())).collect();
    format!("{indent}{name}: [{}]\n", items.join(", "))
}

fn map(name: &str, why: &str, items: &[(String, String)]) -> String {
    if items.is_empty() {
        return String::new();
    }
    let line =
        |(key, value): &(String, String)| format!("    {}: {}\n", quoted(key), quoted(value));
    format!("  {name}:  # {why}\n{}", items.iter().map(line).collect::<String>())
}
