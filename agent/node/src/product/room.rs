//! Whether there is room for a product: on the disk, in memory, in what its outputs may have. Asked before
//! the job is accepted, so that none fails later for what was known then.

use arch_kernels::stream::Tiles;

use super::{Product, audit};

/// How much room values may take until the job has ended, as a multiple of what its outputs may have.
const SCRATCH: u64 = 8;

/// The most parts that are computed on one machine.
const MOST_PARTS: usize = 512;

/// What stands before C's values in its file, in bytes: more than any header that is written here.
const HEADER: u64 = 4_096;

impl Product {
    /// Says what there is no room for, if its outputs may have so many bytes.
    pub(super) fn require_room(&self, outputs: u64) -> Result<(), String> {
        let parts = self.shares.len();
        if parts > MOST_PARTS {
            return Err(format!("{parts} parts; one machine computes at most {MOST_PARTS}"));
        }
        let bytes = self.bytes().saturating_add(HEADER);
        if bytes > outputs {
            return Err(format!("the product has {bytes} bytes, and outputs may have {outputs}"));
        }
        let (need, most) = (audit::need(self.grid.shape(), self.format), audit::MEMORY);
        if need > most {
            return Err(format!("its check needs {need} bytes of memory, and may have {most}"));
        }
        let sizes = self.shares.iter().map(|share| self.bytes_of(share.part));
        let (all, room) = (sizes.fold(0, u64::saturating_add), outputs.saturating_mul(SCRATCH));
        if all > room {
            return Err(format!(
                "all parts together have {all} bytes of values; {SCRATCH} times what outputs may have is {room}"
            ));
        }
        self.shares.iter().try_for_each(|share| {
            let tiles = Tiles::new(&self.grid, share.part, self.format, self.memory);
            tiles.map(drop).map_err(|error| error.to_string())
        })
    }
}
