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
