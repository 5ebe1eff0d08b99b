//! The guest's memory, with every access checked.

use crate::wasm::vfs::fault::Errno;

/// Most buffers in one scattered read or write; the rest is left for the next call.
const VECTORS_MAX: u32 = 1024;

/// A linear memory for the time of one call.
pub(crate) struct Memory<'a> {
    bytes: &'a mut [u8],
}

/// An address in a 32-bit memory.
fn index(address: u32) -> usize {
    usize::try_from(address).unwrap_or(usize::MAX)
}

impl<'a> Memory<'a> {
    /// Wraps the bytes of the memory.
    pub(crate) fn new(bytes: &'a mut [u8]) -> Self {
        Self { bytes }
    }

    /// `length` bytes from `address`.
    pub(crate) fn bytes(&self, address: u32, length: u32) -> Result<&[u8], Errno> {
        let start = index(address);
        let end = start.checked_add(index(length)).ok_or(Errno::BadAddress)?;
        self.bytes.get(start..end).ok_or(Errno::BadAddress)
    }

    /// `length` bytes from `address`, to write.
    pub(crate) fn bytes_mut(&mut self, address: u32, length: u32) -> Result<&mut [u8], Errno> {
        let start = index(address);
        let end = start.checked_add(index(length)).ok_or(Errno::BadAddress)?;
        self.bytes.get_mut(start..end).ok_or(Errno::BadAddress)
    }

    /// UTF-8 text of `length` bytes from `address`.
    pub(crate) fn text(&self, address: u32, length: u32) -> Result<&str, Errno> {
        std::str::from_utf8(self.bytes(address, length)?).map_err(|_| Errno::BadText)
    }

    /// Writes `bytes` at `address`.
    pub(crate) fn put(&mut self, address: u32, bytes: &[u8]) -> Result<(), Errno> {
        let length = u32::try_from(bytes.len()).map_err(|_| Errno::BadAddress)?;
        self.bytes_mut(address, length)?.copy_from_slice(bytes);
        Ok(())
    }

    /// Writes a 32-bit number.
    pub(crate) fn put_u32(&mut self, address: u32, value: u32) -> Result<(), Errno> {
        self.put(address, &value.to_le_bytes())
    }

    /// Writes a 64-bit number.
    pub(crate) fn put_u64(&mut self, address: u32, value: u64) -> Result<(), Errno> {
        self.put(address, &value.to_le_bytes())
    }

    /// Reads a fixed number of bytes.
    pub(crate) fn array<const N: usize>(&self, address: u32) -> Result<[u8; N], Errno> {
        let start = index(address);
        let end = start.checked_add(N).ok_or(Errno::BadAddress)?;
        let bytes = self.bytes.get(start..end).ok_or(Errno::BadAddress)?;
        bytes.try_into().map_err(|_| Errno::BadAddress)
    }

    /// Reads a 32-bit number.
    pub(crate) fn u32(&self, address: u32) -> Result<u32, Errno> {
        self.array(address).map(u32::from_le_bytes)
    }

    /// Reads a list of buffers (`iovec`, `ciovec`): address and length of each.
    pub(crate) fn vectors(&self, list: u32, count: u32) -> Result<Vec<(u32, u32)>, Errno> {
        let mut vectors = Vec::new();
        for n in 0..count.min(VECTORS_MAX) {
            let at = n.checked_mul(8).and_then(|n| list.checked_add(n)).ok_or(Errno::BadAddress)?;
            let [a, b, c, d, e, f, g, h] = self.array(at)?;
            let buffer = (u32::from_le_bytes([a, b, c, d]), u32::from_le_bytes([e, f, g, h]));
            self.bytes(buffer.0, buffer.1)?;
            vectors.push(buffer);
        }
        let total = vectors.iter().try_fold(0_u32, |sum, (_, more)| sum.checked_add(*more));
        total.map(|_| vectors).ok_or(Errno::Invalid)
    }
}

/// Adds to an address, or says that it is a bad one.
pub(crate) fn after(address: u32, offset: u32) -> Result<u32, Errno> {
    address.checked_add(offset).ok_or(Errno::BadAddress)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_outside_the_memory_can_be_reached() {
        let mut bytes = [0; 16];
        let mut memory = Memory::new(&mut bytes);
        for (address, length) in [(16, 1), (0, 17), (u32::MAX, 2), (8, u32::MAX)] {
            assert_eq!(memory.bytes(address, length), Err(Errno::BadAddress));
            assert!(memory.bytes_mut(address, length).is_err());
        }
        assert_eq!(memory.put_u64(9, 1), Err(Errno::BadAddress));
        assert_eq!(memory.bytes(16, 0), Ok(&[][..]));
    }

    #[test]
    fn a_list_of_buffers_may_not_overlap_into_more_than_32_bits() {
        let mut bytes = vec![0; 64];
        bytes[..8].copy_from_slice(&[0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff]);
        assert_eq!(Memory::new(&mut bytes).vectors(0, 1), Err(Errno::BadAddress));
    }
}
