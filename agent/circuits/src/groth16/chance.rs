//! Numbers drawn from a seed.

use ark_bn254::Fr;
use ark_ff::PrimeField as _;
use ark_std::rand::{CryptoRng, Error, RngCore};

/// A stream of bytes that a seed gives: BLAKE3's extendable output under a name of its own.
pub(super) struct Chance(blake3::OutputReader);

impl Chance {
    pub(super) fn new(purpose: &str, seed: &[u8; 32]) -> Self {
        let context = format!("arch-network.v1 2026-11 groth16 {purpose}");
        Self(blake3::Hasher::new_derive_key(&context).update(seed).finalize_xof())
    }

    /// A number of the field; 512 bits reduced are even to 2^-256.
    pub(super) fn number(&mut self) -> Fr {
        let mut bytes = [0; 64];
        self.0.fill(&mut bytes);
        Fr::from_le_bytes_mod_order(&bytes)
    }

    /// A number below 2^128.
    pub(super) fn half(&mut self) -> Fr {
        let mut bytes = [0; 16];
        self.0.fill(&mut bytes);
        Fr::from_le_bytes_mod_order(&bytes)
    }
}

impl RngCore for Chance {
    fn next_u32(&mut self) -> u32 {
        let mut bytes = [0; 4];
        self.0.fill(&mut bytes);
        u32::from_le_bytes(bytes)
    }

    fn next_u64(&mut self) -> u64 {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes);
        u64::from_le_bytes(bytes)
    }

    fn fill_bytes(&mut self, place: &mut [u8]) {
        self.0.fill(place);
    }

    fn try_fill_bytes(&mut self, place: &mut [u8]) -> Result<(), Error> {
        self.0.fill(place);
        Ok(())
    }
}

impl CryptoRng for Chance {}
