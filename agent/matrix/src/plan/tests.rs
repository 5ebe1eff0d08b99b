use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::matrix::Matrix;

fn order(nodes: u32, splits: Option<u32>) -> Order {
    let shape = Shape::new(900, 900, 900).unwrap();
    Order { shape, nodes, splits: splits.map(Splits::even), mirrors: false, seed: [3; 32] }
}

fn near(one: f64, other: f64) -> bool {
    (one - other).abs() < 1e-9
}

#[test]
fn the_shares_are_those_of_the_published_table() {
    for (nodes, splits, work, twice, thrice) in [
        (3, 3, 35.0 / 27.0, 7.0 / 27.0, 1.0 / 27.0),
        (6, 3, 2.0 + 1.0 / 27.0, 20.0 / 27.0, 8.0 / 27.0),
        (6, 2, 3.0, 1.0, 1.0),
        (9, 3, 3.0, 1.0, 1.0),
        (12, 4, 3.0, 1.0, 1.0),
        (3, 6, 0.5 + 125.0 / 216.0, 16.0 / 216.0, 1.0 / 216.0),
    ] {
        let cover = Plan::new(&order(nodes, Some(splits))).unwrap().coverage();
        assert!(near(cover.work, work) && near(cover.once, 1.0), "{nodes} {splits} {cover:?}");
        assert!(
            near(cover.twice, twice) && near(cover.thrice, thrice),
            "{nodes} {splits} {cover:?}"
        );
    }
}

#[test]
fn without_splits_there_are_three_or_one_for_each_node_of_a_role() {
    for (nodes, parts) in [(3, 3), (6, 3), (9, 3), (12, 4)] {
        assert_eq!(Plan::new(&order(nodes, None)).unwrap().grid().splits(), Splits::even(parts));
    }
}

#[test]
fn what_is_no_plan_is_refused_with_a_number_that_would_do() {
    let error = |nodes, splits| Plan::new(&order(nodes, splits)).unwrap_err();
    assert_eq!(error(7, None), PlanError::Count { nodes: 7, step: 3, near: 6 });
    assert_eq!(error(0, None), PlanError::Count { nodes: 0, step: 3, near: 3 });
    assert_eq!(error(9, Some(2)), PlanError::TooManyNodes { triples: 3, parts: 2 });
    assert_eq!(error(3, Some(1)), PlanError::OnePart);
    assert!(matches!(error(3, Some(901)), PlanError::Cut(_)));
    assert!(matches!(error(u32::MAX, None), PlanError::Cut(_)));
    let mirrored = Plan::new(&Order { mirrors: true, ..order(9, None) });
    assert_eq!(mirrored.unwrap_err(), PlanError::Count { nodes: 9, step: 6, near: 6 });
}

#[test]
fn the_seed_decides_who_gets_what() {
    let roles = |seed| -> Vec<Part> {
        let plan = Plan::new(&Order { seed: [seed; 32], ..order(9, None) }).unwrap();
        plan.nodes().iter().map(|node| node.slab).collect()
    };
    assert_eq!(roles(1), roles(1));
    assert_ne!(roles(1), roles(2));
}

#[test]
fn each_of_six_has_a_mirror_that_does_the_same() {
    let plan = Plan::new(&Order { mirrors: true, ..order(6, None) }).unwrap();
    for (at, node) in (0_u32..).zip(plan.nodes()) {
        let twin = &plan.nodes()[node.mirror.unwrap() as usize];
        assert_eq!(twin.mirror, Some(at));
        assert_eq!((twin.slab, &twin.rest), (node.slab, &node.rest));
    }
    assert!(near(plan.coverage().work, 35.0 / 27.0));
}

#[test]
fn the_finest_cuts_keep_nobody_busy() {
    let plan = Plan::new(&order(3, Some(crate::MAX_PARTS))).unwrap();
    assert_eq!(plan.nodes().iter().map(|node| node.rest.len()).sum::<usize>(), 63 * 63 * 63);
    let cover = plan.coverage();
    assert!(near(cover.once, 1.0) && cover.balance < 1.01, "{cover:?}");
    let learned: Vec<Learned> = plan.nodes().iter().map(|node| plan.learned(node)).collect();
    assert!(learned.iter().all(|learned| learned.a < 1.0 || learned.b < 1.0));
    let sources: usize = plan.grid().cells().map(|cell| plan.sources(cell).len()).sum();
    assert_eq!(sources, 63 * 63 * 64 + 64 + 63);
    assert!(plan.nodes().iter().all(|node| node.rest.is_sorted()));
}

/// Numbers that are as good as any.
fn values<T>(rows: u32, columns: u32, one: impl Fn(u32) -> T) -> Matrix<T>
where
    T: crate::element::Element,
{
    let noise = |n: u32| n.wrapping_mul(2_654_435_761).rotate_left(13).wrapping_mul(97) >> 7;
    Matrix::new(rows, columns, (0..rows * columns).map(|n| one(noise(n))).collect()).unwrap()
}

