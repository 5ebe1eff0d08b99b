//! `.npy` of 32-bit floats, row by row; a claim until it is held against the file's length. agent/matrix
//! reads more of them (src/file/npy.rs), but not with the old compiler that builds the guests.

use crate::recipe::Carrier;

const MAGIC: &[u8] = b"\x93NUMPY";

/// The longest header that is read; one of a matrix has about 100 bytes.
const MOST_HEADER: u32 = 4_096;

/// So many bytes of a file are enough to read its header.
pub const ENOUGH: u64 = 4_096 + 12;

/// Where the floats stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stored {
    /// Not 0.
    pub rows: u64,
    /// Not 0.
    pub columns: u64,
    /// Bytes before the first float.
    pub offset: u64,
}

/// Reads the header from the first bytes of a file of `length` bytes, or says why not.
pub fn read(begin: &[u8], length: u64) -> Result<Stored, String> {
    let rest = begin.strip_prefix(MAGIC).ok_or("not a NumPy (.npy) file")?;
    let (size, before) = match *rest {
        [1, 0, a, b, ..] => (u32::from(u16::from_le_bytes([a, b])), 10),
        [2 | 3, 0, a, b, c, d, ..] => (u32::from_le_bytes([a, b, c, d]), 12),
        _ => return Err("the header is cut short, or of no version from 1 to 3".to_owned()),
    };
    let end =
        if size > MOST_HEADER { None } else { usize::try_from(size).ok().map(|n| before + n) };
    let text = end.and_then(|end| begin.get(before..end));
    let text = text.ok_or("the header is cut short or longer than 4096 bytes")?;
    let text = std::str::from_utf8(text).map_err(|_| "the header is no text")?;
    let (rows, columns) = Dictionary { rest: text }.matrix()?;
    let offset = u64::try_from(before + text.len()).map_err(|error| error.to_string())?;
    let promised = rows.checked_mul(columns).and_then(|numbers| numbers.checked_mul(4));
    let room = length.saturating_sub(offset);
    match promised {
        Some(0) => Err("the matrix is empty".to_owned()),
        Some(promised) if promised == room => Ok(Stored { rows, columns, offset }),
        _ => Err(format!(
            "the header promises {} by {} floats, the file has room for {} bytes",
            rows, columns, room
        )),
    }
}

/// The header of a matrix of integers, as NumPy writes it.
pub fn header(carrier: Carrier, rows: u64, columns: u64) -> Vec<u8> {
    let descr = match carrier {
        Carrier::I8 => "|i1",
        Carrier::I16 => "<i2",
    };
    let mut text = format!(
        "{{'descr': '{}', 'fortran_order': False, 'shape': ({}, {}), }}",
        descr, rows, columns
    );
    while (text.len() + 11) % 64 != 0 {
        text.push(' ');
    }
    text.push('\n');
    let length = text.len() as u16; // two numbers of 20 digits at most
    [MAGIC, &[1, 0], &length.to_le_bytes(), text.as_bytes()].concat()
}

/// What may stand between words. Python takes more within brackets, and less before them.
const BLANK: &[char] = &[' ', '\t', '\n'];

/// What is not read yet of a dictionary as NumPy writes it; there is no other Python in here.
struct Dictionary<'a> {
    rest: &'a str,
}

impl<'a> Dictionary<'a> {
    /// Rows and columns.
    fn matrix(mut self) -> Result<(u64, u64), String> {
        let (mut descr, mut by_columns, mut shape) = (None, None, None);
        self.rest = self.rest.strip_prefix('{').ok_or_else(|| sense("it is no dictionary"))?;
        while !self.eat('}') {
            let key = self.string()?;
            self.expect(':')?;
            let new = match key {
                "descr" => descr.replace(self.string()?).is_none(),
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
        if !self.rest.trim_end_matches('\n').trim_matches(&[' ', '\t'][..]).is_empty() {
            return Err(sense("something stands behind the dictionary"));
        }
        match (descr, by_columns, shape.as_deref()) {
            (Some("<f4"), Some(false), Some([rows, columns])) => Ok((*rows, *columns)),
            (Some("<f4"), Some(true), Some(_)) => {
                Err("the matrix is stored column by column; store it row by row (C order)"
                    .to_owned())
            }
            (Some("<f4"), Some(_), Some(sides)) => {
                Err(format!("the array has {} sides; a matrix has two", sides.len()))
            }
            (Some(descr), Some(_), Some(_)) => {
                let descr: String = descr.chars().take(32).collect();
                Err(format!("numbers of type `{}` are not taken; store `<f4`", descr))
            }
            _ => Err(sense("one of the keys descr, fortran_order and shape is missing")),
        }
    }

    fn eat(&mut self, sign: char) -> bool {
        let rest = self.rest.trim_start_matches(BLANK).strip_prefix(sign);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn expect(&mut self, sign: char) -> Result<(), String> {
        if self.eat(sign) { Ok(()) } else { Err(sense(&format!("`{}` is missing", sign))) }
    }

    fn string(&mut self) -> Result<&'a str, String> {
        let quote = if self.eat('\'') { '\'' } else { self.expect('"').map(|()| '"')? };
        let (text, rest) = self.rest.split_once(quote).ok_or_else(|| sense("a text has no end"))?;
        self.rest = rest;
        if text.contains('\\') { Err(sense("a text has an escape")) } else { Ok(text) }
    }

    fn truth(&mut self) -> Result<bool, String> {
        let rest = self.rest.trim_start_matches(BLANK);
        for (word, truth) in [("False", false), ("True", true)] {
            if let Some(rest) = rest.strip_prefix(word) {
                self.rest = rest;
                return Ok(truth);
            }
        }
        Err(sense("fortran_order is neither True nor False"))
    }

    fn tuple(&mut self) -> Result<Vec<u64>, String> {
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

    fn number(&mut self) -> Result<u64, String> {
        let rest = self.rest.trim_start_matches(BLANK);
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let (digits, rest) = rest.split_at(end);
        self.rest = rest;
        // Python has another reading of `02`, which is none.
        if digits.len() > 1 && digits.starts_with('0') {
            return Err(sense("a side begins with 0"));
        }
        digits.parse().map_err(|_| sense("a side is no number"))
    }
}

fn sense(why: &str) -> String {
    format!("the header makes no sense: {}", why)
}
