//! An OCI image layout (image-spec 1.1): blobs by their SHA-256, and an index that names the first.

use std::fs;
use std::io;
use std::path::Path;

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{USER, layer::PROGRAM};

const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const CONFIG: &str = "application/vnd.oci.image.config.v1+json";
const LAYER: &str = "application/vnd.oci.image.layer.v1.tar";

/// Bytes that stand under their digest.
#[derive(Debug)]
struct Blob {
    kind: &'static str,
    digest: String,
    size: usize,
}

/// Writes the layout. The index comes last: who sees it finds what it names.
pub(super) fn write(out: &Path, layer: &[u8]) -> io::Result<()> {
    fs::create_dir_all(out.join("blobs/sha256"))?;
    let layer = Blob::write(out, LAYER, layer)?;
    let config = Blob::write(out, CONFIG, config(&layer.digest).to_string().as_bytes())?;
    let manifest = json!({
        "schemaVersion": 2, "mediaType": MANIFEST,
        "config": config.descriptor(), "layers": [layer.descriptor()],
    });
    let Blob { kind, digest, size } = Blob::write(out, MANIFEST, manifest.to_string().as_bytes())?;
    let tag = json!({ "org.opencontainers.image.ref.name": env!("CARGO_PKG_VERSION") });
    let named = json!({ "mediaType": kind, "digest": digest, "size": size, "annotations": tag });
    fs::write(out.join("oci-layout"), json!({ "imageLayoutVersion": "1.0.0" }).to_string())?;
    let index = json!({ "schemaVersion": 2, "manifests": [named] });
    fs::write(out.join("index.json"), index.to_string())
}

/// How it is run unless its operator says otherwise. Digests of layers that are not packed are those of
/// their contents.
fn config(layer: &str) -> Value {
    json!({
        "architecture": architecture(),
        "os": "linux",
        "config": {
            "User": format!("{USER}:{USER}"),
            "WorkingDir": "/",
            "Entrypoint": [format!("/{PROGRAM}")],
            "Cmd": [
                "--mode=server", "--keys", "/var/lib/arch-circuits",
                "--socket", "/run/arch/prover.sock",
            ],
            "Labels": {
                "org.opencontainers.image.title": "arch-prover",
                "org.opencontainers.image.version": env!("CARGO_PKG_VERSION"),
                "org.opencontainers.image.licenses": "Apache-2.0",
            },
        },
        "rootfs": { "type": "layers", "diff_ids": [layer] },
    })
}

/// As Go, and so OCI, calls it.
fn architecture() -> &'static str {
    match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    }
}

impl Blob {
    fn write(out: &Path, kind: &'static str, bytes: &[u8]) -> io::Result<Self> {
        let name: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        fs::write(out.join("blobs/sha256").join(&name), bytes)?;
        Ok(Self { kind, digest: format!("sha256:{name}"), size: bytes.len() })
    }

    fn descriptor(&self) -> Value {
        let Self { kind, digest, size } = self;
        json!({ "mediaType": kind, "digest": digest, "size": size })
    }
}
