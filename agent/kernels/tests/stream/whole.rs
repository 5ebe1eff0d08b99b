use std::collections::BTreeMap;
use std::io::Read;

use arch_kernels::stream::{Assembled, StreamError};
use arch_matrix::file::npy;
use arch_matrix::{Format, Part, Splits};
use proptest::prelude::*;

use crate::world::{Bytes, World, formats, plan};

fn files(world: &World, seed: u8) -> (arch_matrix::Plan, BTreeMap<(usize, Part), Bytes>) {
    let plan = plan(world, seed);
    let nodes = plan.nodes().iter().enumerate();
    let parts = nodes.flat_map(|(at, node)| node.parts().map(move |part| (at, part)));
    let files = parts.map(|(at, part)| ((at, part), world.computed(part, 1 << 21, 1))).collect();
    (plan, files)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn the_parts_of_a_plan_are_read_as_the_npy_of_the_product(
        format in formats(), (m, k, n) in (3_u32..150, 3_u32..40, 3_u32..150),
        parts in 2_u32..4, seed in any::<u8>(), step in 1_usize..5_000,
    ) {
        let world = World::new(format, (m, k, n), Splits::even(parts), seed.into());
        let (plan, files) = files(&world, seed);
        let mut c = Assembled::new(&plan, format, |at, part| files.get(&(at, part))).unwrap();
        let (length, mut found) = (c.len(), Vec::new());
        let mut piece = vec![0; step];
        loop {
            match c.read(&mut piece).unwrap() {
                0 => break,
                count => found.extend_from_slice(&piece[..count]),
            }
        }
        prop_assert_eq!(found.len() as u64, length);
        let stored = npy::read(&found, length).unwrap();
        prop_assert_eq!((stored.rows, stored.columns), (m.into(), n.into()));
        prop_assert_eq!(stored.dtype.bytes(), format.carrier().sum_bytes());
        prop_assert!(&found[stored.offset as usize..] == world.c());
    }
}

#[test]
fn rows_longer_than_what_is_put_together_at_once_come_out_whole() {
    let world = World::new(Format::I16, (3, 3, 90_001), Splits::even(2), 3);
    let (plan, files) = files(&world, 9);
    let mut c = Assembled::new(&plan, world.format, |at, part| files.get(&(at, part))).unwrap();
    let mut found = Vec::new();
    c.read_to_end(&mut found).unwrap();
    assert_eq!(found.len() as u64, c.len());
    assert!(found.ends_with(world.c()) && found.len() - world.c().len() == 128);
}

#[test]
fn a_part_that_is_not_there_is_named_and_one_that_ends_early_is_an_error_not_a_short_file() {
    let world = World::new(Format::I8, (30, 30, 30), Splits::even(3), 3);
    let (plan, files) = files(&world, 1);
    let sources: Vec<_> = world.grid.cells().flat_map(|cell| plan.sources(cell)).collect();
    assert!(sources.iter().any(|(_, part)| !part.is_final()));
    let mut refusals = 0;
    for (node, part) in sources {
        let some = |at, own| files.get(&(at, own)).filter(|_| (at, own) != (node, part));
        let refused = Assembled::new(&plan, Format::I8, some).unwrap_err();
        let StreamError::PartMissing { node: n, part: p } = refused else { panic!("{refused}") };
        assert_eq!((n, p), (node, part));
        let whole = files[&(node, part)].held();
        let last = whole.len() - 1;
        files[&(node, part)].held.lock().unwrap().truncate(last);
        let mut c = Assembled::new(&plan, Format::I8, |at, part| files.get(&(at, part))).unwrap();
        let mut found = Vec::new();
        let result = c.read_to_end(&mut found);
        if let Err(error) = result {
            refusals += 1;
            assert!(error.to_string().contains("C cannot be read"));
            assert!((found.len() as u64) < c.len());
            // Once it is there, reading goes on where it stopped.
            *files[&(node, part)].held.lock().unwrap() = whole;
            c.read_to_end(&mut found).unwrap();
        } else {
            *files[&(node, part)].held.lock().unwrap() = whole;
        }
        assert_eq!(found.len() as u64, c.len());
        assert!(found.ends_with(world.c()));
    }
    assert!(refusals > 0);
}
