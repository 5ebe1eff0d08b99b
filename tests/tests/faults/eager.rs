//! A policy has digests of all tiles committed to with the values, before anybody disputes.

use std::time::Duration;

use arch_archive::Archive;
use arch_dispute::{Leaves, List, Marks};
use arch_identity::Digest;
use arch_ledger::Record;
use arch_tests::{Prover, Stranger, World, terms};

use crate::disputes::{LIE, PROVED, Played, agree, drop_job, metrics, played, small_job, told};
use crate::liars::with_trick;
use crate::provers::comes_and_goes;

fn world() -> World {
    let world = World::new();
    let terms = terms("groth16", &[&world.node(7)], &[]).replace("onDispute", "always");
    agree(&world, 1, &terms);
    world
}

/// The list of a job's commitments, as the ledger names it.
fn list(world: &World, job: Digest) -> List {
    let ledger = Stranger::verified(world);
    let named = ledger.records().find_map(|record| match record {
        Record::Committed { document, commitments, .. } if *document == job => Some(*commitments),
        _ => None,
    });
    let archive = Archive::to_read(&world.path("state/archive"));
    let bytes = archive.get(&named.expect("a list"), 1 << 20).unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

/// Each line has the roots of its leaves' digests, and the archive has those leaves.
fn has_marks(world: &World, job: Digest) {
    let list = list(world, job);
    assert_eq!(list.disputes.as_ref().unwrap().marks, Marks::Always);
    let archive = Archive::to_read(&world.path("state/archive"));
    let hashes = archive.get(&list.mark_hashes.unwrap(), 1 << 20).unwrap();
    let hashes: Vec<Leaves> = serde_json::from_slice(&hashes).unwrap();
    assert_eq!(hashes.len(), list.commitments.len());
    for (line, leaves) in list.commitments.iter().zip(&hashes) {
        assert_eq!(line.marks, leaves.roots());
        assert!(!line.marks.is_empty());
    }
}

#[test]
fn who_committed_to_digests_of_tiles_and_lied_is_named_by_a_proof() {
    let world = world();
    let _prover = Prover::of(&world);
    let Played { job, story, log } = played(&world, LIE, &small_job(&world), 1);
    assert_eq!(story[..14], PROVED, "{log}");
    has_marks(&world, job);
}

#[test]
fn a_product_waits_for_a_prover_that_is_away_where_digests_are_committed_to_and_no_job_is_lost() {
    let world = world();
    let prover = Prover::of(&world);
    prover.kill();
    let mut agent = with_trick(&world, "");
    let job = drop_job(&world);
    agent.wait_for("product that waits", |agent| agent.log().contains("ARCH-V013").then_some(()));
    assert_eq!(Stranger::read(&world).kinds(job), ["accepted"], "nothing is begun in vain");
    let _prover = comes_and_goes(&world, 3, Duration::from_millis(100));
    assert_eq!(agent.wait_end(job).row.state, "completed", "{}", agent.log());
    let page = metrics(&world);
    assert!(!page.contains("arch_tile_digests_total 0\n"), "{page}");
    assert!(page.contains("arch_proofs_total 0\n"), "{page}");
    assert!(agent.stop().success());
    assert_eq!(told(&world, job), Vec::<String>::new());
    has_marks(&world, job);
}
