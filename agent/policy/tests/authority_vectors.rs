//! Signed vectors for every rule of signatures, thresholds, time, audience, replay, rollback,
//! rotation and envelopes: `tests/vectors/<area>/<rule>.yaml`, each with its `<rule>.case.json`.
//!
//! The files are made here, from fixed seeds, so that they can be made again; what is judged is
//! what lies on the disk. `ARCH_WRITE_VECTORS=1` writes them anew.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests may be blunt"
)]

#[path = "authority/judge.rs"]
mod judge;
#[path = "authority/made/mod.rs"]
mod made;
#[path = "../../document/tests/world/mod.rs"]
mod world;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use judge::Case;

const AREAS: [&str; 9] = [
    "authority",
    "signature",
    "threshold",
    "time",
    "audience",
    "replay",
    "rollback",
    "rotation",
    "envelope",
];

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors")
}

/// Every file below the areas, by its path below `tests/vectors`.
fn on_disk() -> BTreeMap<String, Vec<u8>> {
    fn walk(below: &Path, path: &Path, files: &mut BTreeMap<String, Vec<u8>>) {
        for entry in fs::read_dir(path).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(below, &path, files);
            } else {
                let name = path.strip_prefix(below).unwrap().to_str().unwrap().to_owned();
                files.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    let mut files = BTreeMap::new();
    for area in AREAS {
        walk(&folder(), &folder().join(area), &mut files);
    }
    files
}

/// The vectors as a stranger finds them: the case, and the document beside it.
fn cases() -> Vec<(String, Case, Vec<u8>)> {
    let files = on_disk();
    let case = |(name, bytes): (&String, &Vec<u8>)| {
        let stem = name.strip_suffix(".case.json")?;
        let document = ["yaml", "dsse.json"].iter().find_map(|e| files.get(&format!("{stem}.{e}")));
        let case = serde_json::from_slice(bytes).unwrap_or_else(|e| panic!("{name}: {e}"));
        Some((stem.to_owned(), case, document.expect(stem).clone()))
    };
    files.iter().filter_map(case).collect()
}

#[test]
fn every_vector_is_judged_as_its_case_says() {
    let all = cases();
    let files = on_disk();
    assert!(all.len() > 80, "{} vectors", all.len());
    let mut wrong = Vec::new();
    for (name, case, document) in &all {
        let told = judge::judge(case, document, &|path| files[path].clone());
        if told != case.expect {
            wrong.push(format!("{name}: {told}, expected {}", case.expect));
        }
        let accepted = name.contains("/accepted/");
        assert_eq!(accepted, case.expect == "believed", "{name} lies in the wrong folder");
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn every_code_about_authority_has_a_vector() {
    let seen: BTreeSet<String> = cases()
        .into_iter()
        .filter_map(|(_, case, _)| case.expect.split(' ').next().map(str::to_owned))
        .collect();
    let about_authority = |code: &&str| {
        ("ARCH-D001".."ARCH-D100").contains(code)
            || ("ARCH-D140".."ARCH-D150").contains(code)
            || ["ARCH-D207", "ARCH-D208", "ARCH-P015", "ARCH-P107"].contains(code)
    };
    let all = arch_problem::catalogue().map(|row| row.code).filter(about_authority);
    let missing: Vec<_> = all.filter(|code| !seen.contains(*code)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn the_vectors_on_disk_are_those_that_the_fixed_seeds_make() {
    let mut made = made::files();
    if std::env::var_os("ARCH_WRITE_VECTORS").is_some() {
        for (name, bytes) in &made {
            let path = folder().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
    }
    let mut disk = on_disk();
    made.retain(|name, bytes| disk.remove(name).as_ref() != Some(bytes));
    disk.retain(|name, _| !name.ends_with("README.md"));
    let differ: Vec<_> = made.keys().collect();
    let strange: Vec<_> = disk.keys().collect();
    assert!(
        differ.is_empty() && strange.is_empty(),
        "differ: {differ:?}, made by nobody: {strange:?}; write them with ARCH_WRITE_VECTORS=1"
    );
}
