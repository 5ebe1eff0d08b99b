//! `.npy`, versions 1 to 3 (NEP 1): a magic, a version, the header's length, and a Python dictionary
//! of exactly three keys.

use super::{Dtype, FileError, Stored};

const MAGIC: &[u8] = b"\x93NUMPY";

/// The longest header that is read; one of a matrix has about 100 bytes.
pub const MOST_HEADER: u64 = 4_096;

/// So many bytes of a file are enough to read its header.
pub const ENOUGH: u64 = MOST_HEADER + 12;

/// Reads the header of a matrix from the first bytes of a file of `length` bytes.
///
/// # Errors
/// [`FileError`] if it is not one, or promises what the file has not.
pub fn read(begin: &[u8], length: u64) -> Result<Stored, FileError> {
    let rest = begin.strip_prefix(MAGIC).ok_or(FileError::Kind("NumPy (.npy)"))?;
    let cut = FileError::HeaderLength { limit: MOST_HEADER };
    let (version, rest) = rest.split_at_checked(2).ok_or_else(|| cut.clone())?;
    let (size, rest) = match version {
        [1, 0] => rest.split_first_chunk().map(|(n, rest)| (u16::from_le_bytes(*n).into(), rest)),
        [2 | 3, 0] => rest.split_first_chunk().map(|(n, rest)| (u32::from_le_bytes(*n), rest)),
        _ => return Err(FileError::Kind("NumPy (.npy) version 1 to 3")),
    }
    .ok_or_else(|| cut.clone())?;
    let short = usize::try_from(size).ok().filter(|_| u64::from(size) <= MOST_HEADER);
    let text = short.and_then(|size| rest.get(..size)).ok_or(cut)?;
    let before = begin.len().saturating_sub(rest.len()).saturating_add(text.len());
    let offset = u64::try_from(before).unwrap_or(u64::MAX);
    let text = std::str::from_utf8(text).map_err(|_| sense("it is no text"))?;
    let stored = Dictionary { rest: text }.matrix(offset)?;
    let room = length.saturating_sub(offset);
    match stored.length() {
        Some(promised) if promised == room => Ok(stored),
        promised => Err(FileError::Length { promised: promised.unwrap_or(u64::MAX), room }),
    }
}

/// The header of a matrix: what stands before its numbers.
#[must_use]
pub fn header(dtype: Dtype, rows: u32, columns: u32) -> Vec<u8> {
    let descr = match dtype {
        Dtype::I8 => "|i1",
        Dtype::I16 => "<i2",
        Dtype::I32 => "<i4",
        Dtype::I64 => "<i8",
        Dtype::F32 => "<f4",
    };
    let mut text =
        format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': ({rows}, {columns}), }}");
    // Magic, version, length and text together are a multiple of 64, with a line feed at the end.
    while !text.len().saturating_add(11).is_multiple_of(64) {
        text.push(' ');
    }
    text.push('\n');
    let length = u16::try_from(text.len()).unwrap_or(u16::MAX);
    [MAGIC, &[1, 0], &length.to_le_bytes(), text.as_bytes()].concat()
}

fn sense(why: &str) -> FileError {
    FileError::Header(why.to_owned())
}

/// What may stand between words. Python takes more within brackets, and less before them.
const BLANK: [char; 3] = [' ', '\t', '\n'];

/// What is not read yet of a dictionary as NumPy writes it; there is no other Python in here.
struct Dictionary<'a> {
    rest: &'a str,
}

