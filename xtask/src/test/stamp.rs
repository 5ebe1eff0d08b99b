//! Remembers that a slow group passed over the same files, for a week.

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use sha2::{Digest, Sha256};

use super::group::Group;
use super::inputs::looked_at;
use crate::house;

const DAY: u64 = 86_400;
/// Compilers, packages and the day's date matter too, and no digest sees them.
const DAYS_VALID: u64 = 7;

/// The place of a stamp and what has to stand in it.
#[derive(Debug)]
pub(super) struct Stamp {
    path: PathBuf,
    digest: String,
}

impl Stamp {
    /// `None` for a group that always runs, or when nothing can be kept.
    pub(super) fn of(group: &Group) -> Option<Self> {
        if group.looks_at.is_empty() {
            return None;
        }
        let mut all = Sha256::new();
        for file in looked_at(group) {
            let bytes = std::fs::read(&file).ok()?;
            all.update(file.as_os_str().as_encoded_bytes());
            all.update([0]);
            all.update(Sha256::digest(bytes));
        }
        let digest = all.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        Some(Self { path: house::kept("stamps").ok()?.join(group.name), digest })
    }

    /// How long ago the group passed over these files, when that is less than a week.
    pub(super) fn age_in_days(&self) -> Option<u64> {
        let kept = std::fs::read_to_string(&self.path).ok()?;
        let passed_at = std::fs::metadata(&self.path).ok()?.modified().ok()?;
        let age = SystemTime::now().duration_since(passed_at).unwrap_or(Duration::ZERO);
        let days = age.as_secs().checked_div(DAY)?;
        (kept == self.digest && days < DAYS_VALID).then_some(days)
    }

    /// The group passed now. Without a stamp it merely runs again.
    pub(super) fn write(&self) {
        let _runs_again = std::fs::write(&self.path, &self.digest);
    }
}
