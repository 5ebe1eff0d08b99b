//! How well a word fits a file: Okapi BM25 with k1 = 1.2 and b = 0.75, in whole numbers, so that
//! every machine gets the same bits.

/// Scores are counted in parts of this.
pub const ONE: u64 = 1 << 16;

/// What all scores of one collection have in common.
#[derive(Debug, Clone, Copy)]
pub struct Collection {
    pub files: u64,
    /// Words of all files together.
    pub words: u64,
}

impl Collection {
    /// Rarity of a word that stands in `holders` files: log2 of (2N + 2) / (2n + 1).
    pub fn rarity(&self, holders: u64) -> u64 {
        log2(2 * self.files + 2).saturating_sub(log2(2 * holders + 1))
    }

    /// Score of a word with this rarity that stands `count` times in a file of `words` words:
    /// rarity · 2.2·count / (count + 0.3 + 0.9·words/average), with the fractions multiplied out.
    pub fn score(&self, rarity: u64, count: u64, words: u64) -> u64 {
        let (count, all) = (u128::from(count), u128::from(self.words));
        let above = 22 * count * all;
        let below = 10 * count * all + 3 * all + 9 * u128::from(words) * u128::from(self.files);
        (u128::from(rarity) * above / below.max(1)) as u64
    }
}

/// Logarithm to base 2 of a number above 0, in parts of [`ONE`], rounded down.
fn log2(number: u64) -> u64 {
    let whole = 63 - u64::from(number.max(1).leading_zeros());
    // The number as 1.x with 31 bits behind the point; squaring it doubles its logarithm.
    let mut x = (u128::from(number.max(1)) << 31) >> whole;
    let mut log = whole;
    for _ in 0..16 {
        x = (x * x) >> 31;
        log <<= 1;
        if x >= 2 << 31 {
            x >>= 1;
            log += 1;
        }
    }
    log
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logarithms_agree_with_those_of_floating_point() {
        for number in (1..2_000).chain([65_535, 1 << 40, (1 << 40) + 12_345]) {
            let exact = (number as f64).log2() * ONE as f64;
            let ours = log2(number) as f64;
            assert!((exact - ours).abs() < 4.0, "{number}: {exact} and {ours}");
        }
    }

    #[test]
    fn scores_agree_with_the_formula() {
        let all = Collection { files: 14, words: 14_000 };
        let rarity = all.rarity(3);
        let exact = |tf: f64, len: f64| {
            (30.0_f64 / 7.0).log2() * 2.2 * tf / (tf + 1.2 * (0.25 + 0.75 * len / 1_000.0)) * ONE as f64
        };
        for (count, words) in [(1, 10), (1, 1_000), (7, 5_000), (90, 300)] {
            let difference = all.score(rarity, count, words) as f64 - exact(count as f64, words as f64);
            assert!(difference.abs() < 10.0, "{difference}");
        }
    }

    #[test]
    fn nothing_divides_by_zero() {
        let none = Collection { files: 0, words: 0 };
        assert_eq!(none.score(none.rarity(0), 0, 0), 0);
    }
}
