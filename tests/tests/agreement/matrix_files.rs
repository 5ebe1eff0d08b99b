//! Mutants of matrix files: those that we take, NumPy and safetensors' own reader take as the same
//! numbers. That we refuse some that they take is our right.
//!
//! `cargo xtask soak matrix-files` draws others.

use std::collections::BTreeSet;
use std::ops::Range;

use arch_campaign::{Campaign, Case, Mutator};
use arch_matrix::file::{Dtype, Stored, npy, safetensors};

use crate::readers::Reader;

/// Mutants a case, of each kind of file.
const SHEAF: usize = 2_000;

/// A file that we take, and what we read there.
#[derive(serde::Serialize)]
struct Taken {
    /// `npy`, or the name of the tensor.
    of: &'static str,
    /// In hexadecimal, as all bytes here.
    file: String,
    dtype: &'static str,
    shape: [u64; 2],
    values: String,
}

/// Spellings, of which one takes the place of another of its line: some say the same, some look as if they
/// did.
const SPELLINGS: [&[&str]; 13] = [
    &["'descr'", "\"descr\"", "u'descr'", "b'descr'", "'\\x64escr'", "'shape'", "'de' 'scr'"],
    &[
        "'|i1'",
        "'<i1'",
        "'>i1'",
        "'=i1'",
        "'i1'",
        "'b'",
        "'|u1'",
        "'|b1'",
        "'int8'",
        "(('i', '|i1'))",
    ],
    &["'<i2'", "'>i2'", "'=i2'", "'i2'", "'<i2 '", "'<i4'", "'<f4'", "'h'", "'<2i'"],
    &["False", "True", "0", "None", "false", "not 1", "F"],
    &[
        "(2, 3)",
        "(2, 3,)",
        "((2), 3)",
        "(2, 3,,)",
        "[2, 3]",
        "(3, 2)",
        "(6,)",
        "(1, 6)",
        "(1, 2, 3)",
    ],
    &[
        "2",
        "02",
        "2L",
        "0x2",
        "0b10",
        "+2",
        "2.0",
        "0_2",
        "2_0",
        "1",
        "3",
        "-2",
        "1099511627776",
        "²",
    ],
    &[" ", "", "  ", "\t", "\n", "\r", "\u{c}", "\u{a0}", "\u{2028}", "#\n", "\\\n", "\0"],
    &["}", ", }", ",, }", "} ", "}\n", "}\n\n \n", "} }", "}#", "};", "},"],
    &["{", " {", "\n{", "\t{", "({", "{{", "\u{feff}{"],
    &["\"I8\"", "\"U8\"", "\"BOOL\"", "\"F8_E5M2\"", "\"i8\"", "\"I16\"", "\"\\u00498\"", "8"],
    &["\"F4\"", "\"F6_E2M3\"", "\"F6_E3M2\"", "\"BF16\"", "\"F16\"", "\"I4\"", "\"F32\""],
    &[
        "[2,3]",
        "[3,2]",
        "[6,1]",
        "[6]",
        "[]",
        "[0]",
        "[2.0,3]",
        "[2,3,1]",
        "[2e0,3]",
        "[4294967296,4294967296]",
    ],
    &[
        "\"w\"",
        "\"v\"",
        "\"\\u0077\"",
        "\"W\"",
        "\"shape\"",
        "\"dtype\"",
        "\"data_offsets\"",
        "\"__metadata__\"",
    ],
];

/// Bytes of the numbers 1 to 6, as wide as the type says.
fn six(dtype: Dtype) -> Vec<u8> {
    let wide = |number: u8| {
        let mut bytes = vec![0; dtype.bytes() as usize];
        bytes[0] = number;
        bytes
    };
    (1..=6).flat_map(wide).collect()
}

fn npy_files() -> Vec<Vec<u8>> {
    let of = |dtype| [npy::header(dtype, 2, 3), six(dtype)].concat();
    let mut files: Vec<_> =
        [Dtype::I8, Dtype::I16, Dtype::I32, Dtype::I64, Dtype::F32].map(of).into();
    // The second version has four bytes of length, the third one another spelling of letters.
    for version in [2, 3] {
        let [first, ..] = files.as_slice() else { unreachable!() };
        let (magic, rest) = first.split_at(6);
        let (length, rest) = rest[2..].split_at(2);
        files.push([magic, &[version, 0], length, &[0, 0], rest].concat());
    }
    files
}