impl<'a> Dictionary<'a> {
    fn matrix(mut self, offset: u64) -> Result<Stored, FileError> {
        let (mut descr, mut by_columns, mut shape) = (None, None, None);
        self.rest = self.rest.strip_prefix('{').ok_or_else(|| sense("it is no dictionary"))?;
        while !self.eat('}') {
            let key = self.string()?;
            self.expect(':')?;
            let new = match key {
                "descr" => descr.replace(dtype(self.string()?)?).is_none(),
                "fortran_order" => by_columns.replace(self.truth()?).is_none(),
                "shape" => shape.replace(self.tuple()?).is_none(),
                _ => {
                    return Err(sense(
                        "there are the keys descr, fortran_order and shape, and no other",
                    ));
                }
            };
            if !new {
                return Err(sense("a key stands twice"));
            }
            if !self.eat(',') {
                self.expect('}')?;
                break;
            }
        }
        // NumPy fills up with blanks and ends the line, and Python refuses blanks on a line of their own.
        if !self.rest.trim_end_matches('\n').trim_matches([' ', '\t']).is_empty() {
            return Err(sense("something stands behind the dictionary"));
        }
        let missing = || sense("one of the keys descr, fortran_order and shape is missing");
        let (dtype, shape) = (descr.ok_or_else(missing)?, shape.ok_or_else(missing)?);
        let [rows, columns] = *shape.as_slice() else { return Err(FileError::Sides(shape.len())) };
        match by_columns.ok_or_else(missing)? {
            true => Err(FileError::ColumnMajor),
            false => Ok(Stored { dtype, rows, columns, offset }),
        }
    }

    fn eat(&mut self, sign: char) -> bool {
        let rest = self.rest.trim_start_matches(BLANK).strip_prefix(sign);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn expect(&mut self, sign: char) -> Result<(), FileError> {
        if self.eat(sign) { Ok(()) } else { Err(sense(&format!("`{sign}` is missing"))) }
    }

    fn string(&mut self) -> Result<&'a str, FileError> {
        let quote = if self.eat('\'') { '\'' } else { self.expect('"').map(|()| '"')? };
        let (text, rest) = self.rest.split_once(quote).ok_or_else(|| sense("a text has no end"))?;
        self.rest = rest;
        if text.contains('\\') { Err(sense("a text has an escape")) } else { Ok(text) }
    }

    fn truth(&mut self) -> Result<bool, FileError> {
        let rest = self.rest.trim_start_matches(BLANK);
        for (word, truth) in [("False", false), ("True", true)] {
            if let Some(rest) = rest.strip_prefix(word) {
                self.rest = rest;
                return Ok(truth);
            }
        }
        Err(sense("fortran_order is neither True nor False"))
    }

    fn tuple(&mut self) -> Result<Vec<u64>, FileError> {
        self.expect('(')?;
        let mut numbers = Vec::new();
        while !self.eat(')') {
            numbers.push(self.number()?);
            if !self.eat(',') {
                self.expect(')')?;
                break;
            }
        }
        Ok(numbers)
    }

    fn number(&mut self) -> Result<u64, FileError> {
        let rest = self.rest.trim_start_matches(BLANK);
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let (digits, rest) = rest.split_at_checked(end).unwrap_or_default();
        self.rest = rest;
        // Python has another reading of `02`, which is none.
        if digits.len() > 1 && digits.starts_with('0') {
            return Err(sense("a side begins with 0"));
        }
        digits.parse().map_err(|_| sense("a side is no number"))
    }
}

