//! The ledger beside embedded databases that promise the same: after the call the entries survive a
//! power cut. They keep the bytes and nothing else; ours also hashes, signs and writes tiles.

#[cfg(feature = "peers")]
mod redb;
#[cfg(feature = "peers")]
mod sqlite;

use crate::{Bench, Sides};

/// SQLite with a write-ahead log and `synchronous=FULL`; one transaction a batch.
pub(crate) const SQLITE: Bench = Bench {
    name: "ledger-vs-sqlite",
    unit: "durable entries/s, 256 a batch",
    #[cfg(feature = "peers")]
    prepare: || beside(sqlite::side),
    #[cfg(not(feature = "peers"))]
    prepare: without,
};

/// redb with immediate durability; one transaction a batch.
pub(crate) const REDB: Bench = Bench {
    name: "ledger-vs-redb",
    unit: "durable entries/s, 256 a batch",
    #[cfg(feature = "peers")]
    prepare: || beside(redb::side),
    #[cfg(not(feature = "peers"))]
    prepare: without,
};

/// Entries a batch.
#[cfg(feature = "peers")]
const ENTRIES: u32 = 256;

/// A peer's side: a fresh database in a folder, and the entries of a batch.
#[cfg(feature = "peers")]
type Peer = fn(&std::path::Path, Vec<Vec<u8>>) -> Result<crate::Side, String>;

#[cfg(feature = "peers")]
fn beside(peer: Peer) -> Result<Sides, String> {
    let crate::ledger::Ours { folder, side, bytes } = crate::ledger::ours(ENTRIES)?;
    let mut peer = peer(folder.path(), bytes)?;
    let peer = move || {
        let _lives_as_long = &folder;
        peer()
    };
    Ok(Sides { ours: side, peer: Some(Box::new(peer)) })
}

#[cfg(not(feature = "peers"))]
fn without() -> Result<Sides, String> {
    Ok(Sides::skipped("this was built without the feature `peers`"))
}
