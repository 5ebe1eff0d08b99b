//! The hash of what stands for a leaf's values in a field where steps can be proved: digests of its tiles.

use std::sync::LazyLock;

use super::tree::Hash;

static CONTEXT: LazyLock<blake3::Hasher> =
    LazyLock::new(|| blake3::Hasher::new_derive_key("arch.network 2026 matrix marks v1"));

/// The hash of a leaf's marks, 32 bytes each, in the order of its tiles.
#[must_use]
pub fn marks_hash<'a>(marks: impl IntoIterator<Item = &'a [u8; 32]>) -> Hash {
    let mut hasher = CONTEXT.clone();
    for mark in marks {
        hasher.update(mark);
    }
    Hash::from(hasher.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_mark_and_their_order_are_in_the_hash() {
        let (one, other) = ([1; 32], [2; 32]);
        let hash = marks_hash([&one, &other]);
        let others = [marks_hash([&other, &one]), marks_hash([&one]), marks_hash([&one, &one])];
        assert!(others.iter().all(|other| *other != hash));
        assert_eq!(marks_hash([&one, &other]), hash);
    }
}
