//! Randomness for the guest: a stream drawn from the job's seed, the same on every node.

/// BLAKE3 in derive-key mode (one context a purpose), read as an endless stream.
pub(crate) struct Chance {
    stream: blake3::OutputReader,
}

/// What a stream is for; streams of different purposes are unrelated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// `random_get`, `wasi:random/random`.
    Secure,
    /// `wasi:random/insecure`.
    Insecure,
    /// `wasi:random/insecure-seed`.
    InsecureSeed,
}

impl Purpose {
    fn context(self) -> &'static str {
        match self {
            Self::Secure => "arch.network v1 wasm guest random",
            Self::Insecure => "arch.network v1 wasm guest insecure random",
            Self::InsecureSeed => "arch.network v1 wasm guest insecure seed",
        }
    }
}

impl Chance {
    /// Starts the stream of `purpose` for a job's seed.
    pub(crate) fn new(seed: &[u8; 32], purpose: Purpose) -> Self {
        let mut hasher = blake3::Hasher::new_derive_key(purpose.context());
        hasher.update(seed);
        Self { stream: hasher.finalize_xof() }
    }

    /// Fills `buffer` with the next bytes.
    pub(crate) fn fill(&mut self, buffer: &mut [u8]) {
        self.stream.fill(buffer);
    }

    /// The next eight bytes as a little-endian number.
    pub(crate) fn number(&mut self) -> u64 {
        let mut bytes = [0; 8];
        self.fill(&mut bytes);
        u64::from_le_bytes(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_seed_gives_one_stream_however_it_is_read() {
        let (mut whole, mut parts) = ([0; 64], [0; 64]);
        Chance::new(&[7; 32], Purpose::Secure).fill(&mut whole);
        let mut stream = Chance::new(&[7; 32], Purpose::Secure);
        for part in parts.chunks_mut(5) {
            stream.fill(part);
        }
        assert_eq!(whole, parts);
    }

    #[test]
    fn purposes_and_seeds_do_not_share_a_stream() {
        let draw = |seed, purpose| Chance::new(&[seed; 32], purpose).number();
        assert_ne!(draw(1, Purpose::Secure), draw(1, Purpose::Insecure));
        assert_ne!(draw(1, Purpose::Secure), draw(2, Purpose::Secure));
    }
}
