//! The key under which a policy believes proofs of a circuit.

use arch_document::Verified;
use arch_identity::Digest;
use arch_problem::{Place, Problem, codes};

use crate::Policy;

/// A key that a signed policy pins for a circuit in a version. There is no other way to have one.
#[derive(Debug, PartialEq, Eq)]
pub struct PinnedKey {
    digest: Digest,
    dev_keys: bool,
    pin: Option<Place>,
    permission: Option<Place>,
}

impl PinnedKey {
    /// What a policy pins for a circuit in a version. Whether the policy is still in force is not asked;
    /// [`ActivePolicy::pinned_key`](crate::ActivePolicy::pinned_key) does.
    ///
    /// # Errors
    /// A [`Problem`] at the policy's `circuits` if it pins nothing of this name and version.
    pub fn of(
        policy: &Verified<Policy>,
        circuit: &str,
        version: u32,
    ) -> Result<Self, Box<Problem>> {
        let (rules, document) = (&policy.get().spec.circuits, policy.document());
        let Some((index, pin)) = rules.pin(circuit, version) else {
            let message = format!("the policy pins no key of `{circuit}` of version {version}");
            let at = document.place("/spec/circuits", "what is not pinned here is not believed");
            return Err(Box::new(Problem {
                at,
                ..Problem::new(codes::CIRCUIT_NOT_PINNED, message)
            }));
        };
        Ok(Self {
            digest: pin.vk_sha256,
            dev_keys: rules.allow_dev_keys,
            pin: document.place(&format!("/spec/circuits/pins/{index}"), "pinned here"),
            permission: document.place("/spec/circuits/allowDevKeys", "dev keys are not allowed"),
        })
    }

    /// The SHA-256 that the key must have.
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// Whether a key will do that anybody can forge with, or whose ceremony nobody verified.
    #[must_use]
    pub fn allows_dev_keys(&self) -> bool {
        self.dev_keys
    }

    /// Where it is pinned.
    #[must_use]
    pub fn place(&self) -> Option<&Place> {
        self.pin.as_ref()
    }

    /// Where dev keys are allowed, or would have to be.
    #[must_use]
    pub fn permission(&self) -> Option<&Place> {
        self.permission.as_ref()
    }
}
