//! Faults of real machines: processes killed while they write to a ledger, disks that are full or fail,
//! copies put back. The ledger is the product's, on real file systems; nothing is played in memory.
//!
//! `cargo xtask soak kills` goes on for as long as asked, on ext4, XFS and btrfs as well.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests may be blunt"
)]

#[cfg(test)]
mod failing_sync;
#[cfg(test)]
mod image;
#[cfg(test)]
mod kills;
#[cfg(test)]
mod restored;
#[cfg(test)]
mod small_disk;

/// A guest that ends at once.
#[cfg(test)]
const NOTHING: &str = r#"(module (memory (export "memory") 1) (func (export "_start")))"#;

#[cfg(test)]
mod world {
    use arch_identity::{Digest, KeyKind, KeyPair, Timestamp};
    use arch_ledger::{Entry, LogKeys, Reader, Record};

    pub(crate) fn keys() -> LogKeys {
        LogKeys::new("example.org/node", KeyPair::from_seed(KeyKind::Hybrid, &[7; 32])).unwrap()
    }

    pub(crate) fn noon() -> Timestamp {
        "2026-11-23T12:00:00Z".parse().unwrap()
    }

    /// A refusal that says `message`.
    pub(crate) fn refused(message: String) -> Record {
        Record::Refused {
            subject: Digest::of(message.as_bytes()),
            file: "job.yaml".into(),
            code: "ARCH-D108".into(),
            message,
            line: None,
            column: None,
            rule: None,
        }
    }

    /// All entries of a ledger's folder.
    pub(crate) fn entries(reader: &Reader) -> Vec<Entry> {
        reader.entries().unwrap().collect::<Result<_, _>>().unwrap()
    }
}
