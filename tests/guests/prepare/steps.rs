//! The steps, each exact: refuse or replace, clamp, average, quantise, pack. In place: they need no
//! memory besides the values, which shrink to integers at the beginning of the same bytes.

use std::fmt;

use crate::recipe::{Recipe, scaled};

/// What it took.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Values that were not finite.
    pub replaced: u32,
    /// Finite values beyond the bounds.
    pub clamped: u32,
    /// Values that became the end of the integer's range, because they came out beyond it.
    pub saturated: u32,
}

/// Why there is no result; the bytes are as they were.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// The bytes are no rows of so many floats.
    Size,
    /// The value at this position, from 0, is not finite, and nothing was given to replace it.
    NotFinite(usize),
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Refused::Size => f.write_str("the bytes are no rows of 32-bit floats"),
            Refused::NotFinite(at) => {
                write!(f, "the value at position {} is not finite; `instead=` replaces such", at)
            }
        }
    }
}

/// Bytes of a float, and of the whole number that takes its place until it is packed.
const WORD: usize = 4;

/// Bits behind the point of one step of the scale, and of a fixed-point weight.
const FINE: i32 = 16;

/// Columns that are averaged side by side: one line of a cache.
const LANE: usize = 16;

/// Makes integers of a matrix of floats, row by row, lowest byte first. Says how many of the bytes
/// at the beginning hold them.
pub fn prepare(
    bytes: &mut [u8],
    columns: usize,
    recipe: &Recipe,
) -> Result<(usize, Counts), Refused> {
    let row = columns.checked_mul(WORD).filter(|row| *row > 0).ok_or(Refused::Size)?;
    if bytes.is_empty() || bytes.len() % row != 0 {
        return Err(Refused::Size);
    }
    let mut counts = Counts::default();
    bound(bytes, recipe, &mut counts)?;
    match recipe.wish().alpha {
        Some(alpha) => average(bytes, columns, alpha.into(), recipe.wish().scale),
        None => quantise(bytes, recipe.wish().scale),
    }
    Ok((pack(bytes, recipe, &mut counts), counts))
}

/// Finite and within the bounds, or nothing is changed.
fn bound(bytes: &mut [u8], recipe: &Recipe, counts: &mut Counts) -> Result<(), Refused> {
    let wish = recipe.wish();
    if wish.instead.is_none() {
        if let Some(at) = bytes.chunks_exact(WORD).position(|word| !float(word).is_finite()) {
            return Err(Refused::NotFinite(at));
        }
    }
    for word in bytes.chunks_exact_mut(WORD) {
        let value = float(word);
        let bounded = if !value.is_finite() {
            counts.replaced += 1;
            wish.instead.unwrap_or(wish.low)
        } else {
            counts.clamped += u32::from(value < wish.low || value > wish.high);
            value.clamp(wish.low, wish.high)
        };
        word.copy_from_slice(&bounded.to_le_bytes());
    }
    Ok(())
}

/// Floats become whole numbers of steps.
fn quantise(bytes: &mut [u8], scale: i32) {
    for word in bytes.chunks_exact_mut(WORD) {
        let whole = whole(scaled(float(word), scale));
        word.copy_from_slice(&whole.to_le_bytes());
    }
}

/// Floats become whole numbers of steps, averaged down each column.
fn average(bytes: &mut [u8], columns: usize, alpha: i64, scale: i32) {
    for first in (0..columns).step_by(LANE) {
        let lane = WORD * first..WORD * columns.min(first + LANE);
        let mut averages = [None; LANE];
        for row in bytes.chunks_exact_mut(WORD * columns) {
            for (word, average) in row[lane.clone()].chunks_exact_mut(WORD).zip(&mut averages) {
                // The state has 16 bits behind the point of the value, which has 16 itself.
                let value = i64::from(whole(scaled(float(word), scale + FINE))) << FINE;
                let state = average.map_or(value, |state| state + weighed(value - state, alpha));
                *average = Some(state);
                let steps = rounded(rounded(state)) as i32;
                word.copy_from_slice(&steps.to_le_bytes());
            }
        }
    }
}

/// Whole numbers become the integers asked for, one behind the other.
fn pack(bytes: &mut [u8], recipe: &Recipe, counts: &mut Counts) -> usize {
    let (least, most) = recipe.carrier().range();
    let size = recipe.carrier().bytes();
    let numbers = bytes.len() / WORD;
    for at in 0..numbers {
        let mut word = [0; WORD];
        word.copy_from_slice(&bytes[WORD * at..WORD * (at + 1)]);
        let whole = i32::from_le_bytes(word);
        counts.saturated += u32::from(whole < least || whole > most);
        let packed = whole.clamp(least, most).to_le_bytes();
        bytes[size * at..size * (at + 1)].copy_from_slice(&packed[..size]);
    }
    size * numbers
}

fn float(word: &[u8]) -> f32 {
    let mut bytes = [0; WORD];
    bytes.copy_from_slice(word);
    f32::from_le_bytes(bytes)
}

/// The nearest whole number, of two the even one; the ends of 32 bits for what is beyond.
fn whole(value: f64) -> i32 {
    // So large that a 64-bit float has no place for a fraction: adding it rounds, to even.
    const LARGE: f64 = 6_755_399_441_055_744.0;
    let within = value.clamp(f64::from(i32::MIN), f64::from(i32::MAX));
    ((within + LARGE) - LARGE) as i32
}

/// `difference·alpha/2^16`, rounded half to even; in two halves, because the product has 66 bits.
fn weighed(difference: i64, alpha: i64) -> i64 {
    let (high, low) = (difference >> FINE, difference & 0xffff);
    let (product, rest) = (high * alpha + ((low * alpha) >> FINE), (low * alpha) & 0xffff);
    product + nudge(product, rest)
}

/// Divided by 2^16, rounded half to even.
fn rounded(number: i64) -> i64 {
    let whole = number >> FINE;
    whole + nudge(whole, number & 0xffff)
}

/// One if `rest` of 2^16 rounds up, of two equally near ones to the even.
fn nudge(whole: i64, rest: i64) -> i64 {
    i64::from(rest > 0x8000 || (rest == 0x8000 && whole & 1 == 1))
}
