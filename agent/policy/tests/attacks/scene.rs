//! A document, and everything that it is judged upon.

use std::rc::Rc;

use arch_document::{Job, Kind, Moment, NoHistory, Refusal, Revocation, SignedDocument, TrustRoot};
use arch_identity::{Digest, Timestamp};
use arch_policy::{ActivePolicy, Facts, Here, Policy};
use arch_problem::Problem;

use crate::world::*;

pub(crate) const NODE: &str = "did:key:z6MkNode";

/// What believes the document.
#[derive(Clone)]
pub(crate) enum Under {
    /// The document is a trust root, pinned by its own digest.
    Itself,
    /// The document is a trust root, pinned by this digest.
    Pin(Digest),
    Root(Rc<TrustRoot>),
}

#[derive(Clone)]
pub(crate) struct Scene {
    pub(crate) bytes: Vec<u8>,
    /// The kind that belongs in the document's place.
    pub(crate) wanted: Kind,
    pub(crate) under: Under,
    pub(crate) now: Timestamp,
    pub(crate) newest_entry: Option<Timestamp>,
    pub(crate) history: Memory,
    pub(crate) groups: Vec<String>,
    /// Without one the job is verified only.
    pub(crate) policy: Option<Rc<ActivePolicy>>,
}

impl Scene {
    /// At noon, with an empty ledger.
    pub(crate) fn new(text: impl Into<Vec<u8>>, wanted: Kind, root: &Rc<TrustRoot>) -> Self {
        Self {
            bytes: text.into(),
            wanted,
            under: Under::Root(Rc::clone(root)),
            now: time(NOON),
            newest_entry: None,
            history: Memory::default(),
            groups: vec!["lab".to_owned()],
            policy: None,
        }
    }

    /// A trust root that is pinned by its own digest.
    pub(crate) fn pinned(text: impl Into<Vec<u8>>) -> Self {
        Self {
            bytes: text.into(),
            wanted: Kind::Root,
            under: Under::Itself,
            now: time(NOON),
            newest_entry: None,
            history: Memory::default(),
            groups: Vec::new(),
            policy: None,
        }
    }

    /// The same, with another document.
    pub(crate) fn with(&self, text: impl Into<Vec<u8>>) -> Self {
        Self { bytes: text.into(), ..self.clone() }
    }

    pub(crate) fn at(&self, now: Timestamp) -> Self {
        Self { now, ..self.clone() }
    }

    pub(crate) fn after(&self, history: Memory) -> Self {
        Self { history, ..self.clone() }
    }

    pub(crate) fn under(&self, root: &Rc<TrustRoot>) -> Self {
        Self { under: Under::Root(Rc::clone(root)), ..self.clone() }
    }

    pub(crate) fn by_policy(&self, policy: &Rc<ActivePolicy>) -> Self {
        Self { policy: Some(Rc::clone(policy)), ..self.clone() }
    }

    /// The document for people, cut short.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).chars().take(3_000).collect()
    }

    pub(crate) fn judge(&self) -> Result<(), Box<Problem>> {
        let moment = Moment::read(self.now, self.newest_entry)
            .map_err(|step| Problem::new(step.code(), step.to_string()))?;
        let document = SignedDocument::parse("f", &self.bytes)?;
        let root = match &self.under {
            Under::Root(root) => root,
            Under::Itself => return pin_to(document.digest(), document, &moment),
            Under::Pin(digest) => return pin_to(*digest, document, &moment),
        };
        let here = Here { node: NODE, groups: &self.groups };
        match self.wanted {
            Kind::Root => root.rotate(document, &moment).map(drop).map_err(told),
            Kind::Revocation => {
                root.verify::<Revocation>(document, &moment, &self.history).map(drop).map_err(told)
            }
            Kind::Policy => {
                let policy =
                    root.verify::<Policy>(document, &moment, &self.history).map_err(told)?;
                ActivePolicy::activate(policy, here).map(drop)
            }
            Kind::Job => {
                let job = root.verify::<Job>(document, &moment, &self.history).map_err(told)?;
                let Some(policy) = &self.policy else { return Ok(()) };
                let facts = Facts {
                    groups: self.groups.clone(),
                    runtimes: vec![arch_document::Runtime::Wasm],
                    ..Facts::new(NODE, moment.now())
                };
                policy
                    .admit(job, &facts)
                    .map(drop)
                    .map_err(|denied| Box::new(denied.reasons[0].clone()))
            }
            other => panic!("nothing believes a {other}"),
        }
    }
}

fn pin_to(pin: Digest, document: SignedDocument, moment: &Moment) -> Result<(), Box<Problem>> {
    TrustRoot::pinned(document, pin, moment).map(drop).map_err(told)
}

fn told(refusal: Box<Refusal>) -> Box<Problem> {
    Box::new(refusal.problem)
}

/// An active policy under `root`.
pub(crate) fn activated(root: &TrustRoot, text: &str) -> ActivePolicy {
    let document = SignedDocument::parse("policy", text.as_bytes()).unwrap();
    let policy = root.verify::<Policy>(document, &noon(), &NoHistory).unwrap();
    ActivePolicy::activate(policy, Here { node: NODE, groups: &["lab".to_owned()] }).unwrap()
}
