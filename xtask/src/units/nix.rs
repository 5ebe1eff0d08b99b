//! nix/module/table.nix: the same units once more, as data that the NixOS module reads. It is made
//! from the files for systemd, so that neither can say what the other does not.

use std::collections::BTreeMap;

use super::hardening::{Cell, GROUPS, Role};
use super::places;

/// Where it lies in this checkout.
const FILE: &str = "nix/module/table.nix";

const HEAD: &str = "# What dist/systemd says, as data.\n\
                    # Written by `cargo xtask units`; change the table in xtask/src/units, not this.\n";

/// Values by key; a key that stands several times has its values in order.
pub(crate) type Section = BTreeMap<String, Vec<String>>;

/// A unit: sections by name.
pub(crate) type Parsed = BTreeMap<String, Section>;

/// The file, from the files for systemd by their names below their folder.
pub(super) fn file(systemd: &[(String, String)]) -> (String, String) {
    let mut units = BTreeMap::new();
    let mut dropped = BTreeMap::<(&str, &str), Vec<(String, Parsed)>>::new();
    for (name, text) in systemd {
        if let Some((kind, which, unit)) = drop_in(name) {
            dropped.entry((kind, which)).or_default().push((unit, parsed(text)));
        } else if is_unit(name) {
            units.insert(name.clone(), parsed(text));
        }
    }
    let text = |wanted: &str| systemd.iter().find(|(name, _)| name == wanted).map(|(_, text)| text);
    let entries = [
        ("places", attributes(PLACES.iter().map(|(name, place)| (*name, quoted(place))))),
        ("units", units_in_nix(&units)),
        ("since", dropped_in_nix(&dropped, "since")),
        ("choices", dropped_in_nix(&dropped, "choice")),
        ("users", users(text("sysusers.conf").map_or("", String::as_str))),
        ("folders", listed(rules(text("tmpfiles.conf").map_or("", String::as_str)).map(quoted))),
        ("flags", listed(GROUPS.iter().flat_map(|(_, rows)| *rows).map(|row| quoted(row.flag)))),
        ("off", attributes(Role::ALL.map(|role| (role.unit(), off(role))))),
    ];
    (FILE.to_owned(), format!("{HEAD}{}\n", attributes(entries)))
}

/// What a module for another distribution has to put something else for.
const PLACES: [(&str, &str); 10] = [
    ("agent", places::AGENT),
    ("executor", places::EXECUTOR),
    ("prover", places::PROVER),
    ("kill", places::KILL),
    ("killInside", places::KILL_INSIDE),
    ("libraries", places::LIBRARIES),
    ("librariesInside", places::LIBRARIES_INSIDE),
    ("configuration", places::CONFIGURATION),
    ("state", places::STATE),
    ("runtime", places::RUNTIME),
];

/// `since-253/arch-node-agent.service.d/50-reload.conf`: kind, which, unit.
fn drop_in(name: &str) -> Option<(&str, &str, String)> {
    let (folder, rest) = name.split_once('/')?;
    let (kind, which) = folder.split_once('-')?;
    let (unit, _file) = rest.split_once(".d/")?;
    Some((kind, which, unit.to_owned()))
}

fn is_unit(name: &str) -> bool {
    [".service", ".socket", ".slice"].iter().any(|kind| name.ends_with(kind))
}

/// A file for systemd.
pub(crate) fn parsed(text: &str) -> Parsed {
    let mut sections = Parsed::new();
    let mut current = String::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            name.clone_into(&mut current);
        } else if let Some((key, value)) = line.split_once('=') {
            let section = sections.entry(current.clone()).or_default();
            section.entry(key.to_owned()).or_default().push(value.to_owned());
        }
    }
    sections
}

/// Takes out what the module leaves out (nix/module/hardening.nix): libraries, which it binds by a
/// drop-in, and what reloads, where nothing calls it.
pub(crate) fn left_out_by_nix(unit: &mut Parsed) {
    let called = unit.get("Service").is_some_and(|service| service.contains_key("ExecReload"));
    let mut out = vec![places::LIBRARIES, places::LIBRARIES_INSIDE];
    if !called {
        out.extend([places::KILL, places::KILL_INSIDE]);
    }
    for values in unit.values_mut().flat_map(BTreeMap::values_mut) {
        values.retain(|value| !out.contains(&value.as_str()));
    }
}

fn units_in_nix(units: &BTreeMap<String, Parsed>) -> String {
    attributes(units.iter().map(|(name, unit)| (name.as_str(), sections_in_nix(unit))))
}

fn sections_in_nix(unit: &Parsed) -> String {
    attributes(unit.iter().map(|(name, section)| {
        let values = section.iter().map(|(key, values)| (key.as_str(), value(values)));
        (name.as_str(), attributes(values))
    }))
}