fn safetensors_files() -> Vec<Vec<u8>> {
    let file = |header: &str, data: &[u8]| {
        [&(header.len() as u64).to_le_bytes(), header.as_bytes(), data].concat()
    };
    let one = |dtype, end| {
        format!(r#"{{"w":{{"dtype":"{dtype}","shape":[2,3],"data_offsets":[0,{end}]}}}}"#)
    };
    let two = r#"{"__metadata__":{"format":"pt"},"w":{"dtype":"F32","shape":[2,3],"data_offsets":[6,30]},"v":{"dtype":"I8","shape":[2,3],"data_offsets":[0,6]}}   "#;
    let others = r#"{"x":{"dtype":"F4","shape":[2,3],"data_offsets":[0,3]},"w":{"dtype":"I8","shape":[2,3],"data_offsets":[3,9]},"e":{"dtype":"BF16","shape":[0],"data_offsets":[9,9]},"b":{"dtype":"BF16","shape":[],"data_offsets":[9,11]}}"#;
    vec![
        file(&one("I8", 6), &six(Dtype::I8)),
        file(&one("I64", 48), &six(Dtype::I64)),
        file(two, &[six(Dtype::I8), six(Dtype::F32)].concat()),
        file(others, &[[9; 3].to_vec(), six(Dtype::I8), vec![9; 2]].concat()),
    ]
}

fn taken(of: &'static str, file: &[u8], stored: &Stored) -> Taken {
    let (from, length) = (stored.offset as usize, stored.length().unwrap() as usize);
    let dtype = match stored.dtype {
        Dtype::I8 => "int8",
        Dtype::I16 => "int16",
        Dtype::I32 => "int32",
        Dtype::I64 => "int64",
        Dtype::F32 => "float32",
    };
    let shape = [stored.rows, stored.columns];
    let values = hex(&file[from..from + length]);
    Taken { of, file: hex(file), dtype, shape, values }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What we read of a file of the first kind.
fn of_npy(file: &[u8]) -> Option<Taken> {
    let stored = npy::read(file, file.len() as u64).ok()?;
    Some(taken("npy", file, &stored))
}

/// What we read of the tensors of one of the second.
fn of_safetensors(file: &[u8]) -> Vec<Taken> {
    let length = file.len() as u64;
    let Ok(header) = safetensors::header_length(file, length) else { return Vec::new() };
    let header = &file[8..8 + header as usize];
    let find = |name| Some(taken(name, file, &safetensors::find(header, length, name).ok()?));
    ["w", "v"].into_iter().filter_map(find).collect()
}

/// Mutants, each once. Of most only the header is another one, whose length is told as it is, with one or two
/// other spellings: else hardly any would be read to its end.
fn drawn(case: &mut Case, mutator: &Mutator, kind: Kind) -> BTreeSet<Vec<u8>> {
    let mut one = || {
        if case.once_in(4) {
            return mutator.draw(case);
        }
        let file = case.pick(mutator.corpus());
        let mut header = String::from_utf8(file[kind.header(file)].to_vec()).unwrap();
        for _ in 0..=case.below(2) {
            header = spelled_otherwise(case, &header);
        }
        kind.with_header(file, header.as_bytes())
    };
    (0..SHEAF).map(|_| one()).collect()
}

/// One word in another spelling, wherever it stands.
fn spelled_otherwise(case: &mut Case, header: &str) -> String {
    let line = case.pick(&SPELLINGS);
    let there: Vec<(usize, &str)> = line
        .iter()
        .filter(|word| !word.is_empty())
        .flat_map(|word| header.match_indices(*word))
        .collect();
    if there.is_empty() {
        return header.to_owned();
    }
    let (at, word) = *case.pick(&there);
    [&header[..at], *case.pick(line), &header[at + word.len()..]].concat()
}

/// What sort of file.
#[derive(Clone, Copy)]
enum Kind {
    Npy,
    Safetensors,
}

impl Kind {
    /// Where the header of an honest file is.
    fn header(self, file: &[u8]) -> Range<usize> {
        match self {
            Self::Npy => {
                let begin = if file[6] == 1 { 10 } else { 12 };
                begin..begin + usize::from(u16::from_le_bytes([file[8], file[9]]))
            }
            Self::Safetensors => 8..8 + usize::from(file[0]),
        }
    }

    /// The file with another header.
    fn with_header(self, file: &[u8], header: &[u8]) -> Vec<u8> {
        let Range { start, end } = self.header(file);
        let length = (header.len() as u64).to_le_bytes();
        let (magic, length) = match self {
            Self::Npy => (&file[..8], &length[..start - 8]),
            Self::Safetensors => (&[][..], &length[..]),
        };
        [magic, length, header, &file[end..]].concat()
    }
}

#[test]
fn what_we_take_for_a_matrix_its_own_reader_takes_for_the_same_one() {
    let mut reader = Reader::of_matrices();
    let (npy, safe) = (npy_files(), safetensors_files());
    assert!(safe.iter().all(|file| file[1] == 0), "their headers are shorter than 256 bytes");
    let honest = npy.iter().filter_map(|file| of_npy(file)).count();
    assert_eq!(honest, npy.len(), "all of the honest ones are read");
    let honest: usize = safe.iter().map(|file| of_safetensors(file).len()).sum();
    assert_eq!(honest, 5);
    let words: Vec<&str> = SPELLINGS.concat();
    let npy = Mutator::new(npy).with_words(&words);
    let safe = Mutator::new(safe).with_words(&words);
    Campaign::new("matrix-files", 4).watch("read otherwise").run(|case| {
        let npy = drawn(case, &npy, Kind::Npy);
        let safe = drawn(case, &safe, Kind::Safetensors);
        case.add("files", (npy.len() + safe.len()) as u64);
        let mut all: Vec<Taken> = npy.iter().filter_map(|file| of_npy(file)).collect();
        let of_numpy = all.len();
        all.extend(safe.iter().flat_map(|file| of_safetensors(file)));
        let rare = SHEAF / 50;
        assert!(of_numpy > rare && all.len() - of_numpy > rare, "{of_numpy} of {}", all.len());
        case.add("taken", all.len() as u64);
        let Some(reader) = &mut reader else { return };
        case.add(reader.counted, all.len() as u64);
        for differs in reader.disagrees(&all) {
            let Taken { of, file, dtype, shape, .. } = &all[differs.differs];
            let why = format!(
                "{} reads {}\nwe {dtype} {shape:?} of {of}\nin {file}",
                differs.by, differs.read
            );
            case.fault("read otherwise", why);
        }
    });
}
