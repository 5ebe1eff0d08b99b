//! From a job's bytes to its admission, beside nothing but its signatures' checks.
//!
//! Ours parses strict YAML, writes canonical JSON, checks signatures, thresholds, life and content,
//! and asks a policy. The peer has the signed bytes handed in and checks the same signatures. Both
//! in CPU time of their thread.

use arch_document::{Job, Moment, NoHistory, Runtime, SignedDocument, TrustRoot, signing};
use arch_identity::{KeyKind, KeyPair, PublicKey, pae};
use arch_policy::{ActivePolicy, Facts, Here};
use rustix::time::{ClockId, clock_gettime};

use crate::{Bench, Sides};

/// One Ed25519 signature.
pub(crate) const ONE: Bench = Bench {
    name: "verify",
    unit: "us of CPU per job",
    prepare: || prepare(KeyKind::Ed25519, 1, 1),
};

/// Three of five signers, each with Ed25519 and ML-DSA-44.
pub(crate) const THREE_OF_FIVE_HYBRID: Bench = Bench {
    name: "verify-3of5-hybrid",
    unit: "us of CPU per job",
    prepare: || prepare(KeyKind::Hybrid, 5, 3),
};

const NOW: &str = "2026-11-23T12:00:00Z";

/// Different jobs, so that nothing is the same twice in a run.
const JOBS: u8 = 50;

const POLICY: &str = r#"apiVersion: arch.network/v1
kind: Policy
metadata: { name: bench, version: 1, notAfter: "2027-01-01T00:00:00Z" }
spec:
  runtimes: [wasm]
  images: { allow: ["ghcr.io/arch/**"] }
  owners: [ { id: owners.all, owner: "**" } ]
  allow:
    - { id: net.egress, net: ["egress:443"] }
    - { id: fs.wiki, fs: ["read:/datasets", "write:/var/arch/cache"] }
  resources:
    max: { cpu: "8", memory: "16Gi", timeout: "1h", powerBudgetW: 100 }
"#;

/// Somebody's signature over a job, as the peer has it: everything parsed and built beforehand.
struct Bare {
    key: PublicKey,
    message: Vec<u8>,
    signature: Vec<u8>,
}

/// A root, its moment, and a job that it believes.
pub(crate) fn signed_job() -> Result<(TrustRoot, Moment, String), String> {
    let pair = KeyPair::from_seed(KeyKind::Ed25519, &[1; 32]);
    let moment = Moment::read(NOW.parse().map_err(told)?, None).map_err(told)?;
    let root = root(std::slice::from_ref(&pair), 1, &moment)?;
    Ok((root, moment, sign("job.yaml", job(1), std::iter::once(&pair))?))
}

fn prepare(kind: KeyKind, signers: u8, threshold: u8) -> Result<Sides, String> {
    let pairs: Vec<KeyPair> =
        (1..=signers).map(|seed| KeyPair::from_seed(kind, &[seed; 32])).collect();
    let moment = Moment::read(NOW.parse().map_err(told)?, None).map_err(told)?;
    let root = root(&pairs, threshold, &moment)?;
    let policy = sign("policy.yaml", POLICY.to_owned(), pairs.iter().take(usize::from(threshold)))?;
    let policy = root.verify(parse(&policy)?, &moment, &NoHistory).map_err(|r| told(r.problem))?;
    let here = Here { node: "did:key:z6MkNode", groups: &[] };
    let policy = ActivePolicy::activate(policy, here).map_err(told)?;
    let facts = Facts { runtimes: vec![Runtime::Wasm], ..Facts::new(here.node, moment.now()) };
    let jobs: Vec<String> = (0..JOBS)
        .map(|n| sign("job.yaml", job(n), pairs.iter().take(usize::from(threshold))))
        .collect::<Result<_, _>>()?;
    let bare = jobs.iter().map(|job| parse(job).map(bare)).collect::<Result<Vec<_>, _>>()?;
    let bare: Vec<Bare> = bare.into_iter().flatten().collect();
    let ours = move || {
        per_job(|| {
            jobs.iter().try_for_each(|job| {
                let verified = root.verify::<Job>(parse(job)?, &moment, &NoHistory);
                let verified = verified.map_err(|refusal| told(refusal.problem))?;
                let admitted = policy.admit(verified, &facts);
                admitted.map(drop).map_err(|denied| format!("{:?}", denied.reasons))
            })
        })
    };
    let peer = move || {
        per_job(|| {
            let mut all = bare.iter();
            all.try_for_each(|b| b.key.verify(&b.message, &b.signature)).map_err(told)
        })
    };
    Ok(Sides { ours: Box::new(ours), peer: Some(Box::new(peer)) })
}

