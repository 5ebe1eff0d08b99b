//! Words that a crate's sources must not have: effects in pure crates, keys in the sandbox.

use std::path::Path;

use crate::house;
use crate::import_table::Row;

/// File and line of each forbidden word.
pub(super) fn breaches(table: &[Row], root: &Path) -> Result<Vec<String>, String> {
    let mut breaches = Vec::new();
    for row in table.iter().filter(|row| !row.never_written.is_empty()) {
        let folder = row.name.strip_prefix("arch-").unwrap_or(row.name);
        for file in house::files(&root.join("agent").join(folder).join("src")) {
            if is_test(&file) {
                continue;
            }
            let shown = file.strip_prefix(root).unwrap_or(&file).display().to_string();
            for (line, word) in found(&house::text(&file)?, &row.never_written.concat()) {
                breaches.push(format!("{shown}:{line}: `{}` must not use `{word}`", row.name));
            }
        }
    }
    Ok(breaches)
}

/// Files of tests stand apart: `tests.rs`, `tests/…`, and what only tests use.
fn is_test(file: &Path) -> bool {
    file.extension().is_none_or(|extension| extension != "rs")
        || file.components().any(|part| part.as_os_str() == "tests")
        || file.file_stem().is_some_and(|stem| stem == "tests" || stem == "oracle")
}

/// Lines count from 1. Reading ends where the tests of a file begin, which is its end in this house.
fn found<'a>(text: &str, words: &[&'a str]) -> Vec<(usize, &'a str)> {
    let code = text.lines().enumerate().take_while(|(_, line)| line.trim() != "#[cfg(test)]");
    code.filter_map(|(number, line)| {
        let line = line.split("//").next().unwrap_or_default();
        let word = words.iter().find(|word| has_word(line, word))?;
        Some((number.saturating_add(1), *word))
    })
    .collect()
}

/// Whether `word` stands in `line` and is not a part of a longer one.
fn has_word(line: &str, word: &str) -> bool {
    let joins = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word).any(|(at, _)| {
        let before = line.get(..at).and_then(|text| text.chars().next_back());
        let after = line.get(at.saturating_add(word.len())..).and_then(|text| text.chars().next());
        !before.is_some_and(joins) && !after.is_some_and(joins)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_words_in_code_are_found_and_nothing_else() {
        let text = "use std::fs;\n// std::fs is not used\nlet x: InstantNoodle;\n#[cfg(test)]\nuse std::fs;\n";
        assert_eq!(found(text, &["std::fs", "Instant"]), [(1, "std::fs")]);
    }

    #[test]
    fn files_of_tests_are_not_read() {
        assert!(is_test(Path::new("a/src/tests.rs")));
        assert!(is_test(Path::new("a/src/x/tests/y.rs")));
        assert!(!is_test(Path::new("a/src/contests.rs")));
    }
}
