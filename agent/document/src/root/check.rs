//! A root that would count one key twice, or could never be met, is refused when it is loaded.

use std::collections::{BTreeMap, BTreeSet};

use arch_identity::{Algorithm, Digest};
use arch_problem::codes;

use super::{Role, RootKey, RootSpec};
use crate::{Fault, Kind, form::is_word, tree::escape};

const MOST_KEYS: usize = 256;
const MOST_ROLES: usize = 64;
const MOST_OWNERS: usize = 64;

pub(super) fn check(spec: &RootSpec) -> Result<(), Fault> {
    for (field, count, most) in
        [("keys", spec.keys.len(), MOST_KEYS), ("roles", spec.roles.len(), MOST_ROLES)]
    {
        if count > most {
            let text = format!("`{field}` has {count} entries, at most {most} are read");
            return Err(Fault::new(format!("/spec/{field}"), codes::BAD_VALUE, text));
        }
    }
    distinct_material(&spec.keys)?;
    spec.roles.iter().try_for_each(|(name, role)| check_role(spec, name, role))?;
    renewable(spec)
}

/// Thresholds count identities, so no key may belong to two of them, whole or as half of a hybrid.
fn distinct_material(keys: &BTreeMap<String, RootKey>) -> Result<(), Fault> {
    let mut seen: BTreeMap<Digest, &str> = BTreeMap::new();
    for (id, key) in keys {
        let at = format!("/spec/keys/{}", escape(id));
        check_key(&at, key)?;
        for public in key.public() {
            if let Some(other) = seen.insert(public.material(), id) {
                let text = format!("`{id}` and `{other}` are the same key");
                return Err(Fault::new(format!("{at}/public"), codes::SAME_KEY_TWICE, text));
            }
        }
    }
    Ok(())
}

fn check_key(at: &str, key: &RootKey) -> Result<(), Fault> {
    let have: BTreeSet<Algorithm> = key.public().iter().map(|k| k.algorithm()).collect();
    let want: BTreeSet<Algorithm> = key.alg.algorithms().iter().copied().collect();
    if have != want || key.public().len() != want.len() {
        let have: Vec<&str> = key.public().iter().map(|k| k.algorithm().name()).collect();
        let text = format!("`alg` is `{}`, but `public` holds {}", key.alg, have.join(" and "));
        return Err(Fault::new(format!("{at}/alg"), codes::KEY_KIND_MISMATCH, text));
    }
    match &key.group {
        Some(group) if !is_word(group, 128, b"._-") => {
            let text = "a group is 1 to 128 characters of `A-Z a-z 0-9 . _ -`";
            Err(Fault::new(format!("{at}/group"), codes::BAD_VALUE, text))
        }
        _ => Ok(()),
    }
}

fn check_role(spec: &RootSpec, name: &str, role: &Role) -> Result<(), Fault> {
    let at = format!("/spec/roles/{}", escape(name));
    let mut ids = BTreeSet::new();
    for (i, id) in role.keys.iter().enumerate() {
        let problem = match (spec.keys.contains_key(id), ids.insert(id)) {
            (false, _) => format!("there is no key `{id}` under `spec.keys`"),
            (_, false) => format!("the key `{id}` stands twice in the role"),
            _ => continue,
        };
        return Err(Fault::new(format!("{at}/keys/{i}"), codes::NO_SUCH_KEY, problem));
    }
    let impossible = |field: &str, text: String| {
        Err(Fault::new(format!("{at}/{field}"), codes::THRESHOLD_IMPOSSIBLE, text))
    };
    let most = u32::try_from(ids.len()).unwrap_or(u32::MAX);
    if !(1..=most).contains(&role.threshold) {
        let text = format!("the threshold is {}, the role has {most} keys", role.threshold);
        return impossible("threshold", text);
    }
    let groups: BTreeSet<&String> =
        ids.iter().filter_map(|id| spec.keys.get(*id)?.group.as_ref()).collect();
    let most = u32::try_from(groups.len()).unwrap_or(u32::MAX);
    if let Some(wanted) = role.distinct_groups.filter(|n| !(1..=most).contains(n)) {
        let text = format!("`distinctGroups` is {wanted}, the role's keys have {most} groups");
        return impossible("distinctGroups", text);
    }
    if let Some(owners) = &role.owners {
        check_owners(&at, role, owners.len())?;
    }
    match &role.caps {
        Some(caps) => caps.check(&format!("{at}/caps")),
        None => Ok(()),
    }
}

/// A trust root is nobody's, and a role that may sign for nobody is more likely a slip.
fn check_owners(at: &str, role: &Role, count: usize) -> Result<(), Fault> {
    let text = if role.kinds.contains(&Kind::Root) {
        "a role that signs kind Root lists no owners; a trust root has none".to_owned()
    } else if !(1..=MOST_OWNERS).contains(&count) {
        format!("`owners` has {count} entries, it may have 1 to {MOST_OWNERS}")
    } else {
        return Ok(());
    };
    Err(Fault::new(format!("{at}/owners"), codes::BAD_VALUE, text))
}

/// The role `root`, and no other, signs kind Root: a second way in would be a way around.
fn renewable(spec: &RootSpec) -> Result<(), Fault> {
    for (name, role) in &spec.roles {
        if name != "root" && role.kinds.contains(&Kind::Root) {
            let at = format!("/spec/roles/{}/kinds", escape(name));
            let text = format!("the role `{name}` may sign kind Root; only the role `root` may");
            return Err(Fault::new(at, codes::NO_ROOT_ROLE, text));
        }
    }
    match spec.roles.get("root") {
        Some(role) if role.kinds.contains(&Kind::Root) => Ok(()),
        Some(_) => {
            let text = "the role `root` may not sign kind Root";
            Err(Fault::new("/spec/roles/root/kinds", codes::NO_ROOT_ROLE, text))
        }
        None => {
            let text = "there is no role `root`";
            Err(Fault::new("/spec/roles", codes::NO_ROOT_ROLE, text).on_key())
        }
    }
}
