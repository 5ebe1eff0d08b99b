//! What attempts share: trust roots and policies that are made once.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use arch_document::TrustRoot;
use arch_policy::ActivePolicy;

use crate::{paper, scene::activated, world::*};

/// Roots that are kept; random ones are made anew from time to time.
const KEPT: usize = 256;

#[derive(Default)]
pub(crate) struct Stage {
    roots: RefCell<BTreeMap<String, Rc<TrustRoot>>>,
    policies: RefCell<BTreeMap<String, Rc<ActivePolicy>>>,
}

impl Stage {
    /// The active root of this text, signed by ada.
    pub(crate) fn root(&self, root: &RootText) -> Rc<TrustRoot> {
        let mut roots = self.roots.borrow_mut();
        if roots.len() > KEPT {
            roots.clear();
        }
        let make = || Rc::new(pin(signed_root(root)).unwrap());
        Rc::clone(roots.entry(root.text()).or_insert_with(make))
    }

    /// bea signs jobs, pol policies, rex revocations, ada roots.
    pub(crate) fn world(&self) -> Rc<TrustRoot> {
        self.root(&world_root())
    }

    /// A policy of the world's root.
    pub(crate) fn policy(&self, text: &str) -> Rc<ActivePolicy> {
        let make = || Rc::new(activated(&self.world(), &paper::by(text, &["pol"])));
        Rc::clone(self.policies.borrow_mut().entry(text.to_owned()).or_insert_with(make))
    }
}

fn signed_root(root: &RootText) -> arch_document::SignedDocument {
    arch_document::SignedDocument::parse("root", paper::by(&root.text(), &["ada"]).as_bytes())
        .unwrap()
}

pub(crate) fn world_root() -> RootText {
    RootText::new(1)
        .people(&["bea", "cem", "dora", "pol", "rex"])
        .role("jobs", &["bea"], 1, "Job")
        .role("policy", &["pol"], 1, "Policy")
        .role("revokers", &["rex"], 1, "Revocation")
}
