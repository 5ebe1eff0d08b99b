//! SQLite, as compiled into this program.

use std::path::Path;

use rusqlite::Connection;

use super::ENTRIES;
use crate::Side;
use crate::ledger::rate;

pub(super) fn side(folder: &Path, bytes: Vec<Vec<u8>>) -> Result<Side, String> {
    let mut db = open(folder).map_err(told)?;
    Ok(Box::new(move || rate(ENTRIES, || batch(&mut db, &bytes).map_err(told))))
}

fn open(folder: &Path) -> rusqlite::Result<Connection> {
    let db = Connection::open(folder.join("peer.sqlite"))?;
    let _mode: String = db.query_row("PRAGMA journal_mode=WAL", [], |row| row.get(0))?;
    db.execute_batch(
        "PRAGMA synchronous=FULL;
         CREATE TABLE entries (position INTEGER PRIMARY KEY, bytes BLOB NOT NULL)",
    )?;
    Ok(db)
}

fn batch(db: &mut Connection, bytes: &[Vec<u8>]) -> rusqlite::Result<()> {
    let transaction = db.transaction()?;
    let mut insert = transaction.prepare("INSERT INTO entries (bytes) VALUES (?1)")?;
    for entry in bytes {
        insert.execute([entry])?;
    }
    drop(insert);
    transaction.commit()
}

fn told(error: rusqlite::Error) -> String {
    error.to_string()
}
