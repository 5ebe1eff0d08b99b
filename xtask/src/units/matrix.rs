//! docs/HARDENING.md: the flags as a table for people.

use super::hardening::{Cell, GROUPS, Role, Row};

const HEAD: &str = "# Hardening\n\n\
    <!-- written by `cargo xtask units` from xtask/src/units/hardening -->\n\n\
    What systemd takes away from each program, and what it cannot take away and why. The units in \
    `dist/systemd` are written from the same table, and `cargo xtask units --check` compares both \
    byte for byte. That a flag is set proves little: `cargo xtask test --only os` boots a systemd \
    with these units and tries what must not work, from inside each \
    (`what_must_not_work_does_not_work_inside_each_unit`).\n\n\
    The programs confine themselves as well, for those who run them without systemd: see \
    [THREATS.md](THREATS.md).\n";

/// The page.
pub(super) fn text() -> String {
    let mut text = HEAD.to_owned();
    for (title, rows) in GROUPS {
        text.push_str(&format!("\n## {title}\n\n"));
        let units = Role::ALL.map(|role| format!("`{}`", role.unit())).join(" | ");
        text.push_str(&format!("| flag | takes away | {units} |\n|---|---|---|---|\n"));
        rows.iter().for_each(|row| text.push_str(&line(row)));
        rows.iter().for_each(|row| text.push_str(&reasons(row)));
    }
    text
}

fn line(row: &Row) -> String {
    let cells = Role::ALL.map(|role| short(row.cell(role))).join(" | ");
    format!("| `{}` | {} | {cells} |\n", row.flag, row.denies)
}

fn short(cell: &Cell) -> String {
    match cell {
        Cell::On(values) => values.iter().map(|v| code(v)).collect::<Vec<_>>().join("<br>"),
        Cell::Less(values, _) => {
            format!(
                "{} (why: below)",
                values.iter().map(|v| code(v)).collect::<Vec<_>>().join("<br>")
            )
        }
        Cell::Off(_) => "**off** (why: below)".to_owned(),
    }
}

fn code(value: &str) -> String {
    if value.is_empty() { "empty".to_owned() } else { format!("`{value}`") }
}

fn reasons(row: &Row) -> String {
    let reasons = Role::ALL.into_iter().filter_map(|role| {
        let (word, why) = match row.cell(role) {
            Cell::On(_) => return None,
            Cell::Less(_, why) => ("has a reason", *why),
            Cell::Off(why) => ("is off", *why),
        };
        let why = why.trim_end_matches('.');
        Some(format!("\n- `{}=` {word} in `{}`: {why}.", row.flag, role.unit()))
    });
    reasons.collect()
}
