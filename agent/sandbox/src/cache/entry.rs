//! One entry's bytes: magic, MAC, code.

use super::{Entry, KeyPage};

/// Raised when the layout changes: other entries are void then.
const MAGIC: &[u8; 16] = b"arch-compiled-1\n";
const MAC: usize = 32;
const HEAD: usize = 48;

/// Domain of the key in use, so that one key file could serve other ends.
const CONTEXT: &[u8] = b"arch.network v1 compiled wasm";

/// The file's name.
pub(super) fn name(entry: Entry) -> String {
    let mut hasher = blake3::Hasher::new();
    hasher.update(entry.module.as_bytes());
    hasher.update(entry.environment.as_bytes());
    hasher.finalize().to_hex().to_string()
}

/// What stands before the code.
pub(super) fn seal(key: &KeyPage, entry: Entry, code: &[u8]) -> [u8; HEAD] {
    let mut head = [0; HEAD];
    let (magic, tag) = head.split_at_mut(MAGIC.len());
    magic.copy_from_slice(MAGIC);
    tag.copy_from_slice(mac(key, entry, code).as_bytes());
    head
}

/// The code, if this node wrote it for this entry.
pub(super) fn open(key: &KeyPage, entry: Entry, mut bytes: Vec<u8>) -> Option<Vec<u8>> {
    let (magic, rest) = bytes.split_first_chunk::<16>()?;
    let (tag, code) = rest.split_first_chunk::<MAC>()?;
    // `Hash` compares in constant time.
    if magic != MAGIC || mac(key, entry, code) != blake3::Hash::from_bytes(*tag) {
        return None;
    }
    bytes.drain(..HEAD);
    Some(bytes)
}

// Fixed lengths come before the code, so that no two entries feed the same bytes.
fn mac(key: &KeyPage, entry: Entry, code: &[u8]) -> blake3::Hash {
    key.with(|key| {
        let mut hasher = blake3::Hasher::new_keyed(key);
        hasher.update(CONTEXT);
        hasher.update(entry.module.as_bytes());
        hasher.update(entry.environment.as_bytes());
        hasher.update(code);
        let mac = hasher.finalize();
        zeroize::Zeroize::zeroize(&mut hasher);
        mac
    })
}
