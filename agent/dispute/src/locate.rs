//! The first place where two say something else.

/// Where two lists of the same length first differ; `None` if nowhere.
#[must_use]
pub fn first_difference<T: PartialEq>(one: &[T], other: &[T]) -> Option<usize> {
    one.iter().zip(other).position(|(one, other)| one != other)
}
