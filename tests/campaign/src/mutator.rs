//! Changes to bytes as chance, a bad disk or a forger makes them: the one engine of all fuzz targets.
#![expect(clippy::arithmetic_side_effects, reason = "places within a mutant, which is short")]

use crate::Case;

/// Longer mutants are cut: what is too long is tried on purpose, not by chance.
const LONGEST: usize = 1 << 20;
/// Most changes of one mutant.
const CHANGES: u64 = 5;
/// Most times that a piece is repeated, beside the rare flood.
const REPEATS: usize = 12;

/// Good items of a format, and the words that its readers look out for.
#[derive(Debug, Clone, Default)]
pub struct Mutator {
    corpus: Vec<Vec<u8>>,
    words: Vec<Vec<u8>>,
}

impl Mutator {
    /// An engine over good items.
    #[must_use]
    pub fn new(corpus: Vec<Vec<u8>>) -> Self {
        Self { corpus, words: Vec::new() }
    }

    /// The same, with words to insert and to exchange for each other.
    #[must_use]
    pub fn with_words<W: AsRef<[u8]>>(mut self, words: &[W]) -> Self {
        self.words.extend(words.iter().map(|word| word.as_ref().to_vec()));
        self
    }

    /// All good items.
    #[must_use]
    pub fn corpus(&self) -> &[Vec<u8>] {
        &self.corpus
    }

    /// A mutant of a random item, rarely the item itself.
    pub fn draw(&self, case: &mut Case) -> Vec<u8> {
        let item = case.pick(&self.corpus);
        self.mutant(case, item)
    }

    /// A mutant of `item`.
    pub fn mutant(&self, case: &mut Case, item: &[u8]) -> Vec<u8> {
        let mut bytes = item.to_vec();
        for _ in 0..=case.below(CHANGES) {
            self.change(case, &mut bytes);
            bytes.truncate(LONGEST);
        }
        bytes
    }

    fn change(&self, case: &mut Case, bytes: &mut Vec<u8>) {
        let (from, to) = range(case, bytes.len());
        let piece = bytes.get(from..to).unwrap_or_default().to_vec();
        match case.below(14) {
            0 => on(bytes, from, |byte, case| *byte ^= 1 << case.below(8), case),
            1 => on(bytes, from, |byte, case| *byte = octet(case), case),
            2 => on(bytes, from, |byte, _| *byte = 0, case),
            3 => drop(bytes.drain(from..to)),
            4 => bytes.truncate(from),
            5 => {
                let length = 1 + case.index(8);
                insert(bytes, from, &case.bytes(length));
            }
            6 => {
                let flood = if case.once_in(32) { 4_096 } else { REPEATS };
                let times = 1 + case.index(flood);
                insert(bytes, to, &piece.repeat(times));
            }
            7 => {
                // Somewhere else.
                drop(bytes.drain(from..to));
                let at = case.index(bytes.len() + 1);
                insert(bytes, at, &piece);
            }
            8 => self.splice(case, bytes, from, to),
            9 => length_field(case, bytes, from),
            10 => number(case, bytes, from),
            11 => bytes.iter_mut().skip(from).take(to - from).for_each(|byte| *byte = 0),
            12 if !self.words.is_empty() => {
                let word: &Vec<u8> = case.pick(&self.words);
                insert(bytes, from, word);
            }
            _ => self.exchange(case, bytes, from),
        }
    }

    /// A piece of one item in the place of a piece of another.
    fn splice(&self, case: &mut Case, bytes: &mut Vec<u8>, from: usize, to: usize) {
        let other = case.pick(&self.corpus);
        let (start, end) = range(case, other.len());
        let piece = other.get(start..end).unwrap_or_default().to_vec();
        drop(bytes.splice(from..to, piece));
    }

    /// A word in the place of another one, the first behind `from`.
    fn exchange(&self, case: &mut Case, bytes: &mut Vec<u8>, from: usize) {
        if self.words.is_empty() {
            return;
        }
        let (old, new) = (case.pick(&self.words).clone(), case.pick(&self.words).clone());
        let tail = bytes.get(from..).unwrap_or_default();
        let at = tail.windows(old.len().max(1)).position(|window| window == old);
        if let Some(at) = at {
            drop(bytes.splice(from + at..from + at + old.len(), new));
        }
    }
}

/// A piece: most are short, some reach to the end.
fn range(case: &mut Case, length: usize) -> (usize, usize) {
    let from = case.index(length + 1);
    let rest = length - from;
    let most = if case.once_in(4) { rest } else { rest.min(24) };
    (from, from + case.index(most + 1))
}

fn octet(case: &mut Case) -> u8 {
    // Borders come up often.
    match case.below(4) {
        0 => *case.pick(&[0, 1, 0x7f, 0x80, 0xff, b'\n', b'"', b'0', b' ', b'-']),
        _ => case.bytes(1).first().copied().unwrap_or_default(),
    }
}

fn on(bytes: &mut [u8], at: usize, change: impl FnOnce(&mut u8, &mut Case), case: &mut Case) {
    if let Some(byte) = bytes.get_mut(at) {
        change(byte, case);
    }
}

fn insert(bytes: &mut Vec<u8>, at: usize, piece: &[u8]) {
    let at = at.min(bytes.len());
    drop(bytes.splice(at..at, piece.iter().copied()));
}

/// Two, four or eight bytes as a length of either order: a little more or less, or far too much.
fn length_field(case: &mut Case, bytes: &mut [u8], from: usize) {
    let width = *case.pick(&[2, 4, 8]);
    let Some(field) = bytes.get_mut(from..from + width) else { return };
    let big = case.once_in(2);
    if big {
        field.reverse();
    }
    let mut whole = [0; 8];
    whole.iter_mut().zip(field.iter()).for_each(|(to, byte)| *to = *byte);
    let old = u64::from_le_bytes(whole);
    let new = match case.below(6) {
        0 => old.wrapping_add(1),
        1 => old.wrapping_sub(1),
        2 => old.wrapping_add(case.below(300)),
        3 => 0,
        4 => u64::MAX,
        _ => u64::MAX >> case.below(64),
    };
    field.iter_mut().zip(new.to_le_bytes()).for_each(|(to, byte)| *to = byte);
    if big {
        field.reverse();
    }
}

/// The first decimal number behind `from`: one more, one less, a border, or another spelling.
fn number(case: &mut Case, bytes: &mut Vec<u8>, from: usize) {
    let tail = bytes.get(from..).unwrap_or_default();
    let Some(start) = tail.iter().position(u8::is_ascii_digit) else { return };
    let digits = tail.iter().skip(start).take_while(|byte| byte.is_ascii_digit()).count().min(20);
    let (start, end) = (from + start, from + start + digits);
    let text = String::from_utf8_lossy(bytes.get(start..end).unwrap_or_default()).into_owned();
    let old: u64 = text.parse().unwrap_or_default();
    let new = match case.below(9) {
        0 => old.wrapping_add(1).to_string(),
        1 => old.wrapping_sub(1).to_string(),
        2 => format!("0{text}"),
        3 => format!("-{text}"),
        4 => "9007199254740992".to_owned(),
        5 => u64::MAX.to_string(),
        6 => "0".to_owned(),
        7 => format!("{text}.0"),
        _ => format!("{text}e1"),
    };
    drop(bytes.splice(start..end, new.into_bytes()));
}
