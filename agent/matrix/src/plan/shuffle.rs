//! Order from a seed that all know: everybody can draw the same, and nobody could choose it.

use std::sync::LazyLock;

static CONTEXT: LazyLock<blake3::Hasher> =
    LazyLock::new(|| blake3::Hasher::new_derive_key("arch.network 2026 matrix plan v1"));

/// Numbers drawn from a seed and a label, the same everywhere.
#[derive(Debug)]
pub(crate) struct Draw(blake3::OutputReader);

impl Draw {
    pub(crate) fn new(seed: &[u8; 32], label: &str) -> Self {
        let mut hasher = CONTEXT.clone();
        hasher.update(seed).update(label.as_bytes());
        Self(hasher.finalize_xof())
    }

    /// Below `bound`, all equally likely; 0 if `bound` is.
    pub(crate) fn below(&mut self, bound: u32) -> u32 {
        // The largest multiple of the bound: what is beyond would favour small numbers.
        let fair = u32::MAX.checked_rem(bound).and_then(|over| u32::MAX.checked_sub(over));
        loop {
            let mut bytes = [0; 4];
            self.0.fill(&mut bytes);
            let drawn = u32::from_le_bytes(bytes);
            match fair {
                Some(fair) if drawn >= fair => {}
                Some(_) => return drawn.checked_rem(bound).unwrap_or(0),
                None => return 0,
            }
        }
    }

    /// The numbers below `count` in an order that was drawn (Fisher and Yates).
    pub(crate) fn order(&mut self, count: u32) -> Vec<u32> {
        let mut order: Vec<u32> = (0..count).collect();
        for left in (1..count).rev() {
            let other = self.below(left.saturating_add(1));
            if let (Ok(left), Ok(other)) = (usize::try_from(left), usize::try_from(other)) {
                order.swap(left, other);
            }
        }
        order
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_holds_each_number_once_and_every_order_occurs() {
        let mut seen = std::collections::BTreeMap::<Vec<u32>, u32>::new();
        for n in 0..600_u32 {
            let mut seed = [0; 32];
            seed[..4].copy_from_slice(&n.to_le_bytes());
            *seen.entry(Draw::new(&seed, "test").order(3)).or_default() += 1;
        }
        assert_eq!(seen.len(), 6);
        // 100 each are expected; 50 would be five standard deviations off.
        assert!(seen.values().all(|count| (50..150).contains(count)), "{seen:?}");
    }

    #[test]
    fn a_label_is_a_draw_of_its_own_and_a_draw_can_be_made_again() {
        let draw = |label| Draw::new(&[7; 32], label).order(20);
        assert_eq!(draw("a"), draw("a"));
        assert_ne!(draw("a"), draw("b"));
        assert_eq!(Draw::new(&[7; 32], "a").below(0), 0);
        assert_eq!(Draw::new(&[7; 32], "a").below(1), 0);
    }
}
