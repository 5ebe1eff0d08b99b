//! Problems on their way to whoever is to be told.

use arch_identity::Digest;
use arch_problem::{Code, Problem, codes};

/// Done, or why not, in words for people.
pub type Told<T> = Result<T, Box<Problem>>;

/// A problem with the catalogue's remedy and no place yet.
pub(crate) fn problem(code: Code, message: impl Into<String>) -> Box<Problem> {
    Box::new(Problem::new(code, message))
}

/// No job of that digest was ever accepted.
pub(crate) fn no_such_job(digest: Digest) -> Box<Problem> {
    problem(codes::NO_SUCH_JOB, format!("no accepted job has the digest {digest}"))
}

/// As a list, for steps that may have several.
#[expect(clippy::boxed_local, reason = "problems travel in boxes")]
pub(crate) fn one(problem: Box<Problem>) -> Vec<Problem> {
    vec![*problem]
}

/// Runs something that blocks where it blocks nobody.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Told<T> + Send + 'static,
) -> Told<T> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(_) => Err(problem(codes::NOT_ACCEPTING, "the agent is stopping")),
    }
}
