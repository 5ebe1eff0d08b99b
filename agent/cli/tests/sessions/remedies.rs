//! Whatever we tell people to type exists: in the catalogue of refusals and in the documents.

use clap::Command;

/// The commands between backticks that begin with `archctl`.
fn told(text: &str) -> Vec<&str> {
    let quoted = text.split('`').skip(1).step_by(2);
    quoted.filter(|words| *words == "archctl" || words.starts_with("archctl ")).collect()
}

/// What of a command line does not exist. Words that only stand for something are not looked at.
fn missing(line: &str) -> Option<String> {
    let tree = arch_cli::command();
    let mut at: &Command = &tree;
    for word in line.split_whitespace().skip(1) {
        if let Some(flag) = word.strip_prefix("--") {
            let flag = flag.split(['=', ']']).next().unwrap();
            let known = flag == "help" || at.get_arguments().any(|a| a.get_long() == Some(flag));
            if !known {
                return Some(format!("`{line}`: no --{flag}"));
            }
        } else if at.has_subcommands() && word.chars().all(|c| c.is_ascii_lowercase()) {
            match at.find_subcommand(word) {
                Some(below) => at = below,
                None => return Some(format!("`{line}`: no {word}")),
            }
        }
    }
    None
}

#[test]
fn every_command_that_a_remedy_names_is_there() {
    let rows = arch_problem::catalogue();
    let lines: Vec<&str> =
        rows.flat_map(|row| [told(row.cause), told(row.remedy)].concat()).collect();
    assert!(lines.contains(&"archctl root show") && lines.contains(&"archctl job new"));
    let missing: Vec<String> = lines.into_iter().filter_map(missing).collect();
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn every_command_that_the_documents_name_is_there() {
    let documents = [
        include_str!("../../../../README.md"),
        include_str!("../../../../CHANGELOG.md"),
        include_str!("../../../../docs/ARCHITECTURE.md"),
        include_str!("../../../../docs/CIRCUITS.md"),
        include_str!("../../../../docs/DISPUTES.md"),
        include_str!("../../../../docs/FORMATS.md"),
        include_str!("../../../../docs/THREATS.md"),
        include_str!("../../../../docs/GLOSSARY.md"),
        include_str!("../../../../docs/INSTALL.md"),
        include_str!("../../../../docs/NUMERICS.md"),
        include_str!("../../../../docs/PROMISES.md"),
        include_str!("../../../../docs/NIX.md"),
    ];
    let missing: Vec<String> = documents.into_iter().flat_map(told).filter_map(missing).collect();
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn a_command_that_is_not_there_is_missed() {
    assert!(missing("archctl root invent").is_some());
    assert!(missing("archctl root show --invented").is_some());
    assert_eq!(missing("archctl explain CODE"), None);
    assert_eq!(missing("archctl ledger"), None);
}