/// One kind of drop-ins. Several for one unit are read together, in the order of their names.
fn dropped_in_nix(dropped: &BTreeMap<(&str, &str), Vec<(String, Parsed)>>, kind: &str) -> String {
    let of_kind = dropped.iter().filter(|((this, _), _)| *this == kind);
    attributes(of_kind.map(|((_, which), drop_ins)| {
        let mut units = BTreeMap::<String, Parsed>::new();
        for (unit, sections) in drop_ins {
            let together = units.entry(unit.clone()).or_default();
            for (name, section) in sections {
                together.entry(name.clone()).or_default().extend(section.clone());
            }
        }
        (*which, units_in_nix(&units))
    }))
}

/// `u archagent - "Arch node agent" /var/lib/archagent -`
fn users(text: &str) -> String {
    let users: Vec<_> = rules(text).filter_map(user).collect();
    attributes(users.iter().map(|(name, user)| (*name, user.clone())))
}

fn user(line: &str) -> Option<(&str, String)> {
    let (before, rest) = line.split_once('"')?;
    let (about, after) = rest.split_once('"')?;
    let name = before.split_whitespace().nth(1)?;
    let home = after.split_whitespace().next().filter(|home| *home != "-");
    let home = quoted(home.unwrap_or("/var/empty"));
    Some((name, attributes([("description", quoted(about)), ("home", home)])))
}

/// Lines that are neither comments nor empty.
fn rules(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// Flags that are not set, and why.
fn off(role: Role) -> String {
    let rows = GROUPS.iter().flat_map(|(_, rows)| *rows);
    attributes(rows.filter_map(|row| match row.cell(role) {
        Cell::Off(why) => Some((row.flag, quoted(why))),
        Cell::On(_) | Cell::Less(..) => None,
    }))
}

fn value(values: &[String]) -> String {
    match values {
        [one] => quoted(one),
        several => listed(several.iter().map(|value| quoted(value))),
    }
}

/// `{ … }`, an attribute a line; nested ones go further in.
fn attributes<'a>(entries: impl IntoIterator<Item = (&'a str, String)>) -> String {
    let lines = entries.into_iter().map(|(name, value)| format!("{} = {value};", attribute(name)));
    block('{', lines, '}')
}

fn listed(values: impl IntoIterator<Item = String>) -> String {
    block('[', values.into_iter(), ']')
}

fn block(open: char, lines: impl Iterator<Item = String>, close: char) -> String {
    let lines: Vec<String> = lines.collect();
    if lines.is_empty() {
        return format!("{open} {close}");
    }
    let inside = lines.join("\n").replace('\n', "\n  ");
    format!("{open}\n  {inside}\n{close}")
}

/// A name as Nix takes it: quoted unless it is a plain word.
fn attribute(name: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let word = name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.chars().all(plain);
    if word { name.to_owned() } else { quoted(name) }
}

fn quoted(text: &str) -> String {
    let text = text.replace('\\', "\\\\").replace('"', "\\\"").replace("${", "\\${");
    format!("\"{text}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(files: &[(&str, &str)]) -> String {
        let owned: Vec<_> =
            files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        file(&owned).1
    }

    #[test]
    fn a_unit_is_the_same_in_nix_with_repeated_keys_in_order() {
        let text = files(&[(
            "x.service",
            "# a comment=1\n[Service]\nExecStart=/bin/x \"${y}\" \\z\nA=2\nB=\nA=1\n",
        )]);
        let wanted = "  units = {\n    \"x.service\" = {\n      Service = {\n        A = [\n          \
                      \"2\"\n          \"1\"\n        ];\n        B = \"\";\n        ExecStart = \
                      \"/bin/x \\\"\\${y}\\\" \\\\z\";\n      };\n    };\n  };\n";
        assert!(text.contains(wanted), "{text}");
    }

    #[test]
    fn drop_ins_are_told_apart_and_those_of_one_unit_read_together() {
        let text = files(&[
            ("since-253/x.service.d/50-a.conf", "[Service]\nA=1\n"),
            ("since-253/x.service.d/60-b.conf", "[Service]\nA=2\nB=3\n"),
            ("choice-node-key/x.service.d/40-c.conf", "[Service]\nC=4\n"),
        ]);
        let since = text.split("since = ").nth(1).unwrap().split("choices").next().unwrap();
        assert!(since.contains("\"253\"") && since.contains("A = \"2\"") && since.contains("B"));
        assert!(!since.contains("\"4\"") && text.contains("node-key = {"), "{text}");
    }

    #[test]
    fn users_and_folders_are_read_from_their_rules() {
        let text = files(&[
            ("sysusers.conf", "# c\nu a - \"An A\" /var/lib/a -\nu b - \"A B\" - -\n"),
            ("tmpfiles.conf", "# c\n\nd /etc/a 0755 root root -\n"),
        ]);
        for wanted in ["home = \"/var/lib/a\"", "home = \"/var/empty\"", "description = \"An A\""] {
            assert!(text.contains(wanted), "{text}");
        }
        assert!(text.contains("folders = [\n    \"d /etc/a 0755 root root -\"\n  ];"), "{text}");
    }

    #[test]
    fn what_is_off_says_why_in_nix_too() {
        assert!(off(Role::Wasm).contains("MemoryDenyWriteExecute = \"it compiles wasm"));
        assert!(!off(Role::Agent).contains("MemoryDenyWriteExecute"));
    }
}
