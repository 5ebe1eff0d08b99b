//! Who has staked and lost what: units that mean nothing here, and are never made or lost on the way.
//!
//! ```text
//! Deposit ──> free ── Lock ──> bonded ──┬─ Release ──> free
//!                                        └─ Slash ────> free of others, and burnt
//! ```
//!
//! Operations are values, written down as entries of the ledger; from the same operations everybody
//! has the same book. Each is applied once.

mod op;
mod settle;

use std::collections::{BTreeMap, BTreeSet};

use arch_identity::{Digest, PublicKey};

pub use op::{Op, Share};
pub use settle::{settle, stake, stake_of_judge};

/// The most units that there are: what integers in canonical JSON reach.
pub const MOST_UNITS: u64 = 9_007_199_254_740_991;

/// The accounts. Made only by applying operations to an empty book.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Book {
    free: BTreeMap<PublicKey, u64>,
    bonds: BTreeMap<(Digest, PublicKey), u64>,
    /// Every bond that there was, so that none is locked twice.
    locked: BTreeSet<(Digest, PublicKey)>,
    deposits: BTreeSet<Digest>,
    deposited: u64,
    bonded: u64,
    burnt: u64,
}

/// Why an operation is not applied; the book is as it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unbooked {
    /// It was applied before.
    #[error("this was booked before")]
    Twice,
    /// The account does not have as much.
    #[error("the account has {free} units, and {need} are needed")]
    TooLittle {
        /// What it has.
        free: u64,
        /// What is needed.
        need: u64,
    },
    /// There is no such bond.
    #[error("there is no such bond")]
    NoBond,
    /// Shares and what is burnt are not the bond.
    #[error("the bond has {bond} units, and {shared} are shared out or burnt")]
    NotTheBond {
        /// What it has.
        bond: u64,
        /// What the operation gives away.
        shared: u64,
    },
    /// More units than [`MOST_UNITS`].
    #[error("more units than there may be")]
    TooMany,
}

impl Book {
    /// An empty book, and then these operations.
    ///
    /// # Errors
    /// [`Unbooked`] with the number of the first that is not applied.
    pub fn replay<'a>(ops: impl IntoIterator<Item = &'a Op>) -> Result<Self, (usize, Unbooked)> {
        let mut book = Self::default();
        for (number, op) in ops.into_iter().enumerate() {
            book.apply(op).map_err(|why| (number, why))?;
        }
        Ok(book)
    }

    /// Applies one operation, wholly or not at all.
    ///
    /// # Errors
    /// [`Unbooked`] says why not.
    pub fn apply(&mut self, op: &Op) -> Result<(), Unbooked> {
        match op {
            Op::Deposit { entry, account, units } => self.deposit(*entry, account, *units),
            Op::Lock { dispute, account, units } => self.lock(*dispute, account, *units),
            Op::Release { dispute, account } => self.release(*dispute, account),
            Op::Slash { dispute, account, shares, burnt } => {
                self.slash(*dispute, account, shares, *burnt)
            }
        }
    }

    fn deposit(&mut self, entry: Digest, account: &PublicKey, units: u64) -> Result<(), Unbooked> {
        let all = self.deposited.checked_add(units).filter(|all| *all <= MOST_UNITS);
        let all = all.ok_or(Unbooked::TooMany)?;
        if !self.deposits.insert(entry) {
            return Err(Unbooked::Twice);
        }
        self.deposited = all;
        self.pay(account, units);
        Ok(())
    }

    fn lock(&mut self, dispute: Digest, account: &PublicKey, units: u64) -> Result<(), Unbooked> {
        let key = (dispute, account.clone());
        if self.locked.contains(&key) {
            return Err(Unbooked::Twice);
        }
        let free = self.free(account);
        let rest = free.checked_sub(units).ok_or(Unbooked::TooLittle { free, need: units })?;
        self.free.insert(account.clone(), rest);
        self.locked.insert(key.clone());
        self.bonds.insert(key, units);
        self.bonded = self.bonded.saturating_add(units);
        Ok(())
    }

    fn release(&mut self, dispute: Digest, account: &PublicKey) -> Result<(), Unbooked> {
        let bond = self.take(dispute, account)?;
        self.pay(account, bond);
        Ok(())
    }

    fn slash(
        &mut self,
        dispute: Digest,
        account: &PublicKey,
        shares: &[Share],
        burnt: u64,
    ) -> Result<(), Unbooked> {
        let bond = self.bond(dispute, account).ok_or_else(|| self.gone(dispute, account))?;
        let shared = shares.iter().try_fold(burnt, |sum, share| sum.checked_add(share.units));
        let shared = shared.ok_or(Unbooked::TooMany)?;
        if shared != bond {
            return Err(Unbooked::NotTheBond { bond, shared });
        }
        self.take(dispute, account)?;
        shares.iter().for_each(|share| self.pay(&share.to, share.units));
        self.burnt = self.burnt.saturating_add(burnt);
        Ok(())
    }

    /// Takes a bond away from where it lies; the caller puts it elsewhere.
    fn take(&mut self, dispute: Digest, account: &PublicKey) -> Result<u64, Unbooked> {
        let bond = self.bonds.remove(&(dispute, account.clone()));
        let bond = bond.ok_or_else(|| self.gone(dispute, account))?;
        self.bonded = self.bonded.saturating_sub(bond);
        Ok(bond)
    }

    /// Never more than was deposited, which has room.
    fn pay(&mut self, account: &PublicKey, units: u64) {
        let free = self.free.entry(account.clone()).or_default();
        *free = free.saturating_add(units);
    }

    fn gone(&self, dispute: Digest, account: &PublicKey) -> Unbooked {
        match self.locked.contains(&(dispute, account.clone())) {
            true => Unbooked::Twice,
            false => Unbooked::NoBond,
        }
    }

    /// What an account may use.
    #[must_use]
    pub fn free(&self, account: &PublicKey) -> u64 {
        self.free.get(account).copied().unwrap_or_default()
    }

    /// What an account has staked in a dispute that is not settled.
    #[must_use]
    pub fn bond(&self, dispute: Digest, account: &PublicKey) -> Option<u64> {
        self.bonds.get(&(dispute, account.clone())).copied()
    }

    /// What an account has staked in all disputes that are not settled.
    #[must_use]
    pub fn bonded(&self, account: &PublicKey) -> u64 {
        let own = self.bonds.iter().filter(|((_, of), _)| of == account);
        own.fold(0, |sum, (_, units)| sum.saturating_add(*units))
    }

    /// Whether a dispute is not settled yet.
    #[must_use]
    pub fn is_open(&self, dispute: Digest) -> bool {
        self.bonds.keys().any(|(of, _)| *of == dispute)
    }

    /// What nobody has any more.
    #[must_use]
    pub fn burnt(&self) -> u64 {
        self.burnt
    }

    /// Adds up everything: whether what is free, bonded and burnt is what was deposited.
    #[must_use]
    pub fn is_conserved(&self) -> bool {
        let (free, bonds) = (sum(self.free.values()), sum(self.bonds.values()));
        let (Some(free), Some(bonds)) = (free, bonds) else { return false };
        let all = free.checked_add(bonds).and_then(|sum| sum.checked_add(self.burnt));
        bonds == self.bonded && all == Some(self.deposited)
    }
}

fn sum<'a>(mut units: impl Iterator<Item = &'a u64>) -> Option<u64> {
    units.try_fold(0, |sum: u64, units| sum.checked_add(*units))
}

#[cfg(test)]
mod tests;
