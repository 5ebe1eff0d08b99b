//! What the rows of each circuit let through and what not.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "tests may be blunt"
)]

use arch_circuits::{
    Assignment, Circuit, Fr, System, Unsatisfied,
    fold::{MOST_WORDS, Output},
    tile::{Inputs, Tile, TileError, TileShape, TileStatement, TileStep, context},
    tile_numbers, tile_system,
};
use proptest::prelude::*;

/// Small enough for thousands of tries, with words and rows that do not come out even.
const SMALL: (usize, usize, usize) = (2, 9, 5);

fn small(inputs: Inputs) -> TileShape {
    let (rows, columns, depth) = SMALL;
    TileShape::new(rows, columns, depth, inputs).unwrap()
}

/// Numbers all over the range, by a fixed rule.
fn spread(count: usize, bits: usize, seed: i64) -> Vec<i64> {
    let shift = 64 - bits as u32;
    let next = |state: &mut i64| {
        *state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        Some((*state ^ (*state >> 29)).wrapping_shl(shift) >> shift)
    };
    std::iter::repeat_n((), count).scan(seed, |state, ()| next(state)).collect()
}

fn step(shape: TileShape, seed: i64) -> TileStep {
    let size = |tile| {
        let (rows, columns) = shape.sides(tile);
        rows * columns
    };
    let bits = shape.inputs().bits();
    let before = spread(size(Tile::Sums), shape.inputs().sum_bits() - 2, seed + 2);
    let (a, b) = (spread(size(Tile::A), bits, seed), spread(size(Tile::B), bits, seed + 1));
    TileStep::compute(shape, a, b, before).unwrap()
}

fn honest(shape: TileShape, seed: i64) -> (TileStatement, Vec<Fr>) {
    let step = step(shape, seed);
    let statement = step.statement(context(b"here"));
    (statement, tile_numbers(&statement, &step))
}

#[test]
fn every_circuit_has_the_rows_that_are_pinned() {
    let told: Vec<(&str, usize, usize, String)> = Circuit::ALL
        .iter()
        .map(|circuit| {
            let system = circuit.system();
            let digest: String = system.digest().iter().map(|byte| format!("{byte:02x}")).collect();
            (circuit.id(), system.rows(), system.cells(), digest)
        })
        .collect();
    let pinned = include_str!("rows.txt");
    let told: String = told
        .iter()
        .map(|(id, rows, cells, digest)| format!("{id} rows {rows} cells {cells} r1cs {digest}\n"))
        .collect();
    assert_eq!(
        told, pinned,
        "a changed circuit is another circuit: it needs another id and other keys"
    );
}

#[test]
fn an_honest_step_satisfies_every_circuit_for_steps() {
    for circuit in Circuit::ALL {
        let Some(shape) = circuit.tile_shape() else { continue };
        let step = step(shape, 7);
        let statement = step.statement(context(b"here"));
        let assignment = Assignment::of_tile(&statement, &step).unwrap();
        assert_eq!(assignment.circuit(), circuit);
        assert_eq!(assignment.publics(), statement.publics());
        assert_eq!(circuit.system().check(assignment.numbers()), Ok(()));
    }
}

#[test]
fn the_corners_of_the_formats_are_steps() {
    for inputs in [Inputs::I8, Inputs::I16] {
        let shape = small(inputs);
        let (low, high) = (-1_i64 << (inputs.bits() - 1), (1_i64 << (inputs.bits() - 1)) - 1);
        let (lowest, highest) =
            (i64::MIN >> (64 - inputs.sum_bits()), i64::MAX >> (64 - inputs.sum_bits()));
        let fives = shape.depth() as i64;
        for (a, b, before) in [
            (low, low, 0),
            (low, high, 0),
            (high, high, 0),
            (low, low, highest - fives * low * low),
            (low, high, lowest - fives * low * high),
            (0, 0, lowest),
            (0, 0, highest),
        ] {
            let all = |tile, number| {
                let (r, c) = shape.sides(tile);
                vec![number; r * c]
            };
            let step =
                TileStep::compute(shape, all(Tile::A, a), all(Tile::B, b), all(Tile::Sums, before));
            let step = step.unwrap();
            let statement = step.statement(context(b"corner"));
            assert_eq!(tile_system(shape).check(&tile_numbers(&statement, &step)), Ok(()));
        }
    }
}

