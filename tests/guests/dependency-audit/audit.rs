//! What was found of all packages together.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::counts::Counts;
use crate::lock::{Locked, Origin};
use crate::survey::Package;

/// Packages shown as those with most `unsafe`.
const TOP: usize = 10;

/// Everything that both reports tell. All lists are sorted, so equal input gives equal bytes.
#[derive(Debug, Default)]
pub struct Audit {
    /// Parts of the project itself, which are not looked at.
    pub local: u64,
    pub packages: Vec<Package>,
    /// Locked packages without sources in the folder.
    pub missing: Vec<Locked>,
}

impl Audit {
    /// Sorts a locked package into the audit; `look` reads its sources.
    pub fn take(&mut self, locked: Locked, look: impl FnOnce(&Locked) -> Option<Package>) {
        match locked.origin {
            Origin::Local => self.local += 1,
            Origin::Registry | Origin::Other => match look(&locked) {
                Some(package) => self.packages.push(package),
                None => self.missing.push(locked),
            },
        }
    }

    pub fn total(&self) -> Counts {
        let mut total = Counts::default();
        for package in &self.packages {
            total.add(&package.counts);
        }
        total
    }

    pub fn count(&self, which: impl Fn(&Package) -> bool) -> u64 {
        self.packages.iter().filter(|package| which(package)).count() as u64
    }

    pub fn sum(&self, what: impl Fn(&Package) -> u64) -> u64 {
        self.packages.iter().map(what).sum()
    }

    /// Licence and packages under it, the most frequent first.
    pub fn licences(&self) -> Vec<(&str, u64)> {
        let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
        for package in &self.packages {
            *counts.entry(&package.licence).or_default() += 1;
        }
        let mut list: Vec<_> = counts.into_iter().collect();
        list.sort_by_key(|(licence, count)| (Reverse(*count), *licence));
        list
    }

    /// The packages with most `unsafe`, the worst first.
    pub fn most_unsafe(&self) -> Vec<&Package> {
        let mut list: Vec<_> = self.packages.iter().filter(|p| p.counts.unsafes() > 0).collect();
        list.sort_by_key(|package| (Reverse(package.counts.unsafes()), &package.locked));
        list.truncate(TOP);
        list
    }

    /// Names that are there in more than one version.
    pub fn several_versions(&self) -> Vec<(&str, Vec<&str>)> {
        let mut versions: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for package in &self.packages {
            versions.entry(&package.locked.name).or_default().push(&package.locked.version);
        }
        versions.into_iter().filter(|(_, versions)| versions.len() > 1).collect()
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn package(name: &str, version: &str, licence: &str, blocks: u64) -> Package {
        Package {
            locked: locked(name, version, Origin::Registry),
            licence: licence.to_owned(),
            build_script: false,
            proc_macro: false,
            links: None,
            counts: Counts { files: 1, code: 10, blocks, ..Counts::default() },
            apart: 0,
            left_out: 0,
        }
    }

    pub(crate) fn locked(name: &str, version: &str, origin: Origin) -> Locked {
        Locked { name: name.to_owned(), version: version.to_owned(), origin }
    }

    #[test]
    fn what_is_ours_is_not_missing() {
        let mut audit = Audit::default();
        audit.take(locked("ours", "1", Origin::Local), |_| None);
        audit.take(locked("gone", "1", Origin::Registry), |_| None);
        audit.take(locked("git", "1", Origin::Other), |_| None);
        assert_eq!((audit.local, audit.missing.len(), audit.packages.len()), (1, 2, 0));
    }

    #[test]
    fn the_worst_come_first_and_equals_go_by_name() {
        let audit = Audit {
            packages: vec![package("a", "1", "MIT", 1), package("b", "1", "MIT", 5), package("b", "2", "ISC", 1), package("c", "1", "ISC", 0)],
            ..Audit::default()
        };
        let worst: Vec<_> = audit.most_unsafe().iter().map(|p| (p.locked.name.as_str(), p.counts.blocks)).collect();
        assert_eq!(worst, [("b", 5), ("a", 1), ("b", 1)]);
        assert_eq!(audit.licences(), [("ISC", 2), ("MIT", 2)]);
        assert_eq!(audit.several_versions(), [("b", vec!["1", "2"])]);
    }
}
