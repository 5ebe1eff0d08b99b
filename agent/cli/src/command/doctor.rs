//! `archctl doctor`

mod cgroups;
mod clock;
mod installation;
mod kernel;
mod landlock;
mod namespaces;
mod room;
mod unit;
mod user;

use std::borrow::Cow;

use arch_problem::Code;
use serde::{Deserialize, Serialize};

use crate::answer::{Answer, Outcome};
use crate::places::{Folders, Format};
use crate::{programs, say};

/// Look whether this machine can run the agent well, and whether an agent would start here
#[derive(Debug, clap::Args)]
#[command(after_help = "Exit codes: 0 no check failed, 1 at least one failed, 3 none failed, but \
                        something could not be told: ask as root, or as the agent's user")]
pub(crate) struct Args {
    #[command(flatten)]
    folders: Folders,
    /// The user that the agent runs as, by name or number. Default the one of its unit, where there is
    /// a unit for these folders; `archagent` for /var/lib/archagent; else you
    #[arg(long, value_name = "USER")]
    user: Option<String>,
    #[command(flatten)]
    format: Format,
}

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Verdict {
    Ok,
    Warn,
    Fail,
    /// It could not be told.
    Unknown,
}

/// One check: what was looked at, what was found, what to do about it.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Finding {
    check: Cow<'static, str>,
    verdict: Verdict,
    found: String,
    /// As in the catalogue, where the agent has a code for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    remedy: Option<String>,
}

impl Finding {
    fn ok(check: &'static str, found: impl Into<String>) -> Self {
        let (check, verdict) = (check.into(), Verdict::Ok);
        Self { check, verdict, found: found.into(), code: None, remedy: None }
    }

    fn bad(
        check: &'static str,
        verdict: Verdict,
        found: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        let remedy = Some(remedy.into());
        Self { check: check.into(), verdict, found: found.into(), code: None, remedy }
    }

    fn warn(check: &'static str, found: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::bad(check, Verdict::Warn, found, remedy)
    }

    fn fail(check: &'static str, found: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::bad(check, Verdict::Fail, found, remedy)
    }

    fn unknown(check: &'static str, found: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::bad(check, Verdict::Unknown, found, remedy)
    }

    fn coded(self, code: Code) -> Self {
        Self { code: Some(code.to_string()), ..self }
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
        let executor = programs::find("arch-executor");
        let mut findings = vec![
            kernel::version(),
            kernel::seccomp(),
            kernel::no_new_privs(),
            landlock::check(executor.as_deref()),
            namespaces::check(),
            cgroups::version(),
            clock::sane(),
            clock::synchronised(),
            room::room(&self.folders.state),
        ];
        findings.extend(installation::look(&self.folders, self.user.as_deref())?);
        let has = |verdict| findings.iter().any(|finding| finding.verdict == verdict);
        let answer = match (has(Verdict::Fail), has(Verdict::Unknown)) {
            (true, _) => Answer::No,
            (false, true) => Answer::Unclear,
            (false, false) => Answer::Yes,
        };
        if self.format.json {
            let ok = answer == Answer::Yes;
            say::json(&Report { schema: "arch.doctor/v1", ok, findings })?;
        } else {
            findings.iter().try_for_each(|finding| say::data(&line(finding)))?;
        }
        Ok(answer)
    }
}

fn line(finding: &Finding) -> String {
    let word = match finding.verdict {
        Verdict::Ok => "ok  ",
        Verdict::Warn => "warn",
        Verdict::Fail => "FAIL",
        Verdict::Unknown => "?   ",
    };
    let code = finding.code.as_ref().map(|code| format!("{code}: ")).unwrap_or_default();
    let told = format!("{word}  {:<18} {code}{}", finding.check, finding.found);
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

    #[test]
    fn the_code_stands_before_what_was_found_and_what_is_not_known_is_not_ok() {
        let finding = Finding::unknown("ledger", "not readable", "ask as root")
            .coded(arch_problem::codes::LEDGER_IO);
        assert!(line(&finding).starts_with("?     ledger             ARCH-L010: not readable\n"));
    }
}
