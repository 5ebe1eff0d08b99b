//! The guest `prepare` (tests/guests/prepare) is written a second time, for the compiler that anyone can
//! build the same module with. Here its source is held against the definition, and its reading of
//! headers against ours.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests may be blunt"
)]
#![allow(
    clippy::collapsible_if,
    clippy::manual_is_multiple_of,
    clippy::unnecessary_map_or,
    reason = "the guests' compiler is of 2022"
)]

#[allow(dead_code, missing_docs, unreachable_pub, reason = "the guest uses more of it")]
#[path = "../../../tests/guests/prepare/npy.rs"]
mod npy;
#[allow(dead_code, missing_docs, unreachable_pub, reason = "the guest uses more of it")]
#[path = "../../../tests/guests/prepare/recipe.rs"]
mod recipe;
#[allow(dead_code, missing_docs, unreachable_pub, reason = "the guest uses more of it")]
#[path = "../../../tests/guests/prepare/steps.rs"]
mod steps;

use arch_matrix::file::{self, Dtype};
use arch_matrix::prepare::{Alpha, Clamp, Prepared, Quantised, Recipe};
use arch_matrix::{Element, Scale};
use proptest::prelude::*;
use recipe::{Carrier, Wish};
use steps::Refused;

/// What comes out: packed bytes and counts, the position of what is not finite, or that the recipe
/// makes no sense.
type Outcome = Option<Result<(Vec<u8>, [u64; 3]), usize>>;

fn defined(wish: &Wish, values: &[f32], columns: usize) -> Outcome {
    fn packed<T: Quantised + Element>(done: Prepared<T>) -> (Vec<u8>, [u64; 3]) {
        let mut bytes = vec![0; done.values.len() * T::BYTES];
        T::write(&done.values, &mut bytes);
        (bytes, [done.replaced, done.clamped, done.saturated])
    }
    let clamp = Clamp::new(wish.low, wish.high, wish.instead)?;
    let alpha = match wish.alpha {
        Some(numerator) => Some(Alpha::new(numerator)?),
        None => None,
    };
    let recipe = Recipe::new(clamp, alpha, Scale::new(wish.scale.into())?)?;
    let done = match wish.carrier {
        Carrier::I8 => recipe.apply::<i8>(values.to_vec(), columns).map(packed),
        Carrier::I16 => recipe.apply::<i16>(values.to_vec(), columns).map(packed),
    };
    Some(done.map_err(|refused| refused.at))
}

fn by_the_guest(wish: &Wish, values: &[f32], columns: usize) -> Outcome {
    let recipe = recipe::Recipe::new(*wish).ok()?;
    let mut bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
    let before = bytes.clone();
    Some(match steps::prepare(&mut bytes, columns, &recipe) {
        Ok((packed, counts)) => {
            let counts = [counts.replaced, counts.clamped, counts.saturated].map(u64::from);
            Ok((bytes[..packed].to_vec(), counts))
        }
        Err(Refused::NotFinite(at)) => {
            assert_eq!(bytes, before, "nothing is changed by a refusal");
            Err(at)
        }
        Err(Refused::Size) => panic!("{columns} columns, {} values", values.len()),
    })
}

/// Any float there is, and many near to where something happens.
fn value() -> impl Strategy<Value = f32> {
    prop_oneof![
        any::<u32>().prop_map(f32::from_bits),
        -40_000.0_f32..40_000.0,
        -3.0_f32..3.0,
        (-70_000_i32..70_000).prop_map(|halves| halves as f32 * 0.5),
        (-600_i32..600).prop_map(|fine| fine as f32 / 131_072.0),
        prop::sample::select(vec![f32::NAN, f32::INFINITY, f32::NEG_INFINITY, -0.0, f32::MIN]),
    ]
}

fn finite() -> impl Strategy<Value = f32> {
    value().prop_map(|value| if value.is_finite() { value } else { 1.0 })
}

