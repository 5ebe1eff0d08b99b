//! What three hashes of the same leaf tell, and what they do not.
//!
//! *One differs*: that somebody is wrong, and not who. Two can have agreed on a lie. The odd one and
//! either of the two dispute it, and evidence decides, never the number of voices.
//! *All differ*: at least two are wrong. Each pair may dispute it; who is right wins both of his.
//! *All agree*: nothing is told here. Three who agreed on a lie are found by Freivalds' check, which
//! needs no second node.

/// What came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ThreeWay {
    /// The same values.
    Agree,
    /// This one differs from the other two.
    Odd(usize),
    /// Three different values.
    AllDiffer,
}

/// Compares three hashes of the same leaf.
pub fn three_way<T: PartialEq>([a, b, c]: &[T; 3]) -> ThreeWay {
    match (a == b, b == c, a == c) {
        (true, true, _) => ThreeWay::Agree,
        (true, false, _) => ThreeWay::Odd(2),
        (false, true, _) => ThreeWay::Odd(0),
        (false, false, true) => ThreeWay::Odd(1),
        (false, false, false) => ThreeWay::AllDiffer,
    }
}

/// Who may dispute with whom: every two that differ.
pub fn pairs<T: PartialEq>(hashes: &[T; 3]) -> Vec<[usize; 2]> {
    let [a, b, c] = hashes;
    let all = [([0, 1], a == b), ([0, 2], a == c), ([1, 2], b == c)];
    all.into_iter().filter(|(_, same)| !same).map(|(pair, _)| pair).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_of_three_is_told_with_who_may_dispute() {
        assert_eq!((three_way(&[1, 1, 1]), pairs(&[1, 1, 1])), (ThreeWay::Agree, vec![]));
        for (hashes, odd, may) in [
            ([2, 1, 1], 0, [[0, 1], [0, 2]]),
            ([1, 2, 1], 1, [[0, 1], [1, 2]]),
            ([1, 1, 2], 2, [[0, 2], [1, 2]]),
        ] {
            assert_eq!((three_way(&hashes), pairs(&hashes)), (ThreeWay::Odd(odd), may.to_vec()));
        }
        assert_eq!(three_way(&[1, 2, 3]), ThreeWay::AllDiffer);
        assert_eq!(pairs(&[1, 2, 3]).len(), 3);
    }
}
