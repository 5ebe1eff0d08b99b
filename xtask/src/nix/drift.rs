//! The units that the module makes against those in dist/systemd, key by key, for systemds old and
//! new. Nothing may differ but this: libraries are those of the package, in a drop-in that is written
//! when the system is built; and where nothing is called on a reload, nothing for it can be called.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::Judged;
use crate::house;
use crate::units::{FOLDER, Parsed, Section, left_out_by_nix, parsed};

/// What all their names have.
pub(super) const PART: &str = " is as shipped, ";

/// One for each unit and systemd.
pub(super) fn judged(all: &Value) -> Result<Vec<Judged>, String> {
    let files = files()?;
    let versions = all["drift"].as_object().ok_or("no units were evaluated")?;
    if versions.len() < 2 {
        return Err("units were evaluated for one systemd alone".to_owned());
    }
    let each = versions.iter().flat_map(|(version, units)| {
        let shipped = shipped(&files, version);
        let names: BTreeSet<String> = shipped.keys().chain(keys(units)).cloned().collect();
        names.into_iter().map(move |name| {
            let differs = difference(shipped.get(&name), units.get(&name));
            let result = differs.map_or(Ok(()), Err);
            Judged::by(format!("{name}{PART}on systemd {version}"), result)
        })
    });
    Ok(each.collect())
}

fn keys(units: &Value) -> impl Iterator<Item = &String> {
    units.as_object().into_iter().flat_map(serde_json::Map::keys)
}

/// The files in dist/systemd, parsed, by their names below it.
fn files() -> Result<BTreeMap<String, Parsed>, String> {
    let folder = house::root().join(FOLDER);
    let mut found = BTreeMap::new();
    for path in house::files(&folder) {
        let name = path.strip_prefix(&folder).ok().and_then(|name| name.to_str());
        let name = name.ok_or_else(|| format!("{}: an odd name", path.display()))?;
        found.insert(name.to_owned(), parsed(&house::text(&path)?));
    }
    Ok(found)
}

/// Units as a systemd of this version reads them with the drop-ins that are for it.
fn shipped(files: &BTreeMap<String, Parsed>, version: &str) -> BTreeMap<String, Parsed> {
    let is_unit = |name: &str| [".service", ".socket", ".slice"].iter().any(|k| name.ends_with(k));
    let units = files.iter().filter(|(name, _)| is_unit(name) && !name.contains('/'));
    let mut units: BTreeMap<String, Parsed> =
        units.map(|(name, unit)| (name.clone(), unit.clone())).collect();
    for (name, drop_in) in files {
        let Some((since, rest)) = name.strip_prefix("since-").and_then(|n| n.split_once('/'))
        else {
            continue;
        };
        let unit = rest.split_once(".d/").and_then(|(unit, _)| units.get_mut(unit));
        if let Some(unit) = unit.filter(|_| since <= version) {
            lay_over(unit, drop_in);
        }
    }
    units.values_mut().for_each(left_out_by_nix);
    units
}

/// As systemd does it with keys that have one value; an empty one takes it back.
fn lay_over(unit: &mut Parsed, drop_in: &Parsed) {
    for (section, keys) in drop_in {
        for (key, values) in keys {
            let below = unit.entry(section.clone()).or_default();
            if values.iter().all(String::is_empty) {
                below.remove(key);
            } else {
                below.insert(key.clone(), values.clone());
            }
        }
    }
}

/// The first thing that is not the same.
fn difference(shipped: Option<&Parsed>, made: Option<&Value>) -> Option<String> {
    let (Some(shipped), Some(made)) = (shipped, made) else {
        return Some(format!("shipped: {}, made: {}", shipped.is_some(), made.is_some()));
    };
    let made = sections(made);
    let empty = Section::new();
    let names: BTreeSet<&String> = shipped.keys().chain(made.keys()).collect();
    names.into_iter().find_map(|name| {
        let [ours, theirs] = [shipped, &made].map(|unit| unit.get(name).unwrap_or(&empty));
        let keys: BTreeSet<&String> = ours.keys().chain(theirs.keys()).collect();
        let key = keys.into_iter().find(|key| ours.get(*key) != theirs.get(*key))?;
        Some(format!("[{name}] {key}: shipped {:?}, made {:?}", ours.get(key), theirs.get(key)))
    })
}

/// An evaluated unit in the form of a parsed one.
fn sections(made: &Value) -> Parsed {
    let mut unit = Parsed::new();
    for (name, section) in made.as_object().into_iter().flatten() {
        let Some(keys) = section.as_object() else { continue };
        let lines = keys.iter().map(|(key, value)| (key.clone(), lines(value)));
        unit.insert(name.clone(), lines.collect());
    }
    let wanted: Vec<String> = lines(&made["wantedBy"]);
    if !wanted.is_empty() {
        unit.insert("Install".to_owned(), Section::from([("WantedBy".to_owned(), wanted)]));
    }
    unit
}

fn lines(value: &Value) -> Vec<String> {
    match value {
        Value::Array(values) => values.iter().flat_map(lines).collect(),
        Value::String(text) => vec![text.clone()],
        Value::Null => Vec::new(),
        other => vec![other.to_string()],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn unit(text: &str) -> Parsed {
        parsed(text)
    }

    #[test]
    fn another_a_missing_and_an_additional_key_are_each_told() {
        let shipped = unit("[Service]\nA=1\nB=x\nB=y\n[Install]\nWantedBy=z.target\n");
        let made = |service: Value| json!({"Service": service, "wantedBy": ["z.target"]});
        let fault = |service: Value| difference(Some(&shipped), Some(&made(service)));
        assert_eq!(fault(json!({"A": "1", "B": ["x", "y"]})), None);
        for other in [
            json!({"A": "2", "B": ["x", "y"]}),
            json!({"A": "1", "B": ["y", "x"]}),
            json!({"A": "1"}),
            json!({"A": "1", "B": ["x", "y"], "C": "3"}),
        ] {
            assert!(fault(other).is_some());
        }
        assert!(difference(Some(&shipped), Some(&json!({"wantedBy": []}))).is_some());
        assert!(
            difference(Some(&shipped), None).is_some()
                && difference(None, Some(&json!({}))).is_some()
        );
    }

    #[test]
    fn drop_ins_hold_from_their_systemd_on() {
        let files = BTreeMap::from([
            ("x.service".to_owned(), unit("[Service]\nType=notify\nExecReload=/bin/x\n")),
            (
                "since-253/x.service.d/50-a.conf".to_owned(),
                unit("[Service]\nType=notify-reload\nExecReload=\n"),
            ),
            ("choice-a/x.service.d/40-b.conf".to_owned(), unit("[Service]\nType=exec\n")),
        ]);
        let service = |version: &str| shipped(&files, version)["x.service"]["Service"].clone();
        assert_eq!(service("252")["Type"], ["notify"]);
        assert_eq!(service("253")["Type"], ["notify-reload"]);
        assert!(!service("260").contains_key("ExecReload"));
    }

    #[test]
    fn the_units_in_dist_are_read() {
        let shipped = shipped(&files().unwrap(), "260");
        assert!(shipped.len() >= 6 && shipped["arch-node-agent.service"]["Service"].len() > 40);
    }
}
