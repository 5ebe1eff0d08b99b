//! All of it, one finding a check, in the order of a start.

use std::path::PathBuf;

use arch_ledger::LogKeys;
use arch_problem::{Code, Problem, codes};
use serde::Serialize;

use super::{ExecutorFrom, doubts};
use crate::{
    args::Args, daemon::Stop, handed_in, identity, memory::Memory, mode::Mode, places::Places,
    settings::Settings, told::Told,
};

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Verdict {
    Ok,
    /// A start goes on in spite of it.
    Warn,
    /// A start ends with it.
    Fail,
    /// Who looks may not see it.
    Unknown,
}

/// What was looked at, what was found, what to do about it.
#[derive(Debug, Serialize)]
struct Finding {
    check: &'static str,
    verdict: Verdict,
    found: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<Code>,
    #[serde(skip_serializing_if = "Option::is_none")]
    remedy: Option<String>,
}

/// What `--check-installation` prints.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    schema: &'static str,
    findings: Vec<Finding>,
    /// How a start would end: the first that fails decides.
    #[serde(skip)]
    pub(crate) ends: Option<u8>,
    /// Somebody who is not the agent's user looks.
    #[serde(skip)]
    stranger: bool,
}

/// Looks at everything.
pub(crate) fn look(args: &Args) -> Report {
    let own = rustix::process::geteuid().as_raw();
    let user = args.agent_user.unwrap_or(own);
    let schema = "arch.installation/v1";
    let mut report = Report { schema, findings: vec![], ends: None, stranger: own != user };
    let settings = report.settings(args, user);
    let mode = settings.as_ref().and_then(|settings| {
        report.took("mode", Stop::CONFIGURATION, Mode::of(args, settings), ToString::to_string)
    });
    let sockets = args.socket_names.as_deref().map(|names| {
        let names: Vec<String> = names.split(':').map(str::to_owned).collect();
        handed_in::known(&names)
    });
    if let Some(named) = sockets {
        let shown = |names: &Vec<&str>| names.join(", ");
        report.took("sockets", Stop::CONFIGURATION, named, shown);
    }
    let shown = |_: &()| "it was set once".to_owned();
    report.took("clock was set", Stop::COULD_NOT, super::clock(), shown);
    // Without settings the places are the usual ones.
    let usual = Settings::default();
    let places = Places::new(args, settings.as_ref().unwrap_or(&usual));
    let path = places.state().display().to_string();
    report.took("state folder", Stop::COULD_NOT, super::state(&places, user), |_| path.clone());
    let keys = report.key(args, &places, settings.as_ref().unwrap_or(&usual));
    if let (Some(settings), Some(mode)) = (&settings, mode) {
        report.took("executor", Stop::COULD_NOT, super::executor(args, settings, mode), whence);
        report.good("prover", prover(settings));
    }
    let memory = report.ledger(&places, keys.as_ref());
    report.trust(settings.as_ref(), &places, memory);
    for doubt in doubts(&places, user) {
        let check =
            if doubt.code == codes::NOT_DELEGATED { "cgroup delegation" } else { "documents" };
        report.add(check, Verdict::Warn, doubt);
    }
    report
}

impl Report {
    fn settings(&mut self, args: &Args, user: u32) -> Option<Settings> {
        match super::settings(&args.config, user) {
            Ok(settings) => {
                self.good("settings", args.config.display().to_string());
                Some(settings)
            }
            Err(problems) => {
                for problem in problems {
                    self.failed("settings", Stop::CONFIGURATION, problem);
                }
                None
            }
        }
    }

    fn key(&mut self, args: &Args, places: &Places, settings: &Settings) -> Option<LogKeys> {
        if args.key_handed_in {
            self.good("node key", "the service manager hands it in".to_owned());
            return None;
        }
        let shown = |keys: &Option<LogKeys>| match keys {
            Some(keys) => keys.node(),
            None => "it is made at the first start".to_owned(),
        };
        let looked = identity::look(places, settings.node_key);
        self.took("node key", Stop::COULD_NOT, looked, shown).flatten()
    }

    fn ledger(&mut self, places: &Places, keys: Option<&LogKeys>) -> Option<Memory> {
        let shown = |memory: &Memory| match memory.size() {
            0 => "it begins with the first start".to_owned(),
            size => format!("{size} entries"),
        };
        self.took("ledger", Stop::COULD_NOT, super::memory(places, keys), shown)
    }

    /// Without the ledger it shows only what can never be believed.
    fn trust(&mut self, settings: Option<&Settings>, places: &Places, memory: Option<Memory>) {
        const CHECK: &str = "root and policy";
        let Some(settings) = settings else {
            return self.unknown(CHECK, "the settings come first".to_owned());
        };
        let whole = memory.is_some();
        let memory = memory.unwrap_or_default();
        match super::trust(settings, places, &memory) {
            Err(problem) => self.failed(CHECK, Stop::code_of_trust(&problem), *problem),
            Ok(()) if whole => self.good(CHECK, "both are believed".to_owned()),
            Ok(()) => self.unknown(
                CHECK,
                "signatures hold; what the ledger says against them cannot be told".to_owned(),
            ),
        }
    }

    fn took<T>(
        &mut self,
        check: &'static str,
        ends: u8,
        looked: Told<T>,
        shown: impl Fn(&T) -> String,
    ) -> Option<T> {
        match looked {
            Ok(value) => {
                self.good(check, shown(&value));
                Some(value)
            }
            Err(problem) => {
                self.failed(check, ends, *problem);
                None
            }
        }
    }

    fn good(&mut self, check: &'static str, found: String) {
        let (verdict, code, remedy) = (Verdict::Ok, None, None);
        self.findings.push(Finding { check, verdict, found, code, remedy });
    }

    fn failed(&mut self, check: &'static str, ends: u8, problem: Problem) {
        let refused = [codes::FILE_MACHINE, codes::LEDGER_IO];
        if self.stranger && refused.contains(&problem.code) {
            return self.unknown(check, text(&problem));
        }
        self.ends = self.ends.or(Some(ends));
        self.add(check, Verdict::Fail, problem);
    }

    fn add(&mut self, check: &'static str, verdict: Verdict, problem: Problem) {
        let (found, code) = (text(&problem), Some(problem.code));
        self.findings.push(Finding { check, verdict, found, code, remedy: Some(problem.help) });
    }

    fn unknown(&mut self, check: &'static str, found: String) {
        let (verdict, code) = (Verdict::Unknown, None);
        let remedy = match self.stranger {
            true => "ask as root, or as the user that the agent runs as",
            false => "mend what fails above, then ask again",
        };
        let remedy = Some(remedy.to_owned());
        self.findings.push(Finding { check, verdict, found, code, remedy });
    }
}

/// In one line, with the place.
fn text(problem: &Problem) -> String {
    match &problem.at {
        Some(place) => format!("{} at {place}", problem.message),
        None => problem.message.clone(),
    }
}

/// It is not called: one that serves one agent would take whoever calls first for it.
fn prover(settings: &Settings) -> String {
    match &settings.prover.socket {
        Some(path) => format!("the socket {}", path.display()),
        None => "none, nothing is proved".to_owned(),
    }
}

fn whence(from: &ExecutorFrom) -> String {
    let shown = |path: &PathBuf| path.display().to_string();
    match from {
        ExecutorFrom::Program(path) => shown(path),
        ExecutorFrom::Socket(path) => format!("the socket {}", shown(path)),
        ExecutorFrom::Nowhere => "none, this node runs nothing".to_owned(),
    }
}
