//! What the module exports besides the command. Nothing here asks the host for anything, ends the
//! program, or touches memory that [`alloc_bytes`] did not give out.

use std::cell::RefCell;

use crate::memory::Memory;
use crate::recipe::{Carrier, Recipe, Wish};
use crate::steps::{self, Refused};

/// `prepare`: no piece of memory begins there, or it is shorter, or no rows of floats.
pub const NO_MEMORY: i32 = -1;
/// `prepare`: the parameters make no sense.
pub const NO_RECIPE: i32 = -2;
/// `prepare`: a value is not finite; `told(3)` is its position.
pub const NOT_FINITE: i32 = -3;

#[derive(Default)]
struct State {
    memory: Memory,
    told: [u32; 4],
}

thread_local! {
    static STATE: RefCell<State> = RefCell::default();
}

/// The address of so many bytes; 0 for none, for more than 64 MiB in all, and for a 17th piece.
#[no_mangle]
pub extern "C" fn alloc_bytes(length: usize) -> usize {
    STATE.with(|state| state.borrow_mut().memory.alloc(length).unwrap_or(0))
}

/// Takes back what [`alloc_bytes`] gave; 1 if it did, else 0.
#[no_mangle]
pub extern "C" fn free_bytes(at: usize) -> i32 {
    STATE.with(|state| state.borrow_mut().memory.free(at).into())
}

/// Makes integers of `length` bytes of floats, in place. Gives how many bytes of integers stand there
/// now, or one of the negative numbers above, and then nothing was changed. `instead` may be NaN
/// and `alpha` 0, for none; `bits` is 8 or 16.
#[no_mangle]
#[allow(clippy::too_many_arguments)] // numbers are all that passes the border
pub extern "C" fn prepare(
    at: usize,
    length: usize,
    columns: usize,
    low: f32,
    high: f32,
    instead: f32,
    alpha: u32,
    scale: i32,
    bits: u32,
) -> i32 {
    let carrier = match bits {
        8 => Carrier::I8,
        16 => Carrier::I16,
        _ => return NO_RECIPE,
    };
    let instead = Some(instead).filter(|instead| !instead.is_nan());
    let alpha = Some(alpha).filter(|alpha| *alpha > 0);
    let recipe = match Recipe::new(Wish { low, high, instead, alpha, scale, carrier }) {
        Ok(recipe) => recipe,
        Err(_) => return NO_RECIPE,
    };
    STATE.with(|state| {
        let State { memory, told } = &mut *state.borrow_mut();
        let bytes = match memory.at(at).and_then(|bytes| bytes.get_mut(..length)) {
            Some(bytes) => bytes,
            None => return NO_MEMORY,
        };
        match steps::prepare(bytes, columns, &recipe) {
            Ok((packed, counts)) => {
                *told = [counts.replaced, counts.clamped, counts.saturated, 0];
                packed as i32 // 64 MiB at most
            }
            Err(Refused::Size) => NO_MEMORY,
            Err(Refused::NotFinite(position)) => {
                *told = [0, 0, 0, position as u32];
                NOT_FINITE
            }
        }
    })
}

/// Of the last [`prepare`]: 0, how many were replaced; 1, clamped; 2, saturated; 3, the position of
/// the first value that was not finite.
#[no_mangle]
pub extern "C" fn told(what: usize) -> u32 {
    STATE.with(|state| state.borrow().told.get(what).copied().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(at: usize, length: usize, columns: usize) -> i32 {
        prepare(at, length, columns, -1.0, 1.0, f32::NAN, 0, 4, 8)
    }

    #[test]
    fn only_memory_that_was_given_out_is_touched() {
        let at = alloc_bytes(16);
        assert_eq!(call(at, 16, 2), 4);
        assert_eq!((told(0), told(1), told(2), told(3), told(4)), (0, 0, 0, 0, 0));
        for (at, length, columns) in
            [(0, 16, 2), (at + 4, 4, 1), (at, 20, 1), (at, 15, 1), (at, 0, 1), (at, 16, 3), (at, 16, 0)]
        {
            assert_eq!(call(at, length, columns), NO_MEMORY, "{} {} {}", at, length, columns);
        }
        assert_eq!(prepare(at, 16, 2, 1.0, -1.0, 0.0, 0, 0, 8), NO_RECIPE);
        assert_eq!(prepare(at, 16, 2, 0.0, 1.0, 0.0, 0, 0, 32), NO_RECIPE);
        assert_eq!((free_bytes(at), free_bytes(at)), (1, 0));
        assert_eq!(call(at, 16, 2), NO_MEMORY);
    }
}
