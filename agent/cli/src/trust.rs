//! The trust root as this command line can know it: from a file, or from the agent's folder.

use std::path::Path;

use arch_document::{
    Document, History, InForce, MAX_ENVELOPE_BYTES, Moment, Refusal, Root, Shown, SignedDocument,
    TrustRoot,
};
use arch_identity::{Digest, Timestamp};
use arch_problem::Problem;

use crate::answer::Stop;
use crate::render::Sources;
use crate::{clock, documents, say};

/// The most documents of one folder, as in the agent.
const MOST: usize = 1_000;

/// The present, as one command sees it.
pub(crate) fn moment(newest_ledger_time: Option<Timestamp>) -> Result<Moment, Stop> {
    Moment::read(clock::now()?, newest_ledger_time)
        .map_err(|step| Problem::new(step.code(), step.to_string()).into())
}

/// A root that is believed because somebody named its file: its own digest is its pin.
pub(crate) fn alone(path: &Path) -> Result<TrustRoot, Stop> {
    let document = documents::read(path)?;
    let digest = document.digest();
    say::talk(&format!("trusting the root {digest}"));
    TrustRoot::pinned(document, digest, &moment(None)?).map_err(refused)
}

/// Whether enough of its own signers have signed a root, in its time.
pub(crate) fn is_complete(document: SignedDocument, history: &dyn History) -> Result<(), Stop> {
    let (digest, moment) = (document.digest(), moment(None)?);
    let root = TrustRoot::pinned(document, digest, &moment).map_err(refused)?;
    root.check_current(&moment, history)
        .map_err(|problem| Stop::refused(*problem, documents::sources(root.document())))
}

/// Whether `next` may follow `old`.
pub(crate) fn step(old: SignedDocument, next: SignedDocument) -> Result<(), Stop> {
    let (digest, moment) = (old.digest(), moment(None)?);
    let root = TrustRoot::pinned(old, digest, &moment).map_err(refused)?;
    root.rotate(next, &moment).map(|_next| ()).map_err(refused)
}

/// The root in force in an agent's configuration folder, with its revocations: what the agent would
/// take. With its state folder, also what it remembers.
///
/// Without a pin the first root of the folder is taken, and that is said.
pub(crate) fn in_force(
    config: &Path,
    state: Option<&Path>,
    pin: Option<Digest>,
    moment: &Moment,
    history: &dyn History,
) -> Result<TrustRoot, Stop> {
    let mut roots = folder(&config.join("roots"))?;
    let root = config.join("root.yaml");
    if root.exists() || roots.is_empty() {
        roots.push(documents::read(&root)?);
    }
    let lists = folder(&config.join("revocations"))?;
    let kept = match state {
        Some(state) => folder(&state.join("revocations"))?,
        None => Vec::new(),
    };
    let pin = match pin.or_else(|| first(&roots)) {
        Some(digest) => digest,
        None => return Err(Stop::could_not("there is no trust root", "put it into root.yaml")),
    };
    let told = |problem: Box<Problem>| Stop::refused(*problem, Sources::default());
    let in_force = TrustRoot::walk(Shown { roots, lists, kept }, pin, moment, history);
    let InForce { root, refused, .. } = in_force.map_err(told)?;
    // The agent does not start beside it, nor does it take a newer policy.
    refused.map_or(Ok(root), |problem| Err(told(problem)))
}

/// The root of the lowest version, for want of a pin.
fn first(roots: &[SignedDocument]) -> Option<Digest> {
    let version = |document: &&SignedDocument| {
        document.read::<Root>().ok().and_then(|root| root.version()).map(|(_name, version)| version)
    };
    let first = roots.iter().filter(|root| version(root).is_some()).min_by_key(version)?;
    say::talk(&format!("no root is pinned in node.yaml; trusting {}", first.digest()));
    Some(first.digest())
}

/// The documents of a folder, chosen as the agent chooses them.
fn folder(path: &Path) -> Result<Vec<SignedDocument>, Stop> {
    let found = arch_files::documents(path, MAX_ENVELOPE_BYTES, MOST).map_err(Stop::file)?;
    found.iter().map(|(path, bytes)| documents::parse(&path.display().to_string(), bytes)).collect()
}

