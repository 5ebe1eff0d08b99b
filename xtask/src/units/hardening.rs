//! What each unit is denied: one row a flag, one cell a unit. A cell that is off, or less than it
//! could be, says why, in the unit and in docs/HARDENING.md.

mod calls;
mod files;
mod kernel;
mod rights;

use super::unit::{Line, set, why};

/// A program with a unit of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Agent,
    Wasm,
    Prover,
}

impl Role {
    pub(super) const ALL: [Self; 3] = [Self::Agent, Self::Wasm, Self::Prover];

    pub(super) fn unit(self) -> &'static str {
        match self {
            Self::Agent => "arch-node-agent",
            Self::Wasm => "arch-executor-wasm",
            Self::Prover => "arch-prover",
        }
    }
}

/// A flag, what it takes away, and how it stands in each unit.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) flag: &'static str,
    pub(super) denies: &'static str,
    pub(super) agent: Cell,
    pub(super) wasm: Cell,
    pub(super) prover: Cell,
}

/// How a flag stands in one unit. Several values are several lines, in order.
#[derive(Debug)]
pub(super) enum Cell {
    /// As strict as it gets.
    On(&'static [&'static str]),
    /// Set, with a hole that has a reason.
    Less(&'static [&'static str], &'static str),
    /// Not set, and why.
    Off(&'static str),
}

impl Row {
    pub(super) fn cell(&self, role: Role) -> &Cell {
        match role {
            Role::Agent => &self.agent,
            Role::Wasm => &self.wasm,
            Role::Prover => &self.prover,
        }
    }
}

/// The matrix, by what is taken away.
pub(super) const GROUPS: [(&str, &[Row]); 4] = [
    ("Rights", rights::ROWS),
    ("Files", files::ROWS),
    ("The kernel and the machine", kernel::ROWS),
    ("System calls and memory", calls::ROWS),
];

/// The lines of a unit.
pub(super) fn lines(role: Role) -> Vec<Line> {
    let cells = GROUPS.iter().flat_map(|(_, rows)| *rows).map(|row| (row.flag, row.cell(role)));
    cells.flat_map(|(flag, cell)| cell.lines(flag)).collect()
}

impl Cell {
    fn lines(&self, flag: &'static str) -> Vec<Line> {
        let all = |values: &[&'static str]| values.iter().map(|v| set(flag, *v)).collect();
        match self {
            Self::On(values) => all(values),
            Self::Less(values, reason) => {
                let mut lines = vec![why(reason)];
                lines.extend::<Vec<Line>>(all(values));
                lines
            }
            Self::Off(reason) => vec![Line::Off(flag, reason)],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows() -> impl Iterator<Item = &'static Row> {
        GROUPS.iter().flat_map(|(_, rows)| *rows)
    }

    #[test]
    fn a_flag_stands_once_and_whatever_is_not_on_says_why() {
        let mut flags: Vec<_> = rows().map(|row| row.flag).collect();
        flags.sort_unstable();
        let mut once = flags.clone();
        once.dedup();
        assert_eq!(flags, once);
        for (row, role) in rows().flat_map(|row| Role::ALL.map(|role| (row, role))) {
            assert!(!row.denies.is_empty(), "{}", row.flag);
            match row.cell(role) {
                Cell::On(values) => assert!(!values.is_empty(), "{}", row.flag),
                Cell::Less(_, why) | Cell::Off(why) => {
                    assert!(why.split(' ').count() > 4, "{} in {}", row.flag, role.unit());
                }
            }
        }
    }
}
