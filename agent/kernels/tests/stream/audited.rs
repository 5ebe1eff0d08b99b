use arch_kernels::Backend;
use arch_kernels::stream::{StreamError, Work, audit, locate};
use arch_matrix::Part;
use arch_matrix::commit::LeafTree;
use arch_matrix::freivalds::{Challenge, Lie, Suspect};
use proptest::prelude::*;

use crate::world::{Bytes, World, worlds};

fn challenge(columns: u32) -> Challenge {
    Challenge::draw(&[3; 32], &LeafTree::new(vec![]).root(), columns)
}

/// The least that the audit says it needs, and what looking for the place then needs.
fn least(world: &World, part: Part, c: &Bytes) -> (u64, u64) {
    let (columns, work) = (world.region(part).size().1, world.work(part, 0, 1));
    let need = |error| match error {
        StreamError::TooLittleMemory { need, have: 0 } => need,
        other => panic!("{other}"),
    };
    let audited = audit(&work, c, &challenge(columns)).unwrap_err();
    (need(audited), need(locate(&work, c, &Lie { row: 0 }).unwrap_err()))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]
    #[test]
    fn an_honest_file_holds_and_one_wrong_value_anywhere_is_found_and_placed(
        world in worlds(), part in any::<prop::sample::Index>(), threads in 1_usize..4,
        more in prop_oneof![Just(0_u64), 1_u64..20_000, Just(1 << 22)],
        at in prop_oneof![Just(None), any::<prop::sample::Index>().prop_map(Some)],
        off in prop_oneof![Just(1_i32), any::<i32>().prop_filter("a lie", |off| *off != 0)],
    ) {
        let part = *part.get(world.parts());
        let region = world.region(part);
        let (height, width) = region.size();
        let c = Bytes::new(world.right(&region));
        let (audited, placed) = least(&world, part, &c);
        let challenge = challenge(width);
        for backend in Backend::available() {
            let work = Work { backend, ..world.work(part, audited + more, threads) };
            prop_assert_eq!(audit(&work, &c, &challenge).unwrap(), None, "{}", backend);
        }
        // Anywhere, and often the last.
        let count = (height * width) as usize;
        let at = at.map_or(count - 1, |at| at.index(count));
        let bytes = c.held().len() / count;
        {
            let mut held = c.held.lock().unwrap();
            let place: &mut [u8; 4] = (&mut held[at * bytes..at * bytes + 4]).try_into().unwrap();
            *place = i32::from_le_bytes(*place).wrapping_add(off).to_le_bytes();
        }
        let lie = Lie { row: (at / width as usize) as u32 };
        let column = (at % width as usize) as u32 / 64 * 64;
        for backend in Backend::available() {
            let work = Work { backend, ..world.work(part, audited + more, threads) };
            prop_assert_eq!(audit(&work, &c, &challenge).unwrap(), Some(lie), "{}", backend);
            let work = Work { backend, ..world.work(part, placed + more, threads) };
            let found = locate(&work, &c, &lie).unwrap();
            prop_assert_eq!(found, Some(Suspect { row: lie.row, column }), "{}", backend);
            let other = Lie { row: if lie.row == 0 { height } else { lie.row - 1 } };
            prop_assert_eq!(locate(&work, &c, &other).unwrap(), None);
        }
    }
}

#[test]
fn columns_without_a_challenge_are_no_proof_and_a_file_that_ends_early_is_an_error() {
    let splits = arch_matrix::Splits::even(1);
    let world = World::new(arch_matrix::Format::I8, (9, 5, 70), splits, 3);
    let part = Part::Row { index: 0 };
    let c = Bytes::new(world.c().to_vec());
    let work = world.work(part, 1 << 22, 2);
    for columns in [0, 69, 71] {
        assert_eq!(audit(&work, &c, &challenge(columns)).unwrap(), Some(Lie { row: 0 }));
    }
    c.held.lock().unwrap().pop();
    let refused = audit(&work, &c, &challenge(70)).unwrap_err();
    assert!(matches!(refused, StreamError::Read { .. }), "{refused}");
    let refused = locate(&work, &c, &Lie { row: 8 }).unwrap_err();
    assert!(matches!(refused, StreamError::Read { row: 8, .. }), "{refused}");
}