/// A document that was not believed.
pub(crate) fn refused(refusal: Box<Refusal>) -> Stop {
    let sources = documents::sources(&refusal.document);
    Stop::refused(refusal.problem, sources)
}

/// The texts that problems of a root and of another document point into.
pub(crate) fn sources(root: &TrustRoot, other: &SignedDocument) -> Sources {
    documents::sources(other).with(root.document().file(), root.document().source())
}

#[cfg(test)]
mod tests {
    use arch_document::{Job, NoHistory, signing};
    use arch_identity::{KeyKind, KeyPair};

    use super::*;

    fn key(name: &str) -> KeyPair {
        KeyPair::from_seed(KeyKind::Ed25519, Digest::of(name.as_bytes()).as_bytes())
    }

    fn signed(text: &str, by: &str) -> String {
        signing::sign("file.yaml", text.as_bytes(), &key(by)).unwrap()
    }

    fn root(version: u64) -> String {
        let did = |name| key(name).public()[0].did();
        signed(
            &format!(
                "apiVersion: arch.network/v1\nkind: Root\nmetadata: {{ name: world, version: \
                 {version}, notAfter: \"2099-01-01T00:00:00Z\" }}\nspec:\n  keys:\n    ada: {{ alg: \
                 ed25519, public: \"{}\" }}\n    jim: {{ alg: ed25519, public: \"{}\" }}\n  \
                 roles:\n    root: {{ keys: [ada], threshold: 1, kinds: [Root] }}\n    all: {{ keys: \
                 [ada], threshold: 1, kinds: [Policy, Revocation] }}\n    jobs: {{ keys: [jim], \
                 threshold: 1, kinds: [Job] }}\n",
                did("ada"),
                did("jim"),
            ),
            "ada",
        )
    }

    fn job() -> SignedDocument {
        let text = format!(
            "apiVersion: arch.network/v1\nkind: Job\nmetadata: {{ name: a, owner: \"user:a\", nonce: \
             \"00112233445566778899aabbccddeeff\", notBefore: \"2026-11-23T00:00:00Z\", notAfter: \
             \"2026-11-24T00:00:00Z\" }}\nspec:\n  image: \"m@{}\"\n  runtime: wasm\n  resources: \
             {{ cpu: \"1\", memory: \"64Mi\", timeout: \"10s\" }}\n",
            Digest::of(b"module")
        );
        SignedDocument::parse("job.yaml", signed(&text, "jim").as_bytes()).unwrap()
    }

    #[test]
    fn the_root_in_force_is_the_agents_with_its_revocations_and_without_root_yaml() {
        let folder = tempfile::tempdir().unwrap();
        let config = folder.path();
        for sub in ["roots", "revocations"] {
            std::fs::create_dir(config.join(sub)).unwrap();
        }
        let write = |name: &str, text: &str| std::fs::write(config.join(name), text).unwrap();
        write("roots/1.yaml", &root(1));
        write("roots/2.yaml", &root(2));
        // What is hidden, or of another kind of name, is nothing to the agent.
        write("roots/.3.yaml", "not ready");
        write("roots/notes.txt", "not a document");
        let noon = Moment::read("2026-11-23T12:00:00Z".parse().unwrap(), None).unwrap();
        let pin = SignedDocument::parse("1", root(1).as_bytes()).unwrap().digest();
        let in_force = || in_force(config, None, Some(pin), &noon, &NoHistory);
        let before = in_force().unwrap();
        assert_eq!(before.version(), 2);
        assert!(before.verify::<Job>(job(), &noon, &NoHistory).is_ok());
        let list = format!(
            "apiVersion: arch.network/v1\nkind: Revocation\nmetadata: {{ name: k, version: 1 }}\n\
             spec:\n  documents:\n    - {{ digest: \"{}\", reason: \"leaked\" }}\n",
            job().digest()
        );
        write("revocations/k.yaml", &signed(&list, "ada"));
        let refused = in_force().unwrap().verify::<Job>(job(), &noon, &NoHistory).unwrap_err();
        assert_eq!(refused.problem.code, arch_problem::codes::DOCUMENT_REVOKED);
        // A root that does not follow is not passed by.
        write("roots/3.yaml", &root(3).replace("sig: ", "sig: AA"));
        assert!(in_force().is_err());
    }
}
