//! The import table as docs/ARCHITECTURE.md carries it.

use std::fmt::Write;

use crate::import_table::{KINDS, Row};

const BEGIN: &str =
    "<!-- import table: written by `cargo xtask docs` from xtask/src/import_table.rs -->\n";
const END: &str = "<!-- end of the import table -->";

/// The document with the table of today between its two marks.
pub(super) fn in_document(document: &str, table: &[Row]) -> Result<String, String> {
    let (before, rest) = document.split_once(BEGIN).ok_or_else(|| missing(BEGIN))?;
    let (_old, after) = rest.split_once(END).ok_or_else(|| missing(END))?;
    Ok(format!("{before}{BEGIN}{}{END}{after}", markdown(table)))
}

fn missing(mark: &str) -> String {
    format!("docs/ARCHITECTURE.md has no line `{}`", mark.trim_end())
}

fn markdown(table: &[Row]) -> String {
    let mut text =
        "\n| crate | may use (ours) | never links | never writes |\n|---|---|---|---|\n".to_owned();
    for row in table {
        let uses = row.may_use.iter().map(|name| name.trim_start_matches("arch-"));
        let line = format!(
            "| {} | {} | {} | {} |",
            row.name,
            listed(uses),
            listed(row.never_linked.iter().map(|kind| named(kind))),
            listed(row.never_written.iter().map(|kind| named(kind))),
        );
        let _writing_to_text_cannot_fail = writeln!(text, "{line}");
    }
    text.push('\n');
    for (name, words) in KINDS {
        let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
        let _writing_to_text_cannot_fail = writeln!(text, "- *{name}*: {}", words.join(", "));
    }
    text.push('\n');
    text
}

fn listed<'a>(words: impl Iterator<Item = &'a str>) -> String {
    let words: Vec<&str> = words.collect();
    if words.is_empty() { "–".to_owned() } else { words.join(", ") }
}

fn named(kind: &[&str]) -> &'static str {
    KINDS.iter().find(|(_name, words)| *words == kind).map_or("?", |(name, _words)| name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import_table::TABLE;

    #[test]
    fn the_table_stands_between_its_marks_and_the_rest_is_left_alone() {
        let old = format!("# A\n\n{BEGIN}old\n{END}\n\nmore\n");
        let new = in_document(&old, TABLE).unwrap();
        assert!(new.starts_with("# A\n\n<!--") && new.ends_with("-->\n\nmore\n"));
        assert!(!new.contains("old") && new.contains("\n| arch-node | archive, confine, dispute,"));
        assert_eq!(in_document(&new, TABLE).unwrap(), new, "writing it again changes nothing");
        assert!(in_document("# A\n", TABLE).is_err());
    }

    #[test]
    fn every_kind_of_the_table_has_a_name() {
        assert!(!markdown(TABLE).contains('?'));
    }
}
