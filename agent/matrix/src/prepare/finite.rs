//! No infinities, nothing that is not a number, nothing beyond what was declared.

/// A value that is no number, or without end.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error("the value at position {at} is {value}; every value must be finite")]
pub struct NotFinite {
    /// Where it stands, from 0.
    pub at: usize,
    /// What stands there.
    pub value: f32,
}

/// What happens to values before they are used.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Clamp {
    low: f32,
    high: f32,
    instead: Option<f32>,
}

impl Clamp {
    /// Values below `low` become `low`, above `high` become `high`. What is not finite becomes
    /// `instead`, and is refused without one. `None` if the bounds are no range of finite numbers or
    /// `instead` is not within.
    #[must_use]
    pub fn new(low: f32, high: f32, instead: Option<f32>) -> Option<Self> {
        let within = |value: f32| low <= value && value <= high;
        let range = low.is_finite() && high.is_finite() && low <= high;
        (range && instead.is_none_or(within)).then_some(Self { low, high, instead })
    }

    /// The least and the largest value that pass.
    #[must_use]
    pub fn bounds(&self) -> (f32, f32) {
        (self.low, self.high)
    }

    /// Puts every value within the bounds.
    ///
    /// # Errors
    /// [`NotFinite`] with the first value that is not; nothing was changed then.
    pub fn apply(&self, values: &mut [f32]) -> Result<(), NotFinite> {
        if self.instead.is_none()
            && let Some((at, value)) = values.iter().enumerate().find(|(_, v)| !v.is_finite())
        {
            return Err(NotFinite { at, value: *value });
        }
        for value in values {
            let finite = Some(*value).filter(|value| value.is_finite()).or(self.instead);
            // Both zeros are one: -0.0 would be another spelling of the same matrix.
            *value = finite.unwrap_or_default().clamp(self.low, self.high) + 0.0;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_brought_within_the_bounds() {
        let clamp = Clamp::new(-1.0, 2.0, Some(0.5)).unwrap();
        let mut values = [-3.0, f32::NAN, 1.0, f32::INFINITY, 7.0, -0.0];
        clamp.apply(&mut values).unwrap();
        assert_eq!(values.map(f32::to_bits), [-1.0, 0.5, 1.0, 0.5, 2.0, 0.0].map(f32::to_bits));
    }

    #[test]
    fn without_a_replacement_what_is_not_finite_is_refused_and_nothing_changes() {
        let clamp = Clamp::new(-1.0, 2.0, None).unwrap();
        let mut values = [-3.0, f32::NEG_INFINITY];
        assert_eq!(clamp.apply(&mut values).unwrap_err().at, 1);
        assert_eq!(values, [-3.0, f32::NEG_INFINITY]);
    }

    #[test]
    fn bounds_that_are_no_range_are_refused() {
        for (low, high, instead) in [
            (1.0, 0.0, None),
            (f32::NAN, 0.0, None),
            (0.0, f32::INFINITY, None),
            (0.0, 1.0, Some(2.0)),
            (0.0, 1.0, Some(f32::NAN)),
        ] {
            assert_eq!(Clamp::new(low, high, instead), None);
        }
    }
}
