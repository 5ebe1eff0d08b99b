//! How a command ends: 0 yes or done, 1 the answer is no, 2 usage, 3 could not tell.

use std::process::ExitCode;

use arch_problem::Problem;
use serde::Serialize;

use crate::render::Sources;
use crate::{render, say};

/// What a command that came to an end says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    /// Yes, or done.
    Yes,
    /// The question was answered, with no.
    No,
    /// It was not answered whole, as what was printed says.
    Unclear,
}

impl Answer {
    /// Yes when it holds.
    pub(crate) fn from_truth(holds: bool) -> Self {
        if holds { Self::Yes } else { Self::No }
    }
}

impl From<Answer> for ExitCode {
    fn from(answer: Answer) -> Self {
        match answer {
            Answer::Yes => Self::SUCCESS,
            Answer::No => Self::from(1),
            Answer::Unclear => Self::from(3),
        }
    }
}

/// Why a command stopped before its answer.
#[derive(Debug)]
pub(crate) enum Stop {
    /// Refused, with every reason: exit code 1.
    Refused {
        /// All reasons, the first one first.
        reasons: Vec<Problem>,
        /// Texts that the places point into.
        sources: Box<Sources>,
    },
    /// It was not done, or is not so, for a reason that needs no code: exit code 1.
    No {
        /// Why, lower case, no full stop.
        what: String,
        /// What to do.
        help: String,
    },
    /// The options do not make sense, together or at all: exit code 2.
    Usage {
        /// Which, lower case, no full stop.
        what: String,
        /// What to write instead.
        help: String,
    },
    /// Something that is needed to answer could not be had: exit code 3.
    CouldNot {
        /// What is missing, lower case, no full stop.
        what: String,
        /// What to do.
        help: String,
    },
    /// The same, with a code of the catalogue: exit code 3.
    Unclear(Box<Problem>),
    /// Nobody reads our output any more: exit code 3, in silence.
    Gone,
}

impl Stop {
    /// One reason, with the texts that it points into.
    pub(crate) fn refused(reason: Problem, sources: Sources) -> Self {
        Self::Refused { reasons: vec![reason], sources: Box::new(sources) }
    }

    /// Not done, or not so.
    pub(crate) fn no(what: impl Into<String>, help: impl Into<String>) -> Self {
        Self::No { what: what.into(), help: help.into() }
    }

    /// Not what the command line allows.
    pub(crate) fn usage(what: impl Into<String>, help: impl Into<String>) -> Self {
        Self::Usage { what: what.into(), help: help.into() }
    }

    /// Something is missing.
    pub(crate) fn could_not(what: impl Into<String>, help: impl Into<String>) -> Self {
        Self::CouldNot { what: what.into(), help: help.into() }
    }

    /// A file that could not be read.
    pub(crate) fn file(error: arch_files::FileError) -> Self {
        Problem::new(error.code(), error.to_string()).into()
    }

    /// Also says it on stdout, as one object: who asked for JSON gets JSON, whatever the answer.
    pub(crate) fn tell_as_json(self) -> ExitCode {
        if let Some(problems) = self.problems() {
            // Nobody reads any more: the exit code still says it.
            let _gone = say::json_line(&Stopped { schema: "arch.stopped/v1", ok: false, problems });
        }
        self.tell()
    }

    /// What there is to say; nothing when nobody listens.
    fn problems(&self) -> Option<Vec<Told<'_>>> {
        match self {
            Self::Refused { reasons, .. } => Some(reasons.iter().map(Told::Coded).collect()),
            Self::Unclear(problem) => Some(vec![Told::Coded(problem)]),
            Self::No { what, help }
            | Self::Usage { what, help }
            | Self::CouldNot { what, help } => Some(vec![Told::Plain { message: what, help }]),
            Self::Gone => None,
        }
    }

    /// Draws it on stderr and gives the exit code.
    pub(crate) fn tell(self) -> ExitCode {
        match self {
            Self::Refused { reasons, sources } => {
                for reason in &reasons {
                    say::talk(&render::problem(reason, &sources));
                }
                ExitCode::from(1)
            }
            Self::No { what, help } => {
                say::talk(&render::plain_error(&what, &help));
                ExitCode::from(1)
            }
            Self::Usage { what, help } => {
                say::talk(&render::plain_error(&what, &help));
                ExitCode::from(2)
            }
            Self::CouldNot { what, help } => {
                say::talk(&render::plain_error(&what, &help));
                ExitCode::from(3)
            }
            Self::Unclear(problem) => {
                say::talk(&render::problem(&problem, &Sources::default()));
                ExitCode::from(3)
            }
            Self::Gone => ExitCode::from(3),
        }
    }
}

impl From<Problem> for Stop {
    fn from(problem: Problem) -> Self {
        Self::Unclear(Box::new(problem))
    }
}

impl From<Box<Problem>> for Stop {
    fn from(problem: Box<Problem>) -> Self {
        Self::Unclear(problem)
    }
}

impl From<arch_ledger::LedgerError> for Stop {
    fn from(error: arch_ledger::LedgerError) -> Self {
        Problem::new(error.code(), error.to_string()).into()
    }
}

/// How every command ends.
pub(crate) type Outcome = Result<Answer, Stop>;

/// A command that stopped before it had an object of its own schema to print.
#[derive(Serialize)]
struct Stopped<'a> {
    schema: &'static str,
    ok: bool,
    problems: Vec<Told<'a>>,
}

/// One reason; only those of the catalogue have a code.
#[derive(Serialize)]
#[serde(untagged)]
enum Told<'a> {
    Coded(&'a Problem),
    Plain { message: &'a str, help: &'a str },
}

#[derive(Serialize)]
struct Refused {
    schema: &'static str,
    ok: bool,
    problems: Vec<Problem>,
}

/// With `--json`, a refusal is data as well: one object of the command's own schema.
pub(crate) fn refusal_as_json(outcome: Outcome, json: bool, schema: &'static str) -> Outcome {
    match outcome {
        Err(Stop::Refused { reasons, .. }) if json => {
            say::json(&Refused { schema, ok: false, problems: reasons })?;
            Ok(Answer::No)
        }
        other => other,
    }
}