#[test]
fn a_sum_that_has_no_room_is_no_tile_and_a_wrapped_one_satisfies_no_rows() {
    let shape = TileShape::new(1, 2, 1, Inputs::I8).unwrap();
    let full = i64::from(i32::MAX);
    let told = TileStep::compute(shape, vec![1], vec![1, 0], vec![full, 0]).unwrap_err();
    assert_eq!(told, TileError::Range { place: 0, number: 1 << 31, bits: 32 });
    // The one who states the wrapped sum finds no numbers for the rows.
    let wrapped =
        TileStep::new(shape, vec![1], vec![1, 0], vec![full, 0], vec![i64::from(i32::MIN), 0]);
    let wrapped = wrapped.unwrap();
    let statement = wrapped.statement(context(b"here"));
    assert!(tile_system(shape).check(&tile_numbers(&statement, &wrapped)).is_err());
}

#[test]
fn a_wrong_sum_anywhere_breaks_the_row_of_the_product() {
    let shape = small(Inputs::I8);
    let system = tile_system(shape);
    let good = step(shape, 3);
    let last = system.rows() - 1;
    for place in 0..good.after().len() {
        for by in [1, -1, 1 << 20] {
            let mut after = good.after().to_vec();
            after[place] += by;
            let wrong = with_after(&good, after);
            let statement = wrong.statement(context(b"here"));
            let told = system.check(&tile_numbers(&statement, &wrong));
            assert_eq!(told, Err(Unsatisfied::Row(last)), "place {place} by {by}");
        }
    }
    let mut swapped = good.after().to_vec();
    swapped.swap(0, 10);
    let wrong = with_after(&good, swapped);
    let numbers = tile_numbers(&wrong.statement(context(b"here")), &wrong);
    assert_eq!(system.check(&numbers), Err(Unsatisfied::Row(last)));
}

/// The same step with other sums after it.
fn with_after(good: &TileStep, after: Vec<i64>) -> TileStep {
    let [a, b, before, _] = good.tiles();
    TileStep::new(good.shape(), a.to_vec(), b.to_vec(), before.to_vec(), after).unwrap()
}

#[test]
fn tiles_that_are_not_those_of_the_statement_satisfy_no_rows() {
    let shape = small(Inputs::I8);
    let (system, mine, other) = (tile_system(shape), step(shape, 1), step(shape, 2));
    let statement = mine.statement(context(b"here"));
    assert_eq!(system.check(&tile_numbers(&statement, &mine)), Ok(()));
    assert!(system.check(&tile_numbers(&statement, &other)).is_err());
    for place in 1..5 {
        let mut publics = statement.publics();
        publics[place] += Fr::from(1);
        let [context, a, b, before, after] = publics;
        let lie = TileStatement { context, a, b, before, after };
        assert!(system.check(&tile_numbers(&lie, &mine)).is_err(), "digest {place}");
    }
}

#[test]
fn a_public_number_that_is_changed_alone_breaks_a_row() {
    let shape = small(Inputs::I8);
    let (system, (_, honest)) = (tile_system(shape), honest(shape, 4));
    for public in 1..=5 {
        let mut numbers = honest.clone();
        numbers[public] += Fr::from(1);
        assert!(system.check(&numbers).is_err(), "public {public}");
    }
    let rows_with = |system: &System, cell: usize| {
        let has = |row: &Vec<(Fr, usize)>| row.iter().any(|(_, place)| *place == cell);
        system.matrices().iter().flatten().filter(|row| has(row)).count()
    };
    for circuit in Circuit::ALL {
        for public in 1..=circuit.public_names().len() {
            assert!(rows_with(circuit.system(), public) > 0, "{} {public}", circuit.id());
        }
    }
}

