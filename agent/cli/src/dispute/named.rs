//! Disputes as people name them: the digest of the challenge, or its first digits.

use std::str::FromStr;

use arch_identity::Digest;

use super::docket::{Docket, Filed};
use crate::answer::Stop;
use crate::named_job::NamedJob;

/// A dispute's digest, or at least its first six digits.
#[derive(Debug, Clone)]
pub(crate) struct NamedDispute(NamedJob);

impl FromStr for NamedDispute {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let named = text.parse().map(Self);
        named.map_err(|error: String| error.replace("a job is named", "a dispute is named"))
    }
}

impl NamedDispute {
    /// The one dispute that is meant.
    pub(crate) fn find<'a>(&self, docket: &'a Docket) -> Result<&'a Filed, Stop> {
        let fits = |id: &Digest| match &self.0 {
            NamedJob::Whole(digest) => id == digest,
            NamedJob::Start(start) => id.hex().starts_with(start),
        };
        let fitting: Vec<&Filed> = docket.disputes.iter().filter(|filed| fits(&filed.id)).collect();
        match fitting.as_slice() {
            [one] => Ok(one),
            [] => Err(Stop::no(
                "the ledger has no such dispute",
                "`archctl dispute list` shows those that there are",
            )),
            several => {
                let what = format!("{} disputes begin so", several.len());
                Err(Stop::usage(what, "give more digits"))
            }
        }
    }
}
