//! Trust roots as values that can be built, changed and written.

mod signer;

use std::collections::BTreeMap;

use arch_document::{ApiVersion, Kind, Role, Root, RootKey, RootSpec};
use arch_identity::Timestamp;
use serde_json::json;

pub(crate) use signer::{Signer, Threshold};

use crate::answer::Stop;
use crate::yaml_text;

/// The roles that a new root has, and what each may sign.
pub(crate) const ROLES: [(&str, &[Kind]); 3] = [
    ("root", &[Kind::Root, Kind::Revocation]),
    ("policy", &[Kind::Policy]),
    ("jobs", &[Kind::Job]),
];

/// A root that nobody has signed yet.
#[derive(Debug, Default)]
pub(crate) struct Draft {
    keys: BTreeMap<String, RootKey>,
    roles: BTreeMap<String, Role>,
}

impl Draft {
    /// Continues an existing root.
    pub(crate) fn of(root: &Root) -> Self {
        Self { keys: root.spec.keys.clone(), roles: root.spec.roles.clone() }
    }

    /// Lets a signer sign for a role. A signer who has a key here already keeps its id.
    pub(crate) fn add(&mut self, role: &str, signer: &Signer) -> Result<(), Stop> {
        let id = self.id_of(role, signer)?;
        let kinds = ROLES.iter().find(|(name, _kinds)| *name == role);
        let role = self.roles.entry(role.to_owned()).or_insert_with(|| Role {
            keys: Vec::new(),
            threshold: 1,
            distinct_groups: None,
            owners: None,
            kinds: kinds.map(|(_name, kinds)| kinds.to_vec()).unwrap_or_default(),
            caps: None,
        });
        if !role.keys.contains(&id) {
            role.keys.push(id);
        }
        Ok(())
    }

    /// The id of this signer's key; makes one if the key is new here.
    fn id_of(&mut self, role: &str, signer: &Signer) -> Result<String, Stop> {
        let known = self.keys.iter().find(|(_id, key)| key.public() == signer.public());
        if let Some((id, _key)) = known {
            return Ok(id.clone());
        }
        let id = match &signer.id {
            Some(id) if self.keys.contains_key(id) => {
                let what = format!("there is another key with the id `{id}`");
                return Err(Stop::usage(what, "choose another id"));
            }
            Some(id) => id.clone(),
            None => self.free_id(role),
        };
        self.keys.insert(id.clone(), signer.key());
        Ok(id)
    }

    fn free_id(&self, role: &str) -> String {
        let mut number = 1_u32;
        while self.keys.contains_key(&format!("{role}-{number}")) {
            number = number.saturating_add(1);
        }
        format!("{role}-{number}")
    }

    /// Takes a key out of every role.
    pub(crate) fn remove(&mut self, id: &str) -> Result<(), Stop> {
        if self.keys.remove(id).is_none() {
            let what = format!("there is no key with the id `{id}`");
            return Err(Stop::usage(what, "look under `spec.keys` of the root"));
        }
        for role in self.roles.values_mut() {
            role.keys.retain(|key| key != id);
        }
        Ok(())
    }

    /// Says how many have to sign for a role.
    pub(crate) fn require(&mut self, threshold: &Threshold) -> Result<(), Stop> {
        let role = self.roles.get_mut(&threshold.role).ok_or_else(|| {
            let what = format!("there is no role `{}`", threshold.role);
            Stop::usage(what, "the roles are those of the root, such as `root`, `policy`, `jobs`")
        })?;
        role.threshold = threshold.number;
        Ok(())
    }

    /// The document without signatures, as YAML.
    pub(crate) fn write(
        self,
        name: &str,
        version: u64,
        not_after: Timestamp,
    ) -> Result<String, Stop> {
        let spec = RootSpec { keys: self.keys, roles: self.roles };
        let spec = serde_json::to_value(&spec)
            .map_err(|error| Stop::could_not(format!("the root cannot be written: {error}"), ""))?;
        Ok(yaml_text::write(&json!({
            "apiVersion": ApiVersion::TEXT,
            "kind": Kind::Root.name(),
            "metadata": { "name": name, "version": version, "notAfter": not_after.to_string() },
            "spec": spec,
        })))
    }
}

#[cfg(test)]
mod tests {
    use arch_identity::{KeyKind, KeyPair};

    use super::*;

    fn signer(seed: u8) -> Signer {
        Signer::of(None, KeyPair::from_seed(KeyKind::Hybrid, &[seed; 32]).public())
    }

    #[test]
    fn a_signer_of_two_roles_has_one_key_here() {
        let mut draft = Draft::default();
        draft.add("root", &signer(1)).unwrap();
        draft.add("policy", &signer(1)).unwrap();
        draft.add("policy", &signer(2)).unwrap();
        assert_eq!(draft.keys.len(), 2);
        assert_eq!(draft.roles["policy"].keys, ["root-1", "policy-1"]);
    }

    #[test]
    fn a_removed_key_is_in_no_role() {
        let mut draft = Draft::default();
        draft.add("root", &signer(1)).unwrap();
        draft.add("jobs", &signer(1)).unwrap();
        draft.remove("root-1").unwrap();
        assert!(draft.keys.is_empty() && draft.roles.values().all(|role| role.keys.is_empty()));
        assert!(draft.remove("root-1").is_err());
    }

    #[test]
    fn the_written_root_is_a_document_of_ours() {
        let mut draft = Draft::default();
        for (role, _kinds) in ROLES {
            draft.add(role, &signer(1)).unwrap();
        }
        let text = draft.write("lab", 1, "2027-01-01T00:00:00Z".parse().unwrap()).unwrap();
        let document = arch_document::SignedDocument::parse("root.yaml", text.as_bytes()).unwrap();
        assert_eq!(document.kind(), Kind::Root);
    }
}