/// Microseconds of this thread's CPU time.
fn per_job(work: impl FnOnce() -> Result<(), String>) -> Result<f64, String> {
    let now = || {
        let time = clock_gettime(ClockId::ThreadCPUTime);
        std::time::Duration::try_from(time).map_err(told)
    };
    let before = now()?;
    work()?;
    Ok(now()?.saturating_sub(before).as_secs_f64() * 1e6 / f64::from(JOBS))
}

fn root(pairs: &[KeyPair], threshold: u8, moment: &Moment) -> Result<TrustRoot, String> {
    let key = |(n, pair): (usize, &KeyPair)| {
        let dids: Vec<String> = pair.public().iter().map(|k| format!("\"{}\"", k.did())).collect();
        let public = if dids.len() == 1 { dids.concat() } else { format!("[{}]", dids.join(", ")) };
        format!("    k{n}: {{ alg: {}, public: {public} }}\n", pair.kind())
    };
    let keys: String = pairs.iter().enumerate().map(key).collect();
    let ids: Vec<String> = (0..pairs.len()).map(|n| format!("k{n}")).collect();
    let ids = ids.join(", ");
    let text = format!(
        "apiVersion: arch.network/v1
kind: Root
metadata: {{ name: bench, version: 1, notAfter: \"2036-01-01T00:00:00Z\" }}
spec:
  keys:
{keys}  roles:
    root: {{ keys: [k0], threshold: 1, kinds: [Root] }}
    all: {{ keys: [{ids}], threshold: {threshold}, kinds: [Policy, Job] }}
"
    );
    let document = parse(&sign("root.yaml", text, pairs.iter().take(1))?)?;
    let pin = document.digest();
    TrustRoot::pinned(document, pin, moment).map_err(|refusal| told(refusal.problem))
}

fn job(number: u8) -> String {
    format!(
        r#"apiVersion: arch.network/v1
kind: Job
metadata:
  name: embed-wikipedia
  owner: "user:superintelligence"
  nonce: "00112233445566778899aabbccddee{number:02x}"
  notBefore: "2026-11-23T00:00:00Z"
  notAfter: "2026-11-24T00:00:00Z"
spec:
  image: "ghcr.io/arch/os/embeddings@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
  runtime: wasm
  resources: {{ cpu: "4", memory: "8Gi", gpu: "0", powerBudgetW: 80, timeout: "10m" }}
  capabilities: {{ net: ["egress:443"], fs: ["read:/datasets/wiki", "write:/var/arch/cache"] }}
  outputs: {{ index: "archive:index" }}
"#
    )
}

fn sign<'a>(
    file: &str,
    text: String,
    by: impl Iterator<Item = &'a KeyPair>,
) -> Result<String, String> {
    by.into_iter()
        .try_fold(text, |text, pair| signing::sign(file, text.as_bytes(), pair).map_err(told))
}

fn parse(text: &str) -> Result<SignedDocument, String> {
    SignedDocument::parse("bench.yaml", text.as_bytes()).map_err(told)
}

fn bare(document: SignedDocument) -> Vec<Bare> {
    let message = pae(&document.kind().payload_type(), document.body());
    let signed = document.signatures().iter();
    signed
        .filter_map(|entry| {
            let (key, signature) = (entry.by()?.clone(), entry.sig().to_vec());
            Some(Bare { key, message: message.clone(), signature })
        })
        .collect()
}

fn told(error: impl ToString) -> String {
    error.to_string()
}
