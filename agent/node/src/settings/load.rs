//! Reading node.yaml and node.d/*.yaml: every file strictly, every fault with its line.

use std::path::{Path, PathBuf};

use arch_files::FileError;
use arch_problem::{Problem, Span, codes};
use serde_json::Value;
use serde_yaml::{DuplicateKeyPolicy, MergeKeyPolicy, Options, from_slice_with_options};

use super::{Settings, detect, merge};

/// The most bytes of one settings file.
const LIMIT: u64 = 65_536;

/// The number that stands for all users that have none where numbers are mapped (user_namespaces(7)).
const NOBODY: u32 = 65_534;

/// The most fragments in node.d.
const FRAGMENTS: usize = 100;

/// Reads node.yaml, then node.d/*.yaml in the order of their names; later ones win.
///
/// # Errors
/// Every problem of every file, so that an operator mends them in one go.
pub fn load(config: &Path) -> Result<Settings, Vec<Problem>> {
    let mut problems = Vec::new();
    let mut merged = Value::Object(serde_json::Map::new());
    for (path, name) in named(config, &mut problems) {
        match read(&path, &name) {
            Ok(Some(value)) => merged = merge::overlay(merged, value),
            Ok(None) => {}
            Err(problem) => problems.push(*problem),
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let mut settings: Settings = serde_json::from_value(merged)
        .map_err(|e| vec![Problem::new(codes::SETTINGS_FORM, e.to_string())])?;
    for (key, fact) in detect::facts() {
        settings.facts.entry(key).or_insert(fact);
    }
    let contradictions = contradictions(&settings);
    if contradictions.is_empty() { Ok(settings) } else { Err(contradictions) }
}

/// The files that would be read, there or not.
pub(crate) fn files(config: &Path) -> Vec<PathBuf> {
    named(config, &mut Vec::new()).into_iter().map(|(path, _)| path).collect()
}

/// The files there are, with the names that people know them by.
fn named(config: &Path, problems: &mut Vec<Problem>) -> Vec<(PathBuf, String)> {
    let mut found = vec![(config.join("node.yaml"), "node.yaml".to_owned())];
    let folder = config.join("node.d");
    let mut names: Vec<String> = match std::fs::read_dir(&folder) {
        Ok(entries) => entries
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .filter(|name| name.ends_with(".yaml") && !name.starts_with('.'))
            .take(FRAGMENTS.saturating_add(1))
            .collect(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
        Err(error) => {
            problems.push(Problem::new(codes::FILE_MACHINE, format!("`node.d`: {error}")));
            Vec::new()
        }
    };
    if names.len() > FRAGMENTS {
        let message = format!("`node.d` has more than {FRAGMENTS} fragments");
        problems.push(Problem::new(codes::SETTINGS_SENSE, message));
    }
    names.sort();
    found.extend(names.into_iter().map(|name| (folder.join(&name), format!("node.d/{name}"))));
    found
}

/// One file as a map of what it sets; nothing if it is not there.
fn read(path: &Path, name: &str) -> Result<Option<Value>, Box<Problem>> {
    let bytes = match arch_files::read(path, LIMIT) {
        Ok(bytes) => bytes,
        Err(FileError::Absent { .. }) if name == "node.yaml" => return Ok(None),
        Err(error) => return Err(Box::new(error.problem())),
    };
    if is_blank(&bytes) {
        return Ok(None);
    }
    // The typed reading is for its strictness and its places, the untyped one for what was written.
    from_slice_with_options::<Settings>(&bytes, strict()).map_err(|e| told(name, &bytes, &e))?;
    let value: Value =
        from_slice_with_options(&bytes, strict()).map_err(|e| told(name, &bytes, &e))?;
    Ok(Some(value))
}

/// Nothing but comments and empty lines.
fn is_blank(bytes: &[u8]) -> bool {
    let blank = |line: &[u8]| line.trim_ascii().is_empty() || line.trim_ascii().starts_with(b"#");
    bytes.split(|byte| *byte == b'\n').all(blank)
}

fn strict() -> Options {
    serde_yaml::options! {
        budget: serde_yaml::budget! {
            max_aliases: 0,
            max_anchors: 0,
            max_documents: 1,
            max_depth: 16,
            max_nodes: 4_096,
            max_merge_keys: 0,
        },
        duplicate_keys: DuplicateKeyPolicy::Error,
        merge_keys: MergeKeyPolicy::Error,
        strict_booleans: true,
        reject_unsupported_tags: true,
        reject_tagged_field_names: true,
        with_snippet: false,
    }
}

fn told(name: &str, bytes: &[u8], error: &serde_yaml::Error) -> Box<Problem> {
    let words = error.without_snippet().to_string();
    // The location follows in our own form.
    let message = words.lines().next().unwrap_or_default().to_owned();
    let problem = Problem::new(codes::SETTINGS_FORM, format!("`{name}`: {message}"));
    Box::new(match error.location() {
        Some(location) => problem.at(name, span(bytes, location.line(), location.column()), ""),
        None => problem,
    })
}

/// The place of a line and column, from 1, in bytes.
fn span(bytes: &[u8], line: u64, column: u64) -> Span {
    let before = usize::try_from(line.saturating_sub(1)).unwrap_or(usize::MAX);
    let starts = bytes.split_inclusive(|byte| *byte == b'\n').take(before).map(<[u8]>::len);
    let start = starts
        .fold(0_usize, usize::saturating_add)
        .saturating_add(usize::try_from(column.saturating_sub(1)).unwrap_or(usize::MAX))
        .min(bytes.len());
    let narrow = |n: u64| u32::try_from(n.max(1)).unwrap_or(u32::MAX);
    Span { start, end: start, line: narrow(line), column: narrow(column) }
}

fn contradictions(settings: &Settings) -> Vec<Problem> {
    let mut found = Vec::new();
    let mut refuse = |what: &str| found.push(Problem::new(codes::SETTINGS_SENSE, what));
    if settings.jobs.attempts == 0 {
        refuse("`jobs.attempts` is at least 1");
    }
    if settings.jobs.rescan.seconds() == 0 {
        refuse("`jobs.rescan` is at least `1s`");
    }
    if settings.jobs.waiting == 0 || settings.jobs.waiting_per_owner == 0 {
        refuse("`jobs.waiting` and `jobs.waitingPerOwner` are at least 1");
    }
    if settings.control.users.contains(&NOBODY) {
        refuse(
            "`control.users` names 65534, which is everybody whose number the agent cannot see; \
             systemd maps the others' numbers so unless told otherwise (choice-control-users)",
        );
    }
    if settings.lend.cpu.is_some_and(|cpu| cpu.millicores() == 0) {
        refuse("`lend.cpu` is more than nothing");
    }
    found
}

#[cfg(test)]
mod tests {
    use arch_policy::Fact;

    use super::*;

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("node.d")).unwrap();
        for (name, text) in files {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        folder
    }

    fn first(files: &[(&str, &str)]) -> Problem {
        load(folder(files).path()).unwrap_err().remove(0)
    }

    #[test]
    fn nothing_set_means_the_defaults() {
        let settings = load(folder(&[]).path()).unwrap();
        assert_eq!(settings.jobs, super::super::Jobs::default());
        assert!(settings.trust_root.is_none() && settings.facts.contains_key("node.arch"));
    }

    #[test]
    fn fragments_are_laid_over_in_the_order_of_their_names() {
        let settings = load(
            folder(&[
                ("node.yaml", "lend: { cpu: \"4\", memory: 2Gi }\njobs: { attempts: 2 }\n"),
                ("node.d/20-b.yaml", "lend: { cpu: \"1\" }\n"),
                ("node.d/10-a.yaml", "lend: { cpu: \"2\" }\ngroups: [lab]\n"),
                ("node.d/ignored.txt", "nonsense: ["),
                ("node.d/30-empty.yaml", "# nothing\n"),
            ])
            .path(),
        )
        .unwrap();
        assert_eq!(settings.lend.cpu.unwrap().to_string(), "1");
        assert_eq!(settings.lend.memory.unwrap().to_string(), "2Gi");
        assert_eq!((settings.jobs.attempts, settings.groups.len()), (2, 1));
    }

    #[test]
    fn a_fact_without_a_fraction_is_a_whole_number_however_it_is_spelled() {
        let text = "facts: { a: 1.0, b: 01, c: 0., d: -2.0, e: 0.5, f: \"1.0\" }\n";
        let facts = load(folder(&[("node.yaml", text)]).path()).unwrap().facts;
        for (name, number) in [("a", 1), ("b", 1), ("c", 0), ("d", -2)] {
            assert_eq!(facts[name], Fact::Integer(number), "{name}");
        }
        assert!(matches!(facts["e"], Fact::Decimal(_)));
        assert_eq!(facts["f"], Fact::Text("1.0".to_owned()));
    }

    #[test]
    fn a_fault_is_told_with_file_line_and_column() {
        let problem = first(&[("node.d/a.yaml", "groups: [x]\njobs:\n  atempts: 3\n")]);
        let place = problem.at.unwrap();
        assert_eq!(problem.code, codes::SETTINGS_FORM);
        assert_eq!(
            (place.file.as_str(), place.span.line),
            ("node.d/a.yaml", 3),
            "{}",
            problem.message
        );
        assert_eq!(place.span.column, 3);
        assert_eq!(place.span.start, "groups: [x]\njobs:\n  ".len());
    }

    #[test]
    fn anchors_aliases_merges_doubles_tags_and_second_documents_are_refused() {
        for text in [
            "groups: &a [x]\n",
            "groups: &a [x]\nfacts: *a\n",
            "facts: { <<: { x: 1 } }\n",
            "jobs: { attempts: 1 }\njobs: { attempts: 2 }\n",
            "groups: !!set [x]\n",
            "groups: [x]\n---\ngroups: [y]\n",
            "metrics: { enabled: yes }\n",
            "trustRoot: sha256:00\n",
            "- a\n",
            "jobs: { attempts: -1 }\n",
            "groups: [\n",
            "\u{0}",
        ] {
            let problem = first(&[("node.yaml", text)]);
            assert_eq!(problem.code, codes::SETTINGS_FORM, "{text}: {}", problem.message);
        }
    }

    #[test]
    fn faults_of_all_files_are_told_at_once() {
        let folder = folder(&[("node.yaml", "x: 1\n"), ("node.d/a.yaml", "y: 1\n")]);
        assert_eq!(load(folder.path()).unwrap_err().len(), 2);
    }

    #[test]
    fn values_that_make_no_sense_are_refused() {
        for text in ["jobs: { attempts: 0 }\n", "control: { users: [1000, 65534] }\n"] {
            assert_eq!(first(&[("node.yaml", text)]).code, codes::SETTINGS_SENSE, "{text}");
        }
        assert!(load(folder(&[("node.yaml", "control: { users: [1000] }\n")]).path()).is_ok());
    }

    #[test]
    fn a_link_in_place_of_a_file_is_refused() {
        let folder = folder(&[]);
        std::os::unix::fs::symlink("/etc/hostname", folder.path().join("node.yaml")).unwrap();
        assert_eq!(load(folder.path()).unwrap_err()[0].code, codes::NOT_A_FILE);
    }
}
