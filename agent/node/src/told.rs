//! Problems on their way to whoever is to be told.

use arch_problem::{Code, Problem};

/// Done, or why not, in words for people.
pub type Told<T> = Result<T, Box<Problem>>;

/// A problem with the catalogue's remedy and no place yet.
pub(crate) fn problem(code: Code, message: impl Into<String>) -> Box<Problem> {
    Box::new(Problem::new(code, message))
}
