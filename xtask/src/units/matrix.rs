//! docs/HARDENING.md: the flags as a table for people.

use super::hardening::{Cell, GROUPS, Role, Row};

const HEAD: &str = "# Hardening\n\n\
    <!-- written by `cargo xtask units` from xtask/src/units/hardening -->\n\n\
    What systemd takes away from each program, and what it cannot take away and why. The units in \
    `dist/systemd` are written from the same table, and `cargo xtask units --check` compares both \
    byte for byte. That a flag is set proves little: `cargo xtask test os` boots a systemd \
    with these units and tries what must not work, from inside each \
    (`what_must_not_work_does_not_work_inside_each_unit`). Limits of memory, tasks and addresses, \
    for which that guest has no kernel, are tried on an emulated machine with Debian 12's \
    (`limits_of_memory_tasks_and_addresses_hold_on_a_machine_of_its_own`).\n\n\
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
        text.push('\n');
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

/// Why it is so, once for all units where the reason is one.
fn reasons(row: &Row) -> String {
    let reason = |role: Role| match row.cell(role) {
        Cell::On(_) => None,
        Cell::Less(_, why) | Cell::Off(why) => Some(*why),
    };
    let reasons = Role::ALL.map(reason);
    let [first, others @ ..] = reasons;
    if let Some(why) = first.filter(|_| others.iter().all(|other| *other == first)) {
        return format!("- `{}`: {}\n", row.flag, sentence(why));
    }
    let each = Role::ALL.into_iter().zip(reasons);
    each.filter_map(|(role, why)| Some((role, why?)))
        .map(|(role, why)| format!("- `{}` in `{}`: {}\n", row.flag, role.unit(), sentence(why)))
        .collect()
}

/// With a full stop, which reasons have only where they are more than one sentence.
fn sentence(why: &str) -> String {
    format!("{}.", why.trim_end_matches('.'))
}
