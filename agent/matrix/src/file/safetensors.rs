//! safetensors: a length of 64 bits, a JSON object of that length, then the numbers. Only what the
//! one tensor needs is believed, but the whole header must make sense: every byte behind it belongs to one
//! tensor, and every tensor has as many as its type and its sides say. The format's own reader refuses all
//! other files, so that none means one thing here and another there.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{self, MapAccess, Visitor};

use super::{Dtype, FileError, Stored};

/// The longest header that is read; one of a large language model has about 100 KiB.
pub const MOST_HEADER: u64 = 4 << 20;

/// So many bytes of a file say how long its header is.
pub const PREFIX: u64 = 8;

/// How long the header is, from the first eight bytes.
///
/// # Errors
/// [`FileError::HeaderLength`] if it is longer than it may be, or than the file.
pub fn header_length(begin: &[u8], length: u64) -> Result<u64, FileError> {
    let limit = FileError::HeaderLength { limit: MOST_HEADER };
    let size = begin.first_chunk().map(|size| u64::from_le_bytes(*size));
    let fits = |size: &u64| *size <= MOST_HEADER && size.saturating_add(PREFIX) <= length;
    size.filter(fits).ok_or(limit)
}

/// Finds a tensor of two sides by its name: `header` is the JSON behind the first eight bytes of a
/// file of `length` bytes.
///
/// # Errors
/// [`FileError`] if the header makes no sense, promises what the file has not, or has no such tensor.
pub fn find(header: &[u8], length: u64, name: &str) -> Result<Stored, FileError> {
    let sense = |error: serde_json::Error| FileError::Header(error.to_string());
    let Tensors(tensors) = serde_json::from_slice(header).map_err(sense)?;
    let size = u64::try_from(header.len()).unwrap_or(u64::MAX);
    let data = PREFIX.saturating_add(size);
    let room = length.saturating_sub(data);
    let Some(tensor) = tensors.get(name) else {
        let has = tensors.keys().take(8).cloned().collect::<Vec<_>>().join(", ");
        let has = if tensors.len() > 8 { format!("{has} …") } else { has };
        return Err(FileError::NoTensor { name: name.chars().take(128).collect(), has });
    };
    let dtype = match tensor.dtype.as_str() {
        "I8" => Dtype::I8,
        "I16" => Dtype::I16,
        "I32" => Dtype::I32,
        "I64" => Dtype::I64,
        "F32" => Dtype::F32,
        other => return Err(FileError::Dtype(other.chars().take(32).collect())),
    };
    let [rows, columns] = *tensor.shape.as_slice() else {
        return Err(FileError::Sides(tensor.shape.len()));
    };
    let [start, end] = tensor.data_offsets;
    let stored = Stored { dtype, rows, columns, offset: data.saturating_add(start) };
    let there = end.checked_sub(start).filter(|_| end <= room);
    match (stored.length(), there) {
        (Some(promised), Some(there)) if promised == there => {
            make_sense(&tensors, room).map(|()| stored)
        }
        (promised, there) => Err(FileError::Length {
            promised: promised.unwrap_or(u64::MAX),
            room: there.unwrap_or(room.saturating_sub(start)),
        }),
    }
}

/// What has to hold of the tensors that nobody asked for as well.
fn make_sense(tensors: &BTreeMap<String, Tensor>, room: u64) -> Result<(), FileError> {
    if let Some((name, _)) = tensors.iter().find(|(_, tensor)| !tensor.has_its_length()) {
        let name: String = name.chars().take(128).collect();
        let why = format!("tensor `{name}` is not as long as its type and sides say");
        return Err(FileError::Header(why));
    }
    match cover(tensors, room) {
        true => Ok(()),
        false => Err(FileError::Header("not every byte belongs to one tensor".to_owned())),
    }
}

/// Whether tensors lie one behind the other and take all the room.
fn cover(tensors: &BTreeMap<String, Tensor>, room: u64) -> bool {
    let mut places: Vec<[u64; 2]> = tensors.values().map(|tensor| tensor.data_offsets).collect();
    places.sort_unstable();
    let behind =
        |upto: u64, [start, end]: &[u64; 2]| (*start == upto && end >= start).then_some(*end);
    places.iter().try_fold(0, behind) == Some(room)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Tensor {
    dtype: String,
    shape: Vec<u64>,
    data_offsets: [u64; 2],
}

/// Bits of a number of each type that safetensors 0.8 knows.
const BITS: [(u64, &[&str]); 6] = [
    (4, &["F4"]),
    (6, &["F6_E2M3", "F6_E3M2"]),
    (8, &["BOOL", "U8", "I8", "F8_E5M2", "F8_E4M3", "F8_E8M0", "F8_E4M3FNUZ", "F8_E5M2FNUZ"]),
    (16, &["I16", "U16", "F16", "BF16"]),
    (32, &["I32", "U32", "F32"]),
    (64, &["I64", "U64", "F64", "C64"]),
];

impl Tensor {
    /// Whether it has as many bytes as its type and its sides say; of a type that nobody knows nobody can
    /// say that.
    fn has_its_length(&self) -> bool {
        let bits = BITS.iter().find(|(_, types)| types.contains(&self.dtype.as_str()));
        let numbers = self.shape.iter().try_fold(1, |all: u64, side| all.checked_mul(*side));
        let [start, end] = self.data_offsets;
        let bytes = end.checked_sub(start);
        let says = bits.zip(numbers).and_then(|((bits, _), numbers)| numbers.checked_mul(*bits));
        says.is_some() && says == bytes.and_then(|bytes| bytes.checked_mul(8))
    }
}

/// By name; a name that stands twice is refused, since readers differ on which one counts.
struct Tensors(BTreeMap<String, Tensor>);

impl<'de> Deserialize<'de> for Tensors {
    fn deserialize<D: de::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(Names)
    }
}

