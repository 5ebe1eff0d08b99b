//! docs/ERRORS.md: the catalogue of refusals, for reading.

use std::fmt::Write;

use arch_problem::{Explanation, catalogue};

const HEAD: &str = "# Errors\n\n\
    Written by `cargo xtask docs` from agent/problem/src/catalogue; `archctl explain CODE` prints the \
    same. A code is never used again for anything else.\n";

/// Areas by their letter.
const AREAS: [(char, &str); 8] = [
    ('D', "Documents"),
    ('P', "Policy"),
    ('L', "Ledger"),
    ('S', "Sandbox and executor"),
    ('K', "Keys"),
    ('N', "Node, settings, control"),
    ('F', "Files"),
    ('Q', "Disputes"),
];

/// The whole file.
pub(crate) fn markdown() -> String {
    let mut text = HEAD.to_owned();
    let mut area = None;
    for row in catalogue() {
        let letter = row.code.chars().nth("ARCH-".len());
        if letter != area {
            area = letter;
            let name = AREAS
                .iter()
                .find(|(known, _)| Some(*known) == letter)
                .map_or("Other", |(_, name)| name);
            let _writing_to_text_cannot_fail = write!(text, "\n## {name}\n");
        }
        text.push_str(&section(row));
    }
    text
}

fn section(row: &Explanation) -> String {
    let Explanation { code, title, cause, remedy } = row;
    format!("\n### {code}: {title}\n\n- how one gets here: {cause}\n- what to do: {remedy}\n")
}
