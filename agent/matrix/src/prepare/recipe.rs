//! All steps together: floats become integers by one declared recipe.

use super::ema::rounded;
use super::{Alpha, Clamp, Ema, NotFinite, Quantised};
use crate::format::Scale;

/// Bits behind the point of one step of the scale, while values are averaged.
const FINE: i32 = 16;

/// What happens to every value: refused or replaced, clamped, averaged, quantised.
///
/// Averages go down the columns, one for each: rows are moments, the first row the earliest. They
/// work on values rounded to 2^-16 of a step of the scale; without averaging nothing is rounded
/// before it is quantised.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Recipe {
    clamp: Clamp,
    smooth: Option<Alpha>,
    scale: Scale,
}

/// Integers, and what it took to make them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prepared<T> {
    /// One integer for each value, in the same order.
    pub values: Vec<T>,
    /// How many were not finite.
    pub replaced: u64,
    /// How many were finite and beyond the bounds.
    pub clamped: u64,
    /// How many came out beyond the range of the integer, and became its end.
    pub saturated: u64,
}

impl Recipe {
    /// `None` if values are to be averaged and a bound times `2^scale` is not within -32,768 up to
    /// just below 32,768: 32 bits hold no more with 16 behind the point.
    #[must_use]
    pub fn new(clamp: Clamp, smooth: Option<Alpha>, scale: Scale) -> Option<Self> {
        let held = |bound: f32| (-32_768.0..32_768.0).contains(&scaled(bound, scale, 0));
        let (low, high) = clamp.bounds();
        (smooth.is_none() || (held(low) && held(high))).then_some(Self { clamp, smooth, scale })
    }

    /// Prepares a matrix that is given row by row.
    ///
    /// # Errors
    /// [`NotFinite`] with the first value that is not, unless the recipe replaces such.
    pub fn apply<T: Quantised>(
        &self,
        mut values: Vec<f32>,
        columns: usize,
    ) -> Result<Prepared<T>, NotFinite> {
        let (low, high) = self.clamp.bounds();
        let replaced = count(&values, |value| !value.is_finite());
        let clamped = count(&values, |value| value.is_finite() && (*value < low || *value > high));
        self.clamp.apply(&mut values)?;
        let whole = match self.smooth {
            Some(alpha) => self.averaged(alpha, &values, columns),
            None => values.iter().map(|x| scaled(*x, self.scale, 0).round_ties_even()).collect(),
        };
        let values: Vec<T> = whole.iter().map(|value| T::clamped(*value)).collect();
        let cut = |(value, whole): &(&T, &f64)| Into::<f64>::into(**value) != **whole;
        let saturated = count(&values.iter().zip(&whole).collect::<Vec<_>>(), cut);
        Ok(Prepared { values, replaced, clamped, saturated })
    }

    /// Whole numbers of steps after averaging.
    fn averaged(&self, alpha: Alpha, values: &[f32], columns: usize) -> Vec<f64> {
        let mut averages = vec![Ema::new(alpha); columns];
        let rows = values.chunks(columns.max(1));
        let one = |(average, value): (&mut Ema, &f32)| {
            let fine = scaled(*value, self.scale, FINE).round_ties_even();
            #[expect(
                clippy::as_conversions,
                reason = "whole, and within 32 bits as the bounds are"
            )]
            let average = average.take(fine as i32);
            f64::from(i32::try_from(rounded(average.into())).unwrap_or_default())
        };
        rows.flat_map(|row| averages.iter_mut().zip(row).map(one).collect::<Vec<_>>()).collect()
    }
}

/// `value·2^(scale + more)`, exactly: a 32-bit float has room to move in one of 64.
fn scaled(value: f32, scale: Scale, more: i32) -> f64 {
    f64::from(value) * f64::powi(2.0, i32::from(scale.power()).saturating_add(more))
}

fn count<V>(values: &[V], is: impl Fn(&V) -> bool) -> u64 {
    u64::try_from(values.iter().filter(|value| is(value)).count()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::super::quantise;
    use super::*;

    fn recipe(low: f32, high: f32, smooth: Option<u32>, power: i64) -> Option<Recipe> {
        let alpha = smooth.map(|numerator| Alpha::new(numerator).unwrap());
        Recipe::new(Clamp::new(low, high, Some(low)).unwrap(), alpha, Scale::new(power).unwrap())
    }

    #[test]
    fn every_step_is_counted() {
        let recipe = recipe(-9.0, 9.0, None, 4).unwrap();
        let values = vec![f32::NAN, 1.0, 100.0, -0.03125, 7.9375, 8.0];
        let prepared = recipe.apply::<i8>(values, 3).unwrap();
        assert_eq!(prepared.values, [-128, 16, 127, 0, 127, 127]);
        let Prepared { replaced, clamped, saturated, .. } = prepared;
        assert_eq!((replaced, clamped, saturated), (1, 1, 3));
    }

    #[test]
    fn without_averaging_it_is_to_clamp_and_to_quantise() {
        let values: Vec<f32> = (-400..400).map(|n| n as f32 * 0.09375).collect();
        let prepared =
            recipe(-30.0, 20.0, None, 3).unwrap().apply::<i8>(values.clone(), 8).unwrap();
        let clamped: Vec<f32> = values.iter().map(|value| value.clamp(-30.0, 20.0)).collect();
        assert_eq!(prepared.values, quantise::<i8>(&clamped, Scale::new(3).unwrap()).unwrap());
    }

    #[test]
    fn each_column_has_its_own_average() {
        let recipe = recipe(-100.0, 100.0, Some(1 << 15), 0).unwrap();
        let values = vec![0.0, 80.0, 16.0, 80.0, 16.0, 0.0, 16.0, 0.0];
        let prepared = recipe.apply::<i16>(values, 2).unwrap();
        assert_eq!(prepared.values, [0, 80, 8, 80, 12, 40, 14, 20]);
    }

    #[test]
    fn an_average_keeps_what_is_finer_than_a_step() {
        let recipe = recipe(0.0, 1.0, Some(1 << 14), 0).unwrap();
        let prepared = recipe.apply::<i8>(vec![0.0, 1.0, 1.0, 1.0], 1).unwrap();
        assert_eq!(prepared.values, [0, 0, 0, 1], "0.25, 0.4375, 0.578…");
    }

    #[test]
    fn bounds_that_averaging_cannot_hold_are_refused() {
        assert!(recipe(-32_768.0, 32_767.998, Some(1), 0).is_some());
        assert!(recipe(0.0, 32_768.0, Some(1), 0).is_none());
        assert!(recipe(-32_770.0, 0.0, Some(1), 0).is_none());
        assert!(recipe(0.0, 1.0, Some(1), 15).is_none());
        assert!(recipe(-32_770.0, 32_768.0, None, 0).is_some(), "clamped to the integer's range");
    }
}