/// The cells that no row holds in place when one number is changed at a time.
fn free_cells(system: &System, numbers: &[Fr]) -> Vec<usize> {
    let mut rows_of = vec![Vec::new(); system.cells()];
    for matrix in system.matrices() {
        for (row, terms) in matrix.iter().enumerate() {
            terms.iter().for_each(|(_, place)| rows_of[*place].push(row));
        }
    }
    let mut numbers = numbers.to_vec();
    let free = (1..system.cells()).filter(|cell| {
        let honest = numbers[*cell];
        let lies = [honest + Fr::from(1), -honest, Fr::from(0), Fr::from(2)];
        let held = lies.into_iter().filter(|lie| *lie != honest).all(|lie| {
            numbers[*cell] = lie;
            rows_of[*cell].iter().any(|row| !system.row_holds(*row, &numbers))
        });
        numbers[*cell] = honest;
        !held
    });
    free.collect()
}

#[test]
fn no_cell_is_free() {
    for inputs in [Inputs::I8, Inputs::I16] {
        let shape = small(inputs);
        assert_eq!(free_cells(&tile_system(shape), &honest(shape, 5).1), [0_usize; 0]);
    }
    let output = Output::new((3..90_u64).map(Fr::from).collect()).unwrap();
    let statement = output.statement(Fr::from(7), Fr::from(99));
    let assignment = Assignment::of_output(&statement, &output);
    let circuit = Circuit::Fold.system();
    assert_eq!(circuit.check(assignment.numbers()), Ok(()));
    assert_eq!(free_cells(circuit, assignment.numbers()), [0_usize; 0]);
}

#[test]
fn bits_that_are_no_bits_are_refused_though_their_sum_is_right() {
    // 2 at the place of 1, and one less at the place of 2: the word and its digest stay.
    let shape = small(Inputs::I8);
    let (system, (_, honest)) = (tile_system(shape), honest(shape, 6));
    let first_bit = 6;
    let cell = (first_bit..first_bit + 80)
        .find(|cell| {
            let bit = cell - first_bit;
            bit % 8 < 7 && honest[*cell] == Fr::from(0) && honest[*cell + 1] == Fr::from(1)
        })
        .unwrap();
    let mut numbers = honest;
    numbers[cell] = Fr::from(2);
    numbers[cell + 1] = Fr::from(0);
    let broken: Vec<usize> =
        (0..system.rows()).filter(|row| !system.row_holds(*row, &numbers)).collect();
    assert_eq!(broken.len(), 1, "the row of the bit alone");
}

#[test]
fn an_output_is_had_whole_for_its_task_and_seed() {
    let system = Circuit::Fold.system();
    let words = |count: u64| Output::new((1..=count).map(Fr::from).collect()).unwrap();
    let (task, seed) = (Fr::from(7), Fr::from(99));
    for count in [0, 1, 15, 239, 240] {
        let statement = words(count).statement(task, seed);
        let assignment = Assignment::of_output(&statement, &words(count));
        assert_eq!(system.check(assignment.numbers()), Ok(()), "{count}");
    }
    assert!(Output::new(vec![Fr::from(1); MOST_WORDS + 1]).is_err());

    let output = words(100);
    let good = output.statement(task, seed);
    let refused = |statement, output: &Output| {
        system.check(Assignment::of_output(&statement, output).numbers()).is_err()
    };
    let mut lie = good;
    lie.digest = Fr::from(0xdead_beef_u64);
    assert!(refused(lie, &output), "a digest of one's choice, which the older design proved");
    for change in 0..3 {
        let mut lie = good;
        let public =
            [&mut lie.task, &mut lie.seed, &mut lie.length].into_iter().nth(change).unwrap();
        *public += Fr::from(1);
        assert!(refused(lie, &output), "public {change}");
    }
    assert!(refused(good, &words(99)), "a word is missing");
    let mut other: Vec<Fr> = (1..=100).map(Fr::from).collect();
    other[42] += Fr::from(1);
    assert!(refused(good, &Output::new(other).unwrap()), "a word is another one");
}