#[test]
fn every_plan_puts_the_same_product_together() {
    let shape = Shape::new(19, 23, 31).unwrap();
    let (a, b) = (values(19, 23, |n| n as i8), values(23, 31, |n| n as i8));
    let whole = crate::reference::product(&a, &b, &crate::grid::Region::whole(shape));
    for (nodes, [rows, columns, depth], mirrors) in [
        (3, [2, 2, 2], false),
        (3, [3, 3, 3], false),
        (3, [5, 5, 5], false),
        (3, [2, 7, 3], false),
        (6, [3, 3, 3], false),
        (6, [4, 2, 5], false),
        (9, [3, 3, 3], false),
        (12, [6, 6, 6], true),
        (12, [2, 3, 6], true),
    ] {
        let splits = Some(Splits { rows, columns, depth });
        let plan = Plan::new(&Order { shape, nodes, splits, mirrors, seed: [9; 32] }).unwrap();
        let done: Vec<BTreeMap<Part, Matrix<i32>>> = plan
            .nodes()
            .iter()
            .map(|node| {
                let part =
                    |part| (part, crate::reference::part(&a, &b, plan.grid(), part).unwrap());
                node.parts().map(part).collect()
            })
            .collect();
        let c = plan.assemble::<i8>(|node, part| done[node].get(&part));
        assert_eq!(c.as_ref(), Some(&whole), "{nodes} nodes, {splits:?}");
        let gap = plan.assemble::<i8>(|node, part| done[node].get(&part).filter(|_| node != 0));
        assert!(gap.as_ref().is_none_or(|c| *c == whole), "a gap is a gap or is not needed");
    }
}

#[test]
fn strict_floats_are_the_same_from_every_plan_with_the_same_cuts() {
    let shape = Shape::new(12, 30, 9).unwrap();
    let float = |n: u32| (n % 2_001) as f32 / 7.0 - 140.0;
    let (a, b) = (values(12, 30, float), values(30, 9, float));
    let product = |nodes, seed| {
        let splits = Some(Splits::even(3));
        let plan = Plan::new(&Order { shape, nodes, splits, mirrors: false, seed }).unwrap();
        let part = |part| crate::reference::part(&a, &b, plan.grid(), part).unwrap();
        let done: BTreeMap<Part, Matrix<f32>> =
            plan.nodes().iter().flat_map(|node| node.parts()).map(|p| (p, part(p))).collect();
        let c = plan.assemble::<f32>(|_, part| done.get(&part)).unwrap();
        c.values().iter().map(|value| value.to_bits()).collect::<Vec<_>>()
    };
    let first = product(3, [0; 32]);
    assert!((1..9).all(|seed| product(3, [seed; 32]) == first));
    assert_eq!(product(9, [0; 32]), first);
}

proptest! {
    #[test]
    fn every_plan_computes_all_and_gives_nobody_all_of_both(
        triples in 1_u32..=4, more in prop::array::uniform3(0_u32..=3),
        sides in prop::array::uniform3(8_u64..=400),
        seed in any::<[u8; 32]>(), mirrors in any::<bool>(),
    ) {
        let shape = Shape::new(sides[0], sides[1], sides[2]).unwrap();
        let nodes = triples * if mirrors { 6 } else { 3 };
        let [rows, columns, depth] = more.map(|more| (triples + more).max(2));
        let splits = Some(Splits { rows, columns, depth });
        let plan = Plan::new(&Order { shape, nodes, splits, mirrors, seed }).unwrap();
        prop_assert_eq!(plan.nodes().len(), nodes as usize);
        prop_assert!(near(plan.coverage().once, 1.0));
        for node in plan.nodes() {
            let learned = plan.learned(node);
            prop_assert!(!(learned.all_of_a && learned.all_of_b));
        }
    }

    #[test]
    fn the_shares_follow_from_slabs_and_parts(
        parts in 2_u32..=9, of_them in any::<prop::sample::Index>(),
        sides in prop::array::uniform3(1_u64..=30), seed in any::<[u8; 32]>(),
    ) {
        let slabs = 1 + u32::try_from(of_them.index(parts as usize)).unwrap();
        let [rows, depth, columns] = sides.map(|side| side * u64::from(parts));
        let shape = Shape::new(rows, depth, columns).unwrap();
        let splits = Some(Splits::even(parts));
        let order = Order { shape, nodes: 3 * slabs, splits, mirrors: false, seed };
        let cover = Plan::new(&order).unwrap().coverage();
        let share = f64::from(slabs) / f64::from(parts);
        prop_assert!(near(cover.work, 3.0 * share + (1.0 - share).powi(3)), "{:?}", cover);
        prop_assert!(near(cover.twice, 3.0 * share.powi(2) - 2.0 * share.powi(3)), "{:?}", cover);
        prop_assert!(near(cover.thrice, share.powi(3)), "{:?}", cover);
    }

    #[test]
    fn the_usual_plan_is_balanced_within_a_tenth(
        triples in 1_u32..=8, sides in prop::array::uniform3(300_u64..=5_000),
        seed in any::<[u8; 32]>(),
    ) {
        let [rows, depth, columns] = sides;
        let shape = Shape::new(rows, depth, columns).unwrap();
        let order = Order { shape, nodes: 3 * triples, splits: None, mirrors: false, seed };
        let balance = Plan::new(&order).unwrap().coverage().balance;
        prop_assert!(balance <= 1.10, "{}", balance);
    }
}
