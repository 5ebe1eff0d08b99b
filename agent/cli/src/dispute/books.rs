//! The settlement book, from the entries of the ledger.

use std::collections::BTreeSet;

use arch_dispute::book::{Book, Op, Unbooked};
use arch_identity::{Digest, PublicKey, Timestamp};
use arch_ledger::Entry;
use arch_stakes::{NoKey, op_of};

/// One entry of the book.
#[derive(Debug, Clone)]
pub(crate) struct Booking {
    pub(crate) entry: u64,
    pub(crate) at: Timestamp,
    /// What it does, or why nobody can say: a name that is no key.
    pub(crate) op: Result<Op, NoKey>,
}

/// All of the book.
#[derive(Debug)]
pub(crate) struct Books {
    pub(crate) book: Book,
    /// Everybody who is named, in the order of keys.
    pub(crate) accounts: BTreeSet<PublicKey>,
    /// Units that came in.
    pub(crate) deposited: u64,
    /// How many entries were applied.
    pub(crate) entries: usize,
}

/// An entry that cannot be applied.
#[derive(Debug)]
pub(crate) struct Misbooked {
    pub(crate) entry: u64,
    pub(crate) why: String,
}

impl Booking {
    /// What an entry does to the book, if anything.
    pub(crate) fn of(entry: &Entry) -> Option<Self> {
        let op = op_of(&entry.record)?;
        Some(Self { entry: entry.index, at: entry.time, op })
    }

    /// Whether it is about the stakes in a dispute.
    pub(crate) fn is_of(&self, id: &Digest) -> bool {
        match &self.op {
            Ok(
                Op::Lock { dispute, .. } | Op::Release { dispute, .. } | Op::Slash { dispute, .. },
            ) => dispute == id,
            _ => false,
        }
    }
}

impl Books {
    /// Applies all entries to an empty book; stops at the first that cannot be applied.
    pub(crate) fn of(bookings: &[Booking]) -> Result<Self, Misbooked> {
        let mut books = Self {
            book: Book::default(),
            accounts: BTreeSet::new(),
            deposited: 0,
            entries: bookings.len(),
        };
        for Booking { entry, op, .. } in bookings {
            let misbooked = |why: String| Misbooked { entry: *entry, why };
            let op = op.as_ref().map_err(|why| misbooked(why.to_string()))?;
            books.book.apply(op).map_err(|why: Unbooked| misbooked(why.to_string()))?;
            books.note(op);
            if !books.book.is_conserved() {
                return Err(misbooked("units were made or lost".to_owned()));
            }
        }
        Ok(books)
    }

    fn note(&mut self, op: &Op) {
        if let Op::Deposit { units, .. } = op {
            // The book has taken it, so there is room.
            self.deposited = self.deposited.saturating_add(*units);
        }
        let (Op::Deposit { account, .. }
        | Op::Lock { account, .. }
        | Op::Release { account, .. }
        | Op::Slash { account, .. }) = op;
        self.accounts.insert(account.clone());
        if let Op::Slash { shares, .. } = op {
            self.accounts.extend(shares.iter().map(|share| share.to.clone()));
        }
    }
}

#[cfg(test)]
mod tests {
    use arch_identity::{Algorithm, SigningKey};
    use arch_ledger::{BondShare, Record, tree::Hash};

    use super::*;

    fn did(number: u8) -> String {
        SigningKey::from_seed(Algorithm::Ed25519, &[number; 32]).public().did()
    }

    fn booked(records: &[Record]) -> Result<Books, Misbooked> {
        let at = "2026-11-26T12:00:00Z".parse().unwrap();
        let entries = records.iter().cloned().zip(0..);
        let entries = entries.map(|(record, index)| Entry::new(index, at, Hash::ZERO, record));
        let bookings: Vec<_> = entries.filter_map(|entry| Booking::of(&entry.unwrap())).collect();
        Books::of(&bookings)
    }

    #[test]
    fn the_first_entry_that_is_not_applied_is_named_by_its_index() {
        let (one, other, dispute) = (did(1), did(2), Digest::of(b"dispute"));
        let deposit = |account: &String, units| Record::Deposit {
            source: Digest::of(account.as_bytes()),
            account: account.clone(),
            units,
        };
        let bond =
            |account: &String, units| Record::Bond { dispute, account: account.clone(), units };
        let share = BondShare { to: other.clone(), units: 30 };
        let lost = |burnt| Record::BondLost {
            dispute,
            account: one.clone(),
            shares: vec![share.clone()],
            burnt,
        };
        let start = [deposit(&one, 100), Record::SpaceRegained {}, bond(&one, 60)];
        let with = |last: Record| booked(&[start.as_slice(), &[last]].concat());
        let books = with(lost(30)).unwrap();
        assert_eq!((books.deposited, books.entries, books.accounts.len()), (100, 3, 2));
        assert_eq!(books.book.burnt(), 30);
        for wrong in [lost(31), bond(&one, 1), bond(&other, 1), deposit(&"did:key:x".into(), 1)] {
            assert_eq!(with(wrong).unwrap_err().entry, 3);
        }
    }
}
