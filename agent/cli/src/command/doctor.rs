//! `archctl doctor`

mod cgroups;
mod clock;
mod executor;
mod folders;
mod kernel;
mod landlock;
mod namespaces;

use serde::Serialize;

use crate::answer::{Answer, Outcome};
use crate::places::{Folders, Format};
use crate::say;

/// Look whether this machine can run the agent well
#[derive(Debug, clap::Args)]
#[command(after_help = "Exit codes: 0 no check failed, 1 at least one failed")]
pub(crate) struct Args {
    #[command(flatten)]
    folders: Folders,
    #[command(flatten)]
    format: Format,
}

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Verdict {
    Ok,
    Warn,
    Fail,
}

/// One check: what was looked at, what was found, what to do about it.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Finding {
    check: &'static str,
    verdict: Verdict,
    found: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    remedy: Option<String>,
}

impl Finding {
    fn ok(check: &'static str, found: impl Into<String>) -> Self {
        Self { check, verdict: Verdict::Ok, found: found.into(), remedy: None }
    }

    fn warn(check: &'static str, found: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { check, verdict: Verdict::Warn, found: found.into(), remedy: Some(remedy.into()) }
    }

    fn fail(check: &'static str, found: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { check, verdict: Verdict::Fail, found: found.into(), remedy: Some(remedy.into()) }
    }
}

#[derive(Serialize)]
struct Report {
    schema: &'static str,
    ok: bool,
    findings: Vec<Finding>,
}

impl Args {
    pub(crate) fn run(self) -> Outcome {
        let executor = executor::find();
        let mut findings = vec![
            kernel::version(),
            kernel::seccomp(),
            kernel::no_new_privs(),
            landlock::check(executor.path.as_deref()),
            namespaces::check(),
            cgroups::version(),
            cgroups::delegation(),
            clock::sane(),
            clock::synchronised(),
            executor.finding,
        ];
        findings.extend(folders::check(&self.folders));
        let ok = findings.iter().all(|finding| finding.verdict != Verdict::Fail);
        if self.format.json {
            say::json(&Report { schema: "arch.doctor/v1", ok, findings })?;
        } else {
            findings.iter().try_for_each(|finding| say::data(&line(finding)))?;
        }
        Ok(Answer::from_truth(ok))
    }
}

fn line(finding: &Finding) -> String {
    let word = match finding.verdict {
        Verdict::Ok => "ok  ",
        Verdict::Warn => "warn",
        Verdict::Fail => "FAIL",
    };
    let told = format!("{word}  {:<18} {}", finding.check, finding.found);
    match &finding.remedy {
        Some(remedy) => format!("{told}\n      {:<18} -> {remedy}", ""),
        None => told,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_that_is_not_ok_says_what_to_do() {
        let text = line(&Finding::warn("clock", "not synchronised", "start a time service"));
        assert_eq!(
            text,
            "warn  clock              not synchronised\n                         -> start a time service"
        );
    }
}
