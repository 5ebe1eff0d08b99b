//! Which proofs are made here: the manifest's, if they are asked for as they should be.

use std::path::Path;

use arch_circuits::{
    Fr,
    field::from_decimal,
    groth16::Groth16Proof,
    registry::{BUILT_IN, Entry, Key, KeyKind, LONGEST, ProofFile, Registry, Status, Terms, Trust},
};
use arch_identity::Digest;
use arch_problem::codes;
use arch_wire::{
    control::Bytes,
    prover::{FromProver, ProveRequest, VerifyRequest},
};

use crate::{failure::Failure, job::Job, refused::Refused};

/// The manifest, and whether its dev keys will do.
#[derive(Debug)]
pub(crate) struct Circuits {
    registry: Registry,
    digest: Digest,
    dev_keys: bool,
}

/// A request that makes sense, with the public numbers that its proof will be held against.
#[derive(Debug)]
pub(crate) struct Admitted {
    job: Job,
    publics: Vec<Fr>,
}

impl Circuits {
    /// Reads the text of the manifest.
    pub(crate) fn text(manifest: Option<&Path>) -> Result<String, Failure> {
        let limit = u64::try_from(LONGEST).unwrap_or(u64::MAX);
        match manifest {
            None => Ok(BUILT_IN.to_owned()),
            Some(path) => String::from_utf8(arch_files::read(path, limit)?)
                .map_err(|_any| Failure::ManifestText),
        }
    }

    /// Takes the manifest. Its keys are points, whose arithmetic makes threads: after the filter, which
    /// they inherit.
    pub(crate) fn read(text: &str, dev_keys: bool) -> Result<Self, Failure> {
        let registry = Registry::parse(text)?;
        Ok(Self { registry, digest: Digest::of(text.as_bytes()), dev_keys })
    }

    /// The SHA-256 of the manifest.
    pub(crate) fn digest(&self) -> Digest {
        self.digest
    }

    /// Decides whether a proof is made.
    pub(crate) fn admit(&self, ask: ProveRequest) -> Result<Admitted, Refused> {
        let unknown = |what: &str| {
            let about = format!("circuit `{}` of version {} {what}", ask.circuit, ask.version);
            Refused::new(codes::PROVER_CIRCUIT, about)
        };
        let entry = self.registry.find(&ask.circuit, Some(ask.version));
        let entry = entry.ok_or_else(|| unknown("is not in the manifest"))?;
        let active = Some(entry).filter(|entry| entry.status == Status::Active);
        let active = active.ok_or_else(|| unknown("is not active"))?;
        let Entry { laid: Some(laid), key: Some(Key { kind, pk_sha256, .. }), .. } = active else {
            return Err(unknown("has no keys"));
        };
        let dev = *kind == KeyKind::Dev;
        if dev && !self.dev_keys {
            return Err(Refused::new(
                codes::PROVER_DEV_KEY,
                "the circuit's key is a dev key, and `--allow-dev-keys` was not given",
            ));
        }
        if ask.publics.len() != laid.publics.len() {
            let names = laid.publics.join(", ");
            return Err(unknown(&format!("has the public numbers {names}, not others")));
        }
        let publics = ask.publics.iter().map(|text| from_decimal(text)).collect::<Result<_, _>>();
        let publics = publics.map_err(|error| unknown(&format!("has other numbers: {error}")))?;
        let pk_sha256 = pk_sha256.clone();
        Ok(Admitted { job: Job { ask, pk_sha256, dev }, publics })
    }

    /// The one way of a worker's bytes out of here: they are a proof of the statement that was asked for,
    /// under the manifest's key.
    pub(crate) fn verified(
        &self,
        admitted: &Admitted,
        Bytes(claimed): &Bytes,
    ) -> Result<String, Refused> {
        let unsound =
            || Refused::new(codes::PROVER_UNSOUND, "the proof that a worker made does not verify");
        let Admitted { job: Job { ask, .. }, publics } = admitted;
        let bytes = claimed.as_slice().try_into().map_err(|_any| unsound())?;
        let proof = Groth16Proof::read(bytes).map_err(|_any| unsound())?;
        let entry = self.registry.find(&ask.circuit, Some(ask.version));
        let key = entry.and_then(|entry| self.registry.key(entry)).ok_or_else(unsound)?;
        if !key.verify(publics, &proof) {
            return Err(unsound());
        }
        Ok(ProofFile::new(&ask.circuit, ask.version, key, publics, proof).to_json())
    }

    /// Says whether a proof is evidence.
    pub(crate) fn check(&self, ask: &VerifyRequest) -> FromProver {
        let terms = Terms {
            trust: ask.terms.pinned.map_or(Trust::Manifest, |pin| Trust::Pinned(*pin.as_bytes())),
            dev_keys: ask.terms.dev_keys,
        };
        let held = ProofFile::read(ask.proof.as_bytes())
            .map_err(|error| error.to_string())
            .and_then(|proof| match self.registry.evidence(&proof, &terms) {
                Ok(_entry) => Ok(()),
                Err(error) => Err(error.to_string()),
            });
        let why = held.as_ref().err().cloned().unwrap_or_default();
        // Words of the proof may stand in it, and those are the asker's own.
        let why = why.chars().take(400).collect();
        FromProver::Checked { request: ask.request, holds: held.is_ok(), why }
    }
}

impl Admitted {
    /// What the worker gets.
    pub(crate) fn job(&self) -> &Job {
        &self.job
    }

    /// The number of the request.
    pub(crate) fn request(&self) -> u64 {
        self.job.ask.request
    }
}
