//! A sentence that names its test is worth as much as the test: it has to be there.

use std::collections::BTreeSet;
use std::path::Path;

use crate::house;

/// Documents whose sentences name tests.
const DOCUMENTS: [&str; 5] = [
    "docs/ARCHITECTURE.md",
    "docs/ATTACKS.md",
    "docs/DISPUTES.md",
    "docs/PROMISES.md",
    "docs/THREATS.md",
];

/// Tests that a document names and that are in no source.
pub(super) fn breaches(root: &Path) -> Result<Vec<String>, String> {
    let known = functions(root)?;
    let mut breaches = Vec::new();
    for document in DOCUMENTS {
        let text = house::text(&root.join(document))?;
        let lost = named(&text).into_iter().filter(|name| !known.contains(*name));
        breaches.extend(lost.map(|name| format!("{document} names `{name}`, which is no test")));
    }
    Ok(breaches)
}

/// Names of tests are sentences: four words or more.
fn named(text: &str) -> BTreeSet<&str> {
    let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
    words.filter(|word| word.matches('_').count() >= 3 && !word.starts_with('_')).collect()
}

fn functions(root: &Path) -> Result<BTreeSet<String>, String> {
    let mut known = BTreeSet::new();
    let folders = ["agent", "tests", "xtask"].map(|folder| root.join(folder));
    let files = folders.iter().flat_map(|folder| house::files(folder));
    for file in files.filter(|file| file.extension().is_some_and(|e| e == "rs")) {
        let text = house::text(&file)?;
        let after = text.split("fn ").skip(1);
        let names = after.map(|rest| rest.split(['(', '<', ' ']).next().unwrap_or_default());
        known.extend(names.map(str::to_owned));
    }
    Ok(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_are_found_and_short_names_are_not() {
        let text =
            "holds (`a_job_that_ran_is_not_run_again`, `xtask deps`, `arch_node`, `run_job`)";
        assert_eq!(named(text), BTreeSet::from(["a_job_that_ran_is_not_run_again"]));
    }

    #[test]
    fn every_test_that_a_document_names_is_there() {
        assert_eq!(breaches(&house::root()).unwrap(), Vec::<String>::new());
        assert!(functions(&house::root()).unwrap().len() > 1000);
    }
}
