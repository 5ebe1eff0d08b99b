//! What the demo says is held against the files before it is said.

use crate::answer::Stop;

/// Ends the demo with exit code 1 if it does not hold; `otherwise` says what is so instead.
pub(super) fn claim(holds: bool, otherwise: &str) -> Result<(), Stop> {
    if holds {
        return Ok(());
    }
    Err(Stop::no(otherwise, "look around with `--keep DIR`; this is an error of ours"))
}