fn dtype(descr: &str) -> Result<Dtype, FileError> {
    match descr {
        "|i1" | "<i1" | ">i1" | "=i1" | "i1" => Ok(Dtype::I8),
        "<i2" => Ok(Dtype::I16),
        "<i4" => Ok(Dtype::I32),
        "<i8" => Ok(Dtype::I64),
        "<f4" => Ok(Dtype::F32),
        other => Err(FileError::Dtype(other.chars().take(32).collect())),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// As NumPy 2 writes a 2 × 3 matrix of 16 bits.
    fn numpy(text: &str) -> Vec<u8> {
        let mut text = text.to_owned();
        while !(text.len() + 11).is_multiple_of(64) {
            text.push(' ');
        }
        text.push('\n');
        let length = u16::try_from(text.len()).unwrap().to_le_bytes();
        [MAGIC, &[1, 0], &length, text.as_bytes()].concat()
    }

    fn read_text(text: &str, numbers: u64) -> Result<Stored, FileError> {
        let begin = numpy(text);
        read(&begin, begin.len() as u64 + numbers)
    }

    #[test]
    fn what_we_write_is_what_numpy_writes_and_reads_back() {
        let ours = header(Dtype::I16, 2, 3);
        assert_eq!(ours, numpy("{'descr': '<i2', 'fortran_order': False, 'shape': (2, 3), }"));
        assert_eq!(ours.len() % 64, 0);
        for dtype in [Dtype::I8, Dtype::I16, Dtype::I32, Dtype::I64, Dtype::F32] {
            let begin = header(dtype, 5, 7);
            let stored = read(&begin, begin.len() as u64 + 35 * dtype.bytes()).unwrap();
            assert_eq!((stored.dtype, stored.rows, stored.columns), (dtype, 5, 7));
            assert_eq!(stored.offset, begin.len() as u64);
        }
    }

    #[test]
    fn a_header_that_lies_or_is_not_one_is_refused() {
        let honest = "{'descr': '<i2', 'fortran_order': False, 'shape': (2, 3), }";
        assert!(read_text(honest, 12).is_ok());
        let length = |promised, room| Err(FileError::Length { promised, room });
        assert_eq!(read_text(honest, 11), length(12, 11));
        assert_eq!(read_text(honest, 13), length(12, 13));
        let big = honest.replace("(2, 3)", "(1099511627776, 1099511627776)");
        assert_eq!(read_text(&big, 12), length(u64::MAX, 12));
        for (from, to, error) in [
            ("False", "True", FileError::ColumnMajor),
            ("(2, 3)", "(6,)", FileError::Sides(1)),
            ("(2, 3)", "()", FileError::Sides(0)),
            ("(2, 3)", "(1, 2, 3)", FileError::Sides(3)),
            ("<i2", ">i2", FileError::Dtype(">i2".to_owned())),
            ("<i2", "|O", FileError::Dtype("|O".to_owned())),
        ] {
            assert_eq!(read_text(&honest.replace(from, to), 12), Err(error), "{to}");
        }
        for (from, to) in [
            ("'shape'", "'descr'"),
            ("'shape'", "'sharp'"),
            ("(2, 3)", "(2, -3)"),
            ("(2, 3)", "(2, 99999999999999999999)"),
            ("(2, 3)", "[2, 3]"),
            ("False", "0"),
            ("{", "__import__('os')"),
            ("}", "} # and more"),
            ("(2, 3)", "(02, 3)"),
            ("(2, 3)", "(2,\u{a0}3)"),
            ("{", "\n{"),
            ("}", "}\u{b}"),
            ("}", "}\n "),
            ("}", ""),
            (", 'shape': (2, 3), ", ""),
        ] {
            let error = read_text(&honest.replacen(from, to, 1), 12).unwrap_err();
            assert!(matches!(error, FileError::Header(_)), "{to}: {error}");
        }
    }

    #[test]
    fn a_file_cut_anywhere_is_refused() {
        let begin = header(Dtype::I8, 2, 3);
        for end in 0..begin.len() {
            assert!(read(&begin[..end], end as u64).is_err(), "{end}");
        }
        let endless = [MAGIC, &[2, 0], &u32::MAX.to_le_bytes(), b"{"].concat();
        assert_eq!(read(&endless, 99), Err(FileError::HeaderLength { limit: MOST_HEADER }));
        assert!(read(&[MAGIC, &[4, 0]].concat(), 8).is_err());
    }

    proptest! {
        #[test]
        fn no_header_panics(text in "[{}():, '\"\\\\a-zA-Z0-9<|]{0,80}", numbers in 0_u64..100) {
            let _whatever_it_says = read_text(&text, numbers);
        }

        #[test]
        fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..80), length in any::<u64>()) {
            let _whatever_they_say = read(&[MAGIC, &bytes].concat(), length);
        }
    }
}
