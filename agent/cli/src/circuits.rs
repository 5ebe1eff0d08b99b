//! The circuits that a command may speak of, and their keys.

use std::path::{Path, PathBuf};

use arch_circuits::{
    Circuit,
    groth16::{ProvingKey, dev_key},
    registry::{BUILT_IN, Entry, KeyKind, Registry, hex},
};
use arch_problem::{Problem, codes};

use crate::{answer::Stop, say};

/// The longest manifest that is read.
const LARGEST_MANIFEST: u64 = 1 << 20;

/// The longest key to prove with that is read.
const LARGEST_KEY: u64 = 1 << 30;

/// Which circuits there are.
#[derive(Debug, clap::Args)]
pub(crate) struct Manifest {
    /// The manifest of circuits; without it, the one that this program was built with
    #[arg(long, value_name = "FILE", env = "ARCH_CIRCUITS")]
    manifest: Option<PathBuf>,
}

impl Manifest {
    /// Whether somebody gave one.
    pub(crate) fn is_given(&self) -> bool {
        self.manifest.is_some()
    }

    /// Reads and checks it.
    pub(crate) fn open(&self) -> Result<Registry, Stop> {
        let (name, text) = match &self.manifest {
            None => ("the manifest of this program".to_owned(), BUILT_IN.to_owned()),
            Some(path) => {
                let bytes = arch_files::read(path, LARGEST_MANIFEST).map_err(Stop::file)?;
                (path.display().to_string(), String::from_utf8_lossy(&bytes).into_owned())
            }
        };
        Registry::parse(&text)
            .map_err(|error| refused(Problem::new(codes::BAD_MANIFEST, format!("{name}: {error}"))))
    }
}

/// A refusal that points into no text.
pub(crate) fn refused(problem: Problem) -> Stop {
    Stop::refused(problem, crate::render::Sources::default())
}

/// The circuit of this name and version, or the one in use.
pub(crate) fn entry<'a>(
    registry: &'a Registry,
    id: &str,
    version: Option<u32>,
) -> Result<&'a Entry, Stop> {
    registry.find(id, version).ok_or_else(|| {
        let version = version.map(|version| format!(" of version {version}")).unwrap_or_default();
        let what = format!("no circuit `{id}`{version} is known");
        refused(Problem::new(codes::UNKNOWN_CIRCUIT, what))
    })
}

/// The key to prove with of a circuit: from the folder if it is there, else, for a dev key, made anew.
pub(crate) fn proving_key(entry: &Entry, keys: Option<&Path>) -> Result<ProvingKey, Stop> {
    let unknown =
        || refused(Problem::new(codes::CIRCUIT_REVOKED, format!("`{}` has no key", entry.id)));
    let (Some(circuit), Some(key)) = (Circuit::of_id(&entry.id), &entry.key) else {
        return Err(unknown());
    };
    let not_taken = |what: String| refused(Problem::new(codes::KEY_REFUSED, what));
    if let Some(path) = keys.map(|keys| keys.join(file_name(&key.pk_sha256))).filter(|p| p.exists())
    {
        let bytes = arch_files::read(&path, LARGEST_KEY).map_err(Stop::file)?;
        let pinned = hex::read(&key.pk_sha256).and_then(|bytes| bytes.try_into().ok());
        let read = pinned.map(|pinned| ProvingKey::read_pinned(&bytes, &pinned, circuit.system()));
        return match read {
            Some(Ok(read)) if hex::write(&read.verifying().sha256()) == key.vk_sha256 => Ok(read),
            Some(Ok(_)) => Err(not_taken(format!("{}: it belongs to another key", path.display()))),
            Some(Err(error)) => Err(not_taken(format!("{}: {error}", path.display()))),
            None => Err(not_taken("the manifest's `pkSha256` is none".to_owned())),
        };
    }
    if key.kind != KeyKind::Dev {
        return Err(Stop::could_not(
            format!("{} is not there", file_name(&key.pk_sha256)),
            "give the folder that `archctl circuit import` wrote with `--keys`",
        ));
    }
    say::talk("making the dev key; this takes some seconds");
    let made = dev_key(circuit.system()).ok_or_else(unknown)?;
    let same = hex::write(&made.verifying().sha256()) == key.vk_sha256;
    if same { Ok(made) } else { Err(not_taken("the dev key is not the manifest's".to_owned())) }
}

/// The name of a file with a key to prove with.
pub(crate) fn file_name(pk_sha256: &str) -> String {
    format!("{pk_sha256}.pk")
}

/// Writes files into a folder that is made for them; gives their paths.
pub(crate) fn write_files(out: &Path, files: &[(&str, Vec<u8>)]) -> Result<Vec<PathBuf>, Stop> {
    std::fs::create_dir_all(out).map_err(|error| {
        let what = format!("{} cannot be made: {error}", out.display());
        Stop::could_not(what, "choose a folder that you may write to")
    })?;
    let write = |(name, bytes): &(&str, Vec<u8>)| {
        let path = out.join(name);
        arch_files::write_whole(&path, bytes, 0o644).map_err(Stop::file)?;
        Ok(path)
    };
    files.iter().map(write).collect()
}
