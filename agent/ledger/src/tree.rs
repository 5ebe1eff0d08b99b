//! The Merkle tree of RFC 6962 §2.1 over SHA-256, cut into the tiles of C2SP tlog-tiles.

mod edge;
mod hash;
mod tile;

pub use edge::Edge;
pub use hash::Hash;
pub use tile::{TILE_WIDTH, TileAt, TilePath, tiles_of};
pub(crate) use tile::{decimal, tile_in};