struct Names;

impl<'de> Visitor<'de> for Names {
    type Value = Tensors;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of tensors")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Tensors, A::Error> {
        let mut tensors = BTreeMap::new();
        let mut described = false;
        while let Some(name) = map.next_key::<String>()? {
            let twice = match name.as_str() {
                "__metadata__" => {
                    let _for_people: BTreeMap<String, String> = map.next_value()?;
                    std::mem::replace(&mut described, true)
                }
                _ => tensors.insert(name, map.next_value()?).is_some(),
            };
            if twice {
                return Err(de::Error::custom("a name stands twice"));
            }
        }
        Ok(Tensors(tensors))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const HONEST: &str = r#"{"__metadata__":{"format":"pt"},"w":{"dtype":"F32","shape":[2,3],"data_offsets":[8,32]},"v":{"dtype":"I8","shape":[8],"data_offsets":[0,8]}}"#;

    fn find_in(header: &str, name: &str) -> Result<Stored, FileError> {
        find(header.as_bytes(), 8 + header.len() as u64 + 32, name)
    }

    #[test]
    fn a_tensor_is_found_where_the_header_says() {
        let stored = find_in(HONEST, "w").unwrap();
        assert_eq!((stored.dtype, stored.rows, stored.columns), (Dtype::F32, 2, 3));
        assert_eq!(stored.offset, 8 + HONEST.len() as u64 + 8);
        let length = (HONEST.len() as u64).to_le_bytes();
        assert_eq!(header_length(&length, 1_000), Ok(HONEST.len() as u64));
    }

    #[test]
    fn a_header_that_lies_is_refused() {
        assert_eq!(find_in(HONEST, "v"), Err(FileError::Sides(1)));
        assert!(matches!(find_in(HONEST, "x"), Err(FileError::NoTensor { .. })));
        let short = find(HONEST.as_bytes(), 8 + HONEST.len() as u64 + 31, "w");
        assert_eq!(short, Err(FileError::Length { promised: 24, room: 23 }));
        for (from, to) in [
            ("[8,32]", "[8,31]"),
            ("[8,32]", "[32,8]"),
            ("[8,32]", "[16,40]"),
            ("[2,3]", "[2,4]"),
            ("[2,3]", "[1099511627776,1099511627776]"),
        ] {
            let error = find_in(&HONEST.replace(from, to), "w").unwrap_err();
            assert!(matches!(error, FileError::Length { .. }), "{to}: {error}");
        }
        assert_eq!(
            find_in(&HONEST.replace("F32", "BF16"), "w"),
            Err(FileError::Dtype("BF16".to_owned()))
        );
        for (from, to) in [
            ("\"v\":", "\"w\":"),
            ("[2,3]", "[-2,3]"),
            ("[8,32]", "[8]"),
            ("\"shape\"", "\"sharp\""),
            ("\"pt\"", "7"),
            ("{\"__metadata__\"", "["),
            ("[0,8]", "[0,7]"),
            ("[0,8]", "[1,8]"),
            ("[0,8]", "[0,9]"),
            ("[0,8]", "[8,0]"),
            ("[8],", "[7],"),
            ("[8],", "[4294967296,4294967296],"),
            ("I8", "I16"),
            ("I8", "I9"),
        ] {
            let error = find_in(&HONEST.replace(from, to), "w").unwrap_err();
            assert!(matches!(error, FileError::Header(_)), "{to}: {error}");
        }
        let long = find(HONEST.as_bytes(), 8 + HONEST.len() as u64 + 33, "w");
        assert!(matches!(long, Err(FileError::Header(_))), "{long:?}");
        let of_nothing = HONEST.replace("[8],\"data_offsets\":[0,8]", "[0],\"data_offsets\":[8,8]");
        assert!(find_in(&of_nothing, "w").is_err(), "nobody has the first eight bytes");
    }

    #[test]
    fn every_tensor_has_to_be_as_long_as_its_type_and_sides_say() {
        for (bits, types) in BITS {
            for dtype in types {
                let header = |numbers: u64| {
                    HONEST.replace(
                        "\"I8\",\"shape\":[8]",
                        &format!("\"{dtype}\",\"shape\":[{numbers}]"),
                    )
                };
                for numbers in 1..=16 {
                    let fits = numbers * bits == 64;
                    assert_eq!(find_in(&header(numbers), "w").is_ok(), fits, "{dtype} {numbers}");
                }
            }
        }
    }

    #[test]
    fn a_length_beyond_the_file_or_beyond_reason_is_refused() {
        let limit = Err(FileError::HeaderLength { limit: MOST_HEADER });
        assert_eq!(header_length(&[1; 7], 1_000), limit);
        assert_eq!(header_length(&100_u64.to_le_bytes(), 107), limit);
        assert_eq!(header_length(&u64::MAX.to_le_bytes(), u64::MAX), limit);
        assert_eq!(header_length(&100_u64.to_le_bytes(), 108), Ok(100));
    }

    proptest! {
        #[test]
        fn no_header_panics(text in "[{}\\[\\]:,\"wdtypeshaoff_0-9-]{0,80}", length in any::<u64>()) {
            let _whatever_it_says = find(text.as_bytes(), length, "w");
        }

        #[test]
        fn one_changed_byte_never_panics(
            at in any::<prop::sample::Index>(), byte in any::<u8>(), length in 0_u64..400,
        ) {
            let mut header = HONEST.as_bytes().to_vec();
            let at = at.index(header.len());
            header[at] = byte;
            let _whatever_it_says = find(&header, length, "w");
        }
    }
}
