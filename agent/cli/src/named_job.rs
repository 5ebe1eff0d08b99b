//! Jobs as people name them: a digest, or the first digits of one.

use std::str::FromStr;

use arch_identity::Digest;

use crate::answer::Stop;
use crate::control::Control;

/// Fewer digits are refused: they would name another job tomorrow.
const FEWEST_DIGITS: usize = 6;

/// A job's document digest, or at least its first six digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NamedJob {
    Whole(Digest),
    Start(String),
}

impl FromStr for NamedJob {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let digits = text.strip_prefix("sha256:").unwrap_or(text);
        if let Ok(digest) = Digest::from_str(&format!("sha256:{digits}")) {
            return Ok(Self::Whole(digest));
        }
        let hexadecimal = digits.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        if hexadecimal && (FEWEST_DIGITS..64).contains(&digits.len()) {
            return Ok(Self::Start(digits.to_owned()));
        }
        Err("a job is named by its digest `sha256:…` or by at least its first 6 digits".to_owned())
    }
}

impl NamedJob {
    /// The one job that is meant, among those the agent knows.
    pub(crate) fn find(&self, control: &mut Control) -> Result<Digest, Stop> {
        match self {
            Self::Whole(digest) => Ok(*digest),
            Self::Start(start) => {
                let (jobs, truncated) = control.jobs(None)?;
                require_all(start, truncated)?;
                only_one(start, jobs.into_iter().map(|job| job.digest))
            }
        }
    }
}

/// Whoever names a job later may choose how its digest begins: the only one of a part of the jobs may
/// not be the one that is meant.
fn require_all(start: &str, truncated: bool) -> Result<(), Stop> {
    if !truncated {
        return Ok(());
    }
    let what = format!("the agent knows more jobs than it lists, and `{start}` may begin another");
    Err(Stop::usage(what, "give the whole digest; `archctl ledger show` has them all"))
}

/// The one digest that begins so.
pub(crate) fn only_one(
    start: &str,
    known: impl IntoIterator<Item = Digest>,
) -> Result<Digest, Stop> {
    let mut fitting: Vec<Digest> =
        known.into_iter().filter(|digest| digest.hex().starts_with(start)).collect();
    fitting.sort_unstable();
    fitting.dedup();
    match fitting.as_slice() {
        [one] => Ok(*one),
        [] => Err(Stop::no(
            format!("no job's digest begins with `{start}`"),
            "`archctl job list` shows those that there are",
        )),
        several => {
            let what = format!("{} jobs begin with `{start}`", several.len());
            Err(Stop::usage(what, "give more digits"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_and_the_start_of_one_are_told_apart() {
        let digest = Digest::of(b"job");
        assert_eq!(digest.to_string().parse(), Ok(NamedJob::Whole(digest)));
        assert_eq!(digest.hex().parse(), Ok(NamedJob::Whole(digest)));
        assert_eq!("sha256:abcdef".parse(), Ok(NamedJob::Start("abcdef".into())));
        for bad in ["", "abcde", "ABCDEF", "jobs/hello.yaml", "sha256:"] {
            assert!(bad.parse::<NamedJob>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_start_names_no_job_when_not_all_are_known() {
        assert!(require_all("0707", false).is_ok());
        assert!(matches!(require_all("0707", true), Err(Stop::Usage { .. })));
    }

    #[test]
    fn a_start_that_two_jobs_share_names_neither() {
        let (one, other) = (Digest::from_bytes([7; 32]), Digest::from_bytes([8; 32]));
        assert!(only_one("0707", [one, other, one]).is_ok());
        assert!(only_one("0", [one, other]).is_err());
        assert!(only_one("ff", [one, other]).is_err());
    }
}
