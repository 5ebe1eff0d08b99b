//! Judges one vector by what lies in its files, as somebody would who has only those.

use arch_document::{
    ActiveList, History, Job, Kind, Moment, NoHistory, Revocation, Runtime, SignedDocument,
    TrustRoot,
};
use arch_identity::{Digest, Timestamp};
use arch_policy::{ActivePolicy, Facts, Here, Policy};
use arch_problem::Problem;
use serde::Deserialize;

/// What a vector is judged upon; paths are below `tests/vectors`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Case {
    /// Why, for people.
    #[expect(dead_code, reason = "for people")]
    because: String,
    /// `believed`, or code, line and column of the refusal; no place if the fault is in no file.
    pub(crate) expect: String,
    /// The wall clock.
    now: Timestamp,
    /// Time of the ledger's newest entry.
    newest_entry: Option<Timestamp>,
    /// The trust root in force; without one the vector itself is the pinned root.
    root: Option<String>,
    /// The pinned digest, if it is not the vector's own.
    pin: Option<Digest>,
    /// Revocations in force, in their order.
    #[serde(default)]
    revocations: Vec<String>,
    /// The policy that an admission goes by; without one the job is verified only.
    policy: Option<String>,
    /// The kind that belongs in the vector's place, if it is not the vector's own.
    #[serde(rename = "as")]
    wanted: Option<Kind>,
    /// What the ledger remembers.
    #[serde(default)]
    history: Remembered,
    /// The node's did:key and groups.
    #[serde(default)]
    node: String,
    #[serde(default)]
    groups: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Remembered {
    #[serde(default)]
    accepted: Vec<Digest>,
    #[serde(default)]
    newest: Vec<Newest>,
    policy_name: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Newest {
    kind: Kind,
    name: String,
    version: u64,
}

impl History for Remembered {
    fn was_accepted(&self, digest: &Digest) -> bool {
        self.accepted.contains(digest)
    }

    fn newest_version(&self, kind: Kind, name: &str) -> Option<u64> {
        let known = self.newest.iter().find(|known| known.kind == kind && known.name == name);
        known.map(|known| known.version)
    }

    fn policy_name(&self) -> Option<String> {
        self.policy_name.clone()
    }

    fn lists_in_force(&self) -> Vec<ActiveList> {
        Vec::new()
    }
}

/// `believed`, or the refusal's code and place.
pub(crate) fn judge(case: &Case, document: &[u8], file: &dyn Fn(&str) -> Vec<u8>) -> String {
    match believe(case, document, file) {
        Ok(()) => "believed".to_owned(),
        Err(problem) => match problem.at {
            Some(place) => {
                format!("{} {}:{}", problem.code, place.span.line, place.span.column)
            }
            None => problem.code.to_string(),
        },
    }
}

fn believe(
    case: &Case,
    document: &[u8],
    file: &dyn Fn(&str) -> Vec<u8>,
) -> Result<(), Box<Problem>> {
    let moment = Moment::read(case.now, case.newest_entry)
        .map_err(|step| Problem::new(step.code(), step.to_string()))?;
    let read = |path: &str| SignedDocument::parse(path, &file(path)).unwrap();
    let document = SignedDocument::parse("vector", document)?;
    let Some(root) = &case.root else {
        let pin = case.pin.unwrap_or_else(|| document.digest());
        return TrustRoot::pinned(document, pin, &moment).map(drop).map_err(|r| refused(*r));
    };
    let root = read(root);
    let pin = root.digest();
    let mut root = TrustRoot::pinned(root, pin, &moment).unwrap();
    for path in &case.revocations {
        root.revoke(root.verify::<Revocation>(read(path), &moment, &NoHistory).unwrap());
    }
    let here = Here { node: &case.node, groups: &case.groups };
    let told = |refusal: Box<arch_document::Refusal>| refused(*refusal);
    match case.wanted.unwrap_or(document.kind()) {
        Kind::Root => root.rotate(document, &moment).map(drop).map_err(told),
        Kind::Revocation => {
            root.verify::<Revocation>(document, &moment, &case.history).map(drop).map_err(told)
        }
        Kind::Policy => {
            let policy = root.verify::<Policy>(document, &moment, &case.history).map_err(told)?;
            ActivePolicy::activate(policy, here).map(drop)
        }
        Kind::Job => {
            let job = root.verify::<Job>(document, &moment, &case.history).map_err(told)?;
            let Some(policy) = &case.policy else { return Ok(()) };
            let policy = root.verify::<Policy>(read(policy), &moment, &NoHistory).unwrap();
            let facts = Facts {
                groups: case.groups.clone(),
                runtimes: vec![Runtime::Wasm],
                ..Facts::new(case.node.clone(), moment.now())
            };
            let admitted = ActivePolicy::activate(policy, here)?.admit(job, &facts);
            admitted.map(drop).map_err(|denied| Box::new(denied.reasons[0].clone()))
        }
        other => panic!("no vector is of kind {other}"),
    }
}

fn refused(refusal: arch_document::Refusal) -> Box<Problem> {
    Box::new(refusal.problem)
}
