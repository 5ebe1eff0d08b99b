//! Data to stdout, talk to stderr. A closed stderr is no reason to stop.

use std::io::{self, Write as _};

use arch_problem::Problem;

/// One line of talk.
pub(crate) fn talk(line: &str) {
    drop(writeln!(io::stderr(), "arch-prover: {line}"));
}

/// A problem with its remedy.
pub(crate) fn problem(problem: &Problem) {
    let code = problem.code;
    drop(writeln!(io::stderr(), "error[{code}]: {}", problem.message));
    drop(writeln!(io::stderr(), "help: {}", code.explanation().remedy));
}

/// Data.
pub(crate) fn data(text: &str) -> io::Result<()> {
    writeln!(io::stdout(), "{text}")
}
