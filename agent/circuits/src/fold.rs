//! Who has the whole of an output.
//!
//! `arch-fold-v3` has the four public numbers of an older design, whose rows let anybody choose the
//! digest: task, seed, length and digest. It says that the prover has the words whose digest it is, all
//! of them, for this task and seed. It does not say that the words are right,
//! nor who has them: a proof can be handed on. Whoever wants to know that puts the prover's name and a
//! nonce into the seed.

use ark_bn254::Fr;
use ark_ff::{One as _, Zero as _};

use crate::{
    builder::{Builder, Wire},
    poseidon2,
};

/// The most words that an output may have: each 31 bytes of it, or the digest of a part.
pub const MOST_WORDS: usize = 240;

/// What is stated about an output, in public.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FoldStatement {
    /// The task.
    pub task: Fr,
    /// The seed that the task was given.
    pub seed: Fr,
    /// How many words the output has.
    pub length: Fr,
    /// Their digest, see [`Output::digest`].
    pub digest: Fr,
}

/// The words of an output, at most [`MOST_WORDS`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Output {
    words: Vec<Fr>,
}

/// More words than an output may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an output of {0} words; {MOST_WORDS} are the most")]
pub struct TooLong(pub usize);

impl Output {
    /// Takes the words.
    ///
    /// # Errors
    /// [`TooLong`] if there are more than [`MOST_WORDS`].
    pub fn new(words: Vec<Fr>) -> Result<Self, TooLong> {
        if words.len() > MOST_WORDS { Err(TooLong(words.len())) } else { Ok(Self { words }) }
    }

    /// Cuts bytes, and a 1 behind the last of them, into words of 31, lowest first: with zeros at their
    /// end or without, they are others.
    ///
    /// # Errors
    /// [`TooLong`] for more than 7,439 bytes.
    pub fn of_bytes(bytes: &[u8]) -> Result<Self, TooLong> {
        use ark_ff::PrimeField as _;
        let ended = [bytes, &[1]].concat();
        Self::new(ended.chunks(31).map(Fr::from_le_bytes_mod_order).collect())
    }

    /// The hash of task, seed and length, then, from the next permutation on, of 240 words, zeros behind
    /// the output's end.
    #[must_use]
    pub fn digest(&self, task: Fr, seed: Fr) -> Fr {
        let mut words = head(&[task, seed, self.length()]);
        words.extend(self.padded());
        let [digest, _] = poseidon2::hash(tag(), &words);
        digest
    }

    /// The statement that this output belongs to.
    #[must_use]
    pub fn statement(&self, task: Fr, seed: Fr) -> FoldStatement {
        FoldStatement { task, seed, length: self.length(), digest: self.digest(task, seed) }
    }

    fn length(&self) -> Fr {
        Fr::from(u64::try_from(self.words.len()).unwrap_or(u64::MAX))
    }

    fn padded(&self) -> impl Iterator<Item = Fr> + '_ {
        let zeros = std::iter::repeat(Fr::zero());
        self.words.iter().copied().chain(zeros).take(MOST_WORDS)
    }
}

impl FoldStatement {
    /// The public numbers, in the circuit's order.
    #[must_use]
    pub fn publics(&self) -> [Fr; 4] {
        [self.task, self.seed, self.length, self.digest]
    }
}

/// Lays an output and its statement over `b`.
pub(crate) fn lay<B: Builder>(b: &mut B, statement: &FoldStatement, output: &Output) {
    let [task, seed, length, digest] = statement.publics().map(|number| b.public(number));
    let one = B::Wire::constant(Fr::one());
    let mut words = head(&[task, seed, length.clone()]);
    let (mut used, mut before) = (B::Wire::nothing(), None);
    for (place, number) in output.padded().enumerate() {
        let word = b.cell(number);
        // Set for the places before the output's end: none is set behind one that is not, and as many
        // are set as the length says.
        let set = b.bit(place < output.words.len());
        if let Some(before) = before {
            b.require(&set, &one.minus(&before), &B::Wire::nothing());
        }
        b.require(&word, &one.minus(&set), &B::Wire::nothing());
        used = used.plus(&set);
        before = Some(set);
        words.push(word);
    }
    b.require_equal(&used, &length);
    let [computed, _] = poseidon2::sponge(b, tag(), &words);
    b.require_equal(&computed, &digest);
}

/// The first block of the sponge: it says what is hashed, the others only hold words.
fn head<W: Wire>(three: &[W; 3]) -> Vec<W> {
    let mut block = three.to_vec();
    block.resize_with(poseidon2::RATE, W::nothing);
    block
}

fn tag() -> Fr {
    poseidon2::tag("fold v3")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Circuit, builder::Numbers, field};

    /// Numbers of a prover who sets these places and has these words, for the length that he states and
    /// the digest of his words; and the rows that do not hold.
    fn broken(set: impl Fn(usize) -> bool, words: &[u64], length: u64) -> Vec<usize> {
        let mut all: Vec<Fr> = words.iter().copied().map(Fr::from).collect();
        all.resize(MOST_WORDS, Fr::zero());
        let (task, seed, length) = (Fr::from(7), Fr::from(99), Fr::from(length));
        let hashed = [head(&[task, seed, length]), all.clone()].concat();
        let [digest, _] = poseidon2::hash(tag(), &hashed);
        let honest = FoldStatement { task, seed, length, digest };
        // As `lay` goes, with another choice of what is set.
        let mut b = Numbers::new();
        let _publics = honest.publics().map(|number| b.public(number));
        for (place, word) in all.iter().enumerate() {
            b.cell(*word);
            b.bit(set(place));
        }
        let [_, _] = poseidon2::sponge(&mut b, tag(), &hashed);
        let numbers = b.finish();
        let system = Circuit::Fold.system();
        assert_eq!(numbers.len(), system.cells());
        (0..system.rows()).filter(|row| !system.row_holds(*row, &numbers)).collect()
    }

    #[test]
    fn words_are_counted_from_the_first_without_a_gap_and_none_is_behind_the_end() {
        assert_eq!(broken(|place| place < 3, &[1, 2, 3], 3), [0_usize; 0]);
        assert_eq!(broken(|place| [0, 1, 3].contains(&place), &[1, 2, 0, 4], 3).len(), 1, "a gap");
        assert_eq!(broken(|place| place < 3, &[1, 2, 3, 4], 3).len(), 1, "a word behind the end");
        assert_eq!(broken(|place| place < 4, &[1, 2, 3, 4], 3).len(), 1, "another length");
    }

    #[test]
    fn bytes_with_zeros_at_their_end_are_others() {
        let id =
            |bytes: &[u8]| Output::of_bytes(bytes).unwrap().statement(Fr::from(1), Fr::from(2));
        let all: std::collections::BTreeSet<[u8; 32]> =
            [&b""[..], b"a", b"a\0", &[0; 30], &[0; 31], &[0; 32]]
                .iter()
                .map(|bytes| field::to_bytes(&id(bytes).digest))
                .collect();
        assert_eq!(all.len(), 6);
        assert_eq!(id(&[7; 7_439]).length, Fr::from(240));
        assert_eq!(Output::of_bytes(&[7; 7_440]), Err(TooLong(241)));
    }
}
