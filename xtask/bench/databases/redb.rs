//! redb, a database of Rust alone.

use std::path::Path;

use redb::{Database, Durability, TableDefinition};

use super::ENTRIES;
use crate::Side;
use crate::ledger::rate;

const TABLE: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("entries");

pub(super) fn side(folder: &Path, bytes: Vec<Vec<u8>>) -> Result<Side, String> {
    let db = Database::create(folder.join("peer.redb")).map_err(told)?;
    let mut next = 0;
    Ok(Box::new(move || rate(ENTRIES, || batch(&db, &mut next, &bytes).map_err(told))))
}

fn batch(db: &Database, next: &mut u64, bytes: &[Vec<u8>]) -> Result<(), redb::Error> {
    let mut transaction = db.begin_write()?;
    transaction.set_durability(Durability::Immediate)?;
    let mut table = transaction.open_table(TABLE)?;
    for entry in bytes {
        table.insert(*next, entry.as_slice())?;
        *next = next.saturating_add(1);
    }
    drop(table);
    Ok(transaction.commit()?)
}

fn told(error: impl ToString) -> String {
    error.to_string()
}
