//! Digests of tiles, for those who have the numbers but not the field that digests are made in.

use arch_identity::Digest;
use serde::{Deserialize, Serialize};

use super::{InvalidAsk, NAME_CAP, NUMBERS_CAP, TILES_CAP, request::within};
use crate::control::Bytes;

/// Tiles whose digests are wanted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DigestRequest {
    /// Chosen by the asker, for the answer to name.
    pub request: u64,
    /// The name of a circuit about tiles: it says how large they are and how wide their numbers.
    pub circuit: String,
    /// At most [`TILES_CAP`], with at most [`NUMBERS_CAP`] bytes in all.
    pub tiles: Vec<TileNumbers>,
}

/// One tile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TileNumbers {
    /// Which.
    pub tile: TileKind,
    /// Row by row, each number lowest byte first and as wide as the circuit says.
    pub numbers: Bytes,
}

/// Which tile of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum TileKind {
    /// Rows × depth.
    A,
    /// Depth × columns.
    B,
    /// Rows × columns; before and after a step alike.
    Sums,
}

impl DigestRequest {
    /// Checks what the types cannot say.
    ///
    /// # Errors
    /// [`InvalidAsk`].
    pub fn check(&self) -> Result<(), InvalidAsk> {
        within("circuit's name", self.circuit.len(), NAME_CAP)?;
        within("list of tiles", self.tiles.len(), TILES_CAP)?;
        let length = |TileNumbers { numbers: Bytes(numbers), .. }: &TileNumbers| numbers.len();
        let all = self.tiles.iter().map(length).fold(0, usize::saturating_add);
        within("numbers of all tiles", all, NUMBERS_CAP)
    }
}

/// A digest as it stands in an answer: 64 lower-case hexadecimal digits, lowest byte first.
#[must_use]
pub fn digest_text(bytes: [u8; 32]) -> String {
    Digest::from_bytes(bytes).hex()
}

/// The 32 bytes of such a text; none if it is no such text. Whether they are an element of the field is
/// not known here.
#[must_use]
pub fn read_digest_text(text: &str) -> Option<[u8; 32]> {
    let digits: Digest = format!("sha256:{text}").parse().ok()?;
    Some(*digits.as_bytes())
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*, sample::select};

    use super::*;
    use crate::{
        frame::{FrameReader, encode},
        prover::{FromProver, REQUEST_CAP, ToProver},
    };

    fn tile(length: usize) -> TileNumbers {
        TileNumbers { tile: TileKind::Sums, numbers: Bytes(vec![0xff; length]) }
    }

    fn plain(tiles: Vec<TileNumbers>) -> DigestRequest {
        DigestRequest { request: u64::MAX, circuit: "\u{1}".repeat(NAME_CAP), tiles }
    }

    #[test]
    fn too_many_tiles_or_numbers_and_long_names_are_refused() {
        let told = |request: DigestRequest| ToProver::Digest(request).check();
        let long = |what, most| Err(InvalidAsk::Long { what, most });
        assert_eq!(told(plain(vec![])), Ok(()));
        assert_eq!(told(plain(vec![tile(1); TILES_CAP])), Ok(()));
        assert_eq!(told(plain(vec![tile(0); TILES_CAP + 1])), long("list of tiles", TILES_CAP));
        let numbers = long("numbers of all tiles", NUMBERS_CAP);
        assert_eq!(told(plain(vec![tile(NUMBERS_CAP)])), Ok(()));
        assert_eq!(told(plain(vec![tile(NUMBERS_CAP), tile(1)])), numbers);
        assert_eq!(told(plain(vec![tile(NUMBERS_CAP + 1)])), numbers);
        let named = DigestRequest { circuit: "x".repeat(NAME_CAP + 1), ..plain(vec![]) };
        assert_eq!(told(named), long("circuit's name", NAME_CAP));
    }

    #[test]
    fn the_longest_request_that_passes_and_its_answer_fit_a_frame() {
        // Lengths that leave the most to padding.
        let request = plain(vec![tile(NUMBERS_CAP / TILES_CAP); TILES_CAP]);
        request.check().unwrap();
        assert!(encode(&ToProver::Digest(request)).unwrap().len() < REQUEST_CAP);
        let digests = vec![digest_text([0xff; 32]); TILES_CAP];
        let told = FromProver::Digests { request: u64::MAX, digests };
        assert!(encode(&told).unwrap().len() < REQUEST_CAP);
    }

    #[test]
    fn a_digest_has_one_text() {
        let mut bytes = [0; 32];
        (bytes[0], bytes[31]) = (0xab, 1);
        let text = digest_text(bytes);
        assert!(text.starts_with("ab00") && text.ends_with("0001"), "{text}");
        assert_eq!(read_digest_text(&text), Some(bytes));
        for other in [
            text.to_uppercase(),
            format!(" {}", &text[1..]),
            text[1..].to_owned(),
            format!("{text}0"),
            format!("sha256:{text}"),
            "g".repeat(64),
            "é".repeat(32),
            String::new(),
        ] {
            assert_eq!(read_digest_text(&other), None, "{other}");
        }
    }

    proptest! {
        #[test]
        fn requests_and_answers_read_back(
            request: u64, circuit in ".{0,30}", numbers in vec(vec(any::<u8>(), 0..99), 0..6),
            tile in select(&[TileKind::A, TileKind::B, TileKind::Sums][..]), bytes: [u8; 32],
        ) {
            let tiles = numbers.into_iter().map(|numbers| {
                TileNumbers { tile, numbers: Bytes(numbers) }
            });
            let asked = ToProver::Digest(DigestRequest { request, circuit, tiles: tiles.collect() });
            let told = FromProver::Digests { request, digests: vec![digest_text(bytes)] };
            let mut reader = FrameReader::capped(REQUEST_CAP);
            reader.push(&encode(&asked).unwrap());
            reader.push(&encode(&told).unwrap());
            prop_assert_eq!((asked.request(), told.request()), (Some(request), Some(request)));
            prop_assert_eq!(reader.take().unwrap(), Some(asked));
            prop_assert_eq!(reader.take().unwrap(), Some(told));
            prop_assert_eq!(read_digest_text(&digest_text(bytes)), Some(bytes));
        }

        #[test]
        fn no_text_makes_the_reader_of_digests_panic(text in ".{0,80}") {
            let read = read_digest_text(&text);
            prop_assert!(read.is_none_or(|bytes| digest_text(bytes) == text));
        }
    }
}
