//! Digests of tiles.

use std::time::Instant;

use arch_circuits::{
    Circuit,
    field::to_bytes,
    tile::{Tile, TileShape},
};
use arch_wire::{
    control::Bytes,
    prover::{
        DigestRequest, FromProver, NUMBERS_CAP, TILES_CAP, TileKind, TileNumbers, ToProver,
        digest_text,
    },
};

use crate::asker::{PATIENCE, Prover, fold};

const TILES: [(TileKind, Tile); 3] =
    [(TileKind::A, Tile::A), (TileKind::B, Tile::B), (TileKind::Sums, Tile::Sums)];

/// Bytes of one number of this tile.
fn width(shape: TileShape, tile: Tile) -> usize {
    let inputs = shape.inputs();
    if tile == Tile::Sums { inputs.sum_bits() / 8 } else { inputs.bits() / 8 }
}

/// Numbers over all that the width has, the first ones its ends.
fn numbers(shape: TileShape, tile: Tile) -> Vec<i64> {
    let (rows, columns) = shape.sides(tile);
    let ends = [0, -1, 1, i64::MIN, i64::MAX];
    let spread = (0..).map(|n: i64| n.wrapping_mul(0x9e37_79b9_7f4a_7c15_u64.cast_signed()));
    let unused = 64 - 8 * width(shape, tile);
    let cut = |number: i64| number >> unused;
    ends.into_iter().chain(spread).take(rows * columns).map(cut).collect()
}

fn tile(shape: TileShape, (kind, tile): (TileKind, Tile)) -> TileNumbers {
    let width = width(shape, tile);
    let bytes = numbers(shape, tile)
        .iter()
        .flat_map(|number| number.to_le_bytes()[..width].to_vec())
        .collect();
    TileNumbers { tile: kind, numbers: Bytes(bytes) }
}

fn ask(prover: &mut Prover, request: u64, circuit: &str, tiles: Vec<TileNumbers>) -> FromProver {
    let circuit = circuit.to_owned();
    prover.line.say(&ToProver::Digest(DigestRequest { request, circuit, tiles }));
    prover.line.end_of(request).1
}

fn refused(told: FromProver) -> (String, bool) {
    match told {
        FromProver::Refused(refusal) => (refusal.code, refusal.retry),
        other => panic!("{other:?}"),
    }
}

#[test]
fn digests_are_those_that_stand_in_statements_in_the_order_in_which_they_are_asked_for() {
    let mut prover = Prover::start(&[]);
    for circuit in Circuit::ALL.into_iter().filter(|circuit| circuit.tile_shape().is_some()) {
        let shape = circuit.tile_shape().unwrap();
        let asked = [TILES[2], TILES[0], TILES[1], TILES[0]];
        let tiles = asked.map(|both| tile(shape, both)).to_vec();
        let wanted = asked.map(|(_, tile)| {
            let digest = shape.leaf(tile, &numbers(shape, tile)).unwrap();
            digest_text(to_bytes(&digest))
        });
        let told = ask(&mut prover, 4, circuit.id(), tiles);
        assert_eq!(told, FromProver::Digests { request: 4, digests: wanted.to_vec() });
        assert_ne!(wanted[0], wanted[1]);
    }
    let none = ask(&mut prover, 5, "arch-tile-fma-v1", vec![]);
    assert_eq!(none, FromProver::Digests { request: 5, digests: vec![] });
    assert!(prover.close().success());
}

#[test]
fn tiles_of_no_circuit_and_of_other_lengths_have_no_digest_and_the_next_request_is_served() {
    let mut prover = Prover::start(&[]);
    let shape = TileShape::I8_128;
    let good = || TILES.map(|both| tile(shape, both)).to_vec();
    for circuit in ["", "arch-tile-fma", "ARCH-TILE-FMA-V1", "arch-fold-v3"] {
        let told = ask(&mut prover, 1, circuit, good());
        assert_eq!(refused(told), ("ARCH-V003".to_owned(), false), "{circuit}");
    }
    let request = ("ARCH-V002".to_owned(), false);
    for (place, length) in [(0, 0), (0, 2_047), (1, 2_049), (2, 1_023), (2, 2_048)] {
        let mut tiles = good();
        tiles[place].numbers.0.resize(length, 0);
        assert_eq!(refused(ask(&mut prover, 2, "arch-tile-fma-v1", tiles)), request, "{length}");
    }
    // Of another circuit's width.
    assert_eq!(refused(ask(&mut prover, 3, "arch-tile-fma-v1-i16", good())), request);
    let many = vec![TileNumbers { tile: TileKind::A, numbers: Bytes(vec![]) }; TILES_CAP + 1];
    assert_eq!(refused(ask(&mut prover, 4, "arch-tile-fma-v1", many)), request);
    let long = TileNumbers { tile: TileKind::A, numbers: Bytes(vec![0; NUMBERS_CAP + 1]) };
    assert_eq!(refused(ask(&mut prover, 5, "arch-tile-fma-v1", vec![long])), request);
    let told = ask(&mut prover, 6, "arch-tile-fma-v1", good());
    assert!(matches!(told, FromProver::Digests { digests, .. } if digests.len() == 3));
}

#[test]
fn the_longest_requests_are_answered_at_once_while_proofs_wait() {
    let mut prover = Prover::start(&[]);
    prover.line.say(&ToProver::Prove(fold(9, &[1])));
    let begun = Instant::now();
    for (circuit, both, count) in [
        ("arch-tile-fma-v1", TILES[2], TILES_CAP),
        ("arch-tile-fma-v1", TILES[0], NUMBERS_CAP / 2_048),
        ("arch-tile-fma-v1-i16", TILES[1], NUMBERS_CAP / 4_096),
    ] {
        let shape = Circuit::of_id(circuit).unwrap().tile_shape().unwrap();
        let request = DigestRequest {
            request: 1,
            circuit: circuit.to_owned(),
            tiles: vec![tile(shape, both); count],
        };
        request.check().unwrap();
        let mut more = request.clone();
        more.tiles.push(tile(shape, both));
        more.check().unwrap_err();
        prover.line.say(&ToProver::Digest(request));
        let digests = loop {
            match prover.line.hear().unwrap() {
                FromProver::Digests { request: 1, digests } => break digests,
                FromProver::Progress { request: 9, .. } | FromProver::Proved { request: 9, .. } => {
                }
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(digests.len(), count);
        assert!(begun.elapsed() < PATIENCE / 3);
    }
}