/// The private cells that no row makes what they are: every other one is the last cell of a row whose
/// other cells all come before it.
fn undefined_cells(system: &System) -> Vec<usize> {
    let [a, b, c] = system.matrices();
    let before = |terms: &[(Fr, usize)], cell: usize| terms.iter().all(|(_, place)| *place < cell);
    let mut defined = vec![false; system.cells()];
    for ((a, b), c) in a.iter().zip(b).zip(c) {
        let last = c.iter().map(|(_, place)| *place).max();
        let Some(last) = last.filter(|last| *last > system.publics()) else { continue };
        if before(a, last) && before(b, last) {
            defined[last] = true;
        }
    }
    (system.publics() + 1..system.cells()).filter(|cell| !defined[*cell]).collect()
}

/// The cells that a row holds to be 0 or 1: `cell·(cell - 1) = 0`.
fn bits(system: &System) -> Vec<usize> {
    let [a, b, c] = system.matrices();
    let bit = |row: usize| {
        let [(one, cell)] = a[row][..] else { return None };
        let less_one = [(-Fr::from(1), 0), (Fr::from(1), cell)];
        (one == Fr::from(1) && b[row] == less_one && c[row].is_empty()).then_some(cell)
    };
    (0..system.rows()).filter_map(bit).collect()
}

/// With the words of sums, or of an output, every number of every circuit is determined by bits, and
/// those words by their digests: there is no second solution but for a collision.
#[test]
fn every_cell_is_a_bit_or_a_word_or_made_by_a_row_from_cells_before_it() {
    let (small_bits, words) = (2_048 * 8 * 2, 16 * 3 * 2);
    for (circuit, bits_of, words_of) in [
        (Circuit::Tile, small_bits, words),
        (Circuit::TileDeep, 2 * small_bits, words),
        (Circuit::TileWide, 2 * small_bits, 2 * words),
        (Circuit::Fold, MOST_WORDS, MOST_WORDS),
    ] {
        let system = circuit.system();
        let bits: std::collections::BTreeSet<usize> = bits(system).into_iter().collect();
        assert_eq!(bits.len(), bits_of, "{}", circuit.id());
        let left: Vec<usize> =
            undefined_cells(system).into_iter().filter(|cell| !bits.contains(cell)).collect();
        assert_eq!(left.len(), words_of, "{}", circuit.id());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// One to four cells at once, changed to anything: refused, whatever they are.
    #[test]
    fn no_changed_numbers_are_accepted(
        changes in prop::collection::vec((1..2000_usize, any::<u64>(), any::<bool>()), 1..5),
    ) {
        let shape = small(Inputs::I8);
        static HONEST: std::sync::OnceLock<(System, Vec<Fr>)> = std::sync::OnceLock::new();
        let (system, honest) = HONEST.get_or_init(|| (tile_system(shape), honest(shape, 8).1));
        let mut numbers = honest.clone();
        for (place, by, small) in changes {
            let place = 1 + place % (numbers.len() - 1);
            numbers[place] += if small { Fr::from(by % 3) } else { Fr::from(by) };
        }
        prop_assert_eq!(system.check(&numbers).is_ok(), numbers == *honest);
    }

    #[test]
    fn a_step_is_what_plain_arithmetic_says(seed in any::<i32>(), wide in any::<bool>()) {
        let shape = small(if wide { Inputs::I16 } else { Inputs::I8 });
        let step = step(shape, i64::from(seed));
        let [a, b, before, after] = step.tiles();
        for row in 0..2 {
            for column in 0..9 {
                let sum = (0..5).map(|k| a[row * 5 + k] * b[k * 9 + column]).sum::<i64>();
                prop_assert_eq!(after[row * 9 + column], before[row * 9 + column] + sum);
            }
        }
        let statement = step.statement(context(b"any"));
        prop_assert_eq!(tile_system(shape).check(&tile_numbers(&statement, &step)), Ok(()));
    }
}