/// Mostly wishes that make sense.
fn wish() -> impl Strategy<Value = Wish> {
    let alpha =
        prop_oneof![1_u32..=65_536, Just(1 << 15), Just(1), Just(65_536), 65_000_u32..66_000];
    let scale = prop_oneof![-3_i32..16, Just(0), -66_i32..=66];
    let instead = prop::option::weighted(0.9, 0.0_f64..=1.0);
    (finite(), finite(), instead, prop::option::of(alpha), scale, any::<bool>()).prop_map(
        |(one, other, instead, alpha, scale, wide)| {
            let (low, high) = (one.min(other), one.max(other));
            // Averages want bounds that they can hold.
            let (low, high) = match alpha {
                Some(_) if scale.abs() < 16 => {
                    let most = f32::powi(2.0, 15 - scale);
                    (low.clamp(-most, most * 0.5), high.clamp(-most * 0.5, most * 0.999))
                }
                _ => (low, high),
            };
            let instead = instead.map(|part| low.midpoint(high).clamp(low, high) * part as f32);
            let carrier = if wide { Carrier::I16 } else { Carrier::I8 };
            Wish { low, high, instead, alpha, scale, carrier }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, ..ProptestConfig::default() })]

    #[test]
    fn the_guest_prepares_as_the_definition_says(
        wish in wish(),
        columns in prop_oneof![1_usize..6, 14_usize..36],
        values in prop::collection::vec(value(), 36..200),
    ) {
        let whole = values.len() / columns * columns;
        let values = &values[..whole];
        prop_assert_eq!(by_the_guest(&wish, values, columns), defined(&wish, values, columns));
    }

    #[test]
    fn bytes_that_are_no_rows_of_floats_are_refused(
        length in 0_usize..100, columns in prop_oneof![0_usize..9, any::<usize>()],
    ) {
        let wish = Wish {
            low: 0.0, high: 1.0, instead: Some(0.0), alpha: Some(9), scale: 0, carrier: Carrier::I8,
        };
        let done = steps::prepare(&mut vec![7; length], columns, &recipe::Recipe::new(wish).unwrap());
        let row = columns.checked_mul(4).filter(|row| *row > 0);
        let rows = row.is_some_and(|row| length > 0 && length % row == 0);
        prop_assert_eq!(done.is_ok(), rows, "{:?}", done);
    }

    #[test]
    fn the_guest_reads_the_headers_that_we_read(
        text in prop_oneof![
            "[{}():, '\"\\\\a-zA-Z0-9<|]{0,80}",
            "\\{'descr': ?'<[fi][42]', 'fortran_order': (False|True) ?, 'shape': \\([0-9]{1,2}, [0-9]{1,2},?\\),? ?\\}[ \n]{0,2}",
        ],
        version in 0_u8..5, lie in -1_i64..2, numbers in 0_u64..10_000,
    ) {
        let size = (text.len() as i64 + lie).max(0) as u32;
        let size = if version == 1 { size.to_le_bytes()[..2].to_vec() } else { size.to_le_bytes().to_vec() };
        let begin = [b"\x93NUMPY", &[version, 0][..], &size, text.as_bytes()].concat();
        for length in [numbers, promised(&text).saturating_add(begin.len() as u64)] {
            same(&begin, length)?;
        }
    }

    #[test]
    fn the_guest_refuses_the_bytes_that_we_refuse(
        bytes in prop::collection::vec(any::<u8>(), 0..80), length in any::<u64>(),
    ) {
        same(&[b"\x93NUMPY", &bytes[..]].concat(), length)?;
        same(&bytes, length)?;
    }
}

/// The bytes of floats that a header of the usual form speaks of.
fn promised(text: &str) -> u64 {
    let sides =
        text.split_once('(').and_then(|(_, rest)| rest.split_once(", ")).unwrap_or_default();
    let number = |text: &str| text.trim_end_matches(|c: char| !c.is_ascii_digit()).parse().ok();
    let columns = sides.1.split([')', ',']).next().unwrap_or_default();
    4 * number(sides.0).unwrap_or(0_u64) * number(columns).unwrap_or(0)
}

/// Both take it for the same matrix, or both refuse it.
fn same(begin: &[u8], length: u64) -> Result<(), TestCaseError> {
    let theirs = npy::read(begin, length).ok().map(|is| (is.rows, is.columns, is.offset));
    let ours = file::npy::read(begin, length)
        .ok()
        .filter(|is| is.dtype == Dtype::F32 && is.rows > 0 && is.columns > 0);
    prop_assert_eq!(theirs, ours.map(|is| (is.rows, is.columns, is.offset)), "{:?}", begin);
    Ok(())
}

#[test]
fn the_guest_writes_the_headers_that_we_write_and_reads_those_of_floats() {
    for (rows, columns) in [(1, 1), (3, 1_000), (4_096, 4_096), (1 << 24, 1)] {
        let (wide, narrow) = (Dtype::I16, Dtype::I8);
        let written = |carrier| npy::header(carrier, rows.into(), columns.into());
        assert_eq!(written(Carrier::I8), file::npy::header(narrow, rows, columns));
        assert_eq!(written(Carrier::I16), file::npy::header(wide, rows, columns));
        let floats = file::npy::header(Dtype::F32, rows, columns);
        let length = floats.len() as u64 + 4 * u64::from(rows) * u64::from(columns);
        let read = npy::read(&floats, length).unwrap();
        assert_eq!((read.rows, read.columns), (rows.into(), columns.into()));
        assert!(npy::read(&floats, length - 1).is_err());
    }
}
