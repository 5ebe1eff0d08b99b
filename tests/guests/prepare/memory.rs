//! Memory that is given out by address, and never more than was declared.

/// Bytes that are given out at a time, at most.
pub const MOST: usize = 64 << 20;

/// Pieces that are given out at a time, at most.
pub const PIECES: usize = 16;

/// What is given out. Each piece is known by the address of its first byte.
#[derive(Debug, Default)]
pub struct Memory {
    pieces: [Option<Vec<u8>>; PIECES],
}

impl Memory {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The address of `length` bytes, all zero. `None` for no bytes, for more than there is room for,
    /// and where the machine has no more.
    pub fn alloc(&mut self, length: usize) -> Option<usize> {
        let used: usize = self.pieces.iter().flatten().map(Vec::len).sum();
        if length == 0 || length > MOST - used {
            return None;
        }
        let free = self.pieces.iter_mut().find(|piece| piece.is_none())?;
        let mut bytes = Vec::new();
        bytes.try_reserve_exact(length).ok()?;
        bytes.resize(length, 0);
        Some(address(free.insert(bytes)))
    }

    /// The piece that begins at this address.
    pub fn at(&mut self, at: usize) -> Option<&mut [u8]> {
        let mut pieces = self.pieces.iter_mut().flatten();
        pieces.find(|piece| address(piece) == at).map(Vec::as_mut_slice)
    }

    /// Takes the piece back; says whether there was one.
    pub fn free(&mut self, at: usize) -> bool {
        let begins = |piece: &&mut Option<Vec<u8>>| piece.as_deref().map(address) == Some(at);
        self.pieces.iter_mut().find(begins).and_then(Option::take).is_some()
    }
}

fn address(piece: &[u8]) -> usize {
    piece.as_ptr() as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_is_given_out_than_was_declared() {
        let mut memory = Memory::new();
        assert_eq!(memory.alloc(0), None);
        assert_eq!(memory.alloc(MOST + 1), None);
        assert_eq!(memory.alloc(usize::MAX), None);
        let half = memory.alloc(MOST / 2).unwrap();
        let other = memory.alloc(MOST / 2).unwrap();
        assert_eq!(memory.alloc(1), None);
        assert!(memory.free(half) && !memory.free(half) && !memory.free(other + 1));
        assert!(memory.alloc(MOST / 2).is_some());
    }

    #[test]
    fn a_piece_too_many_is_refused_until_one_comes_back() {
        let mut memory = Memory::new();
        let pieces: Vec<usize> = (0..PIECES).map(|_| memory.alloc(8).unwrap()).collect();
        assert_eq!(memory.alloc(8), None);
        assert!(memory.free(pieces[3]));
        assert!(memory.alloc(8).is_some());
    }

    #[test]
    fn a_piece_is_found_by_its_beginning_alone() {
        let mut memory = Memory::new();
        let at = memory.alloc(8).unwrap();
        assert_eq!(memory.at(at), Some(&mut [0; 8][..]));
        assert_eq!(memory.at(at + 4), None);
        assert_eq!(memory.at(0), None);
    }
}
