//! Bundles: the evidence of one job, packed where it ran and checked far from there.

use arch_identity::{Digest, Timestamp};
use arch_ledger::Record;
use arch_matrix::file::{Dtype, npy};

use crate::auditor::{files, records};
use crate::world::World;

fn append(world: &World, records: &[Record]) {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    let now = Timestamp::from_unix(now.as_secs().try_into().unwrap()).unwrap();
    world.ledger("state/ledger", now).append(now, records).unwrap();
}

/// The state folder of a node that ran one signed job.
fn state_of_a_run() -> (World, Digest) {
    let world = World::with_root();
    world.signed_job("job.yaml", "", "issuer.key");
    let source = std::fs::read(world.path("job.yaml")).unwrap();
    let verified = ["job", "verify", "job.yaml", "--root", "root.yaml", "--json"];
    let digest: Digest = world.done(&verified).json()["digest"].as_str().unwrap().parse().unwrap();
    let archive = arch_archive::Archive::open(&world.path("state/archive")).unwrap();
    let put = |bytes: &[u8]| archive.put(bytes).unwrap();
    archive.keep_document(&digest, &source).unwrap();
    let [mut accepted, started, mut finished] = records(digest);
    if let Record::Accepted { module, inputs, .. } = &mut accepted {
        *module = Some(put(b"\0asm"));
        inputs.insert("words".into(), put(b"a b c"));
    }
    if let Record::Finished { outputs, .. } = &mut finished {
        outputs.insert("stdout".into(), put(b"3"));
    }
    append(&world, &[accepted, started, finished]);
    (world, digest)
}

#[test]
fn a_bundle_is_checked_far_from_the_node_that_ran_the_job() {
    let (world, job) = state_of_a_run();
    let keys = world.done(&["ledger", "show", "state", "--keys"]).data;
    world.write("keys.txt", &keys);
    let pack = ["bundle", "pack", &job.hex()[..8], "--state", "state", "--out", "bundle"];
    world.done(&pack);
    assert_ne!(world.run(&pack).code, 0, "an older bundle is never written over");
    std::fs::remove_dir_all(world.path("state")).unwrap();

    let verify =
        ["bundle", "verify", "bundle", "--key", "keys.txt", "--root", "root.yaml", "--json"];
    let told = world.done(&verify).json();
    assert_eq!((&told["ok"], &told["digest"]), (&true.into(), &job.to_string().into()));
    assert_eq!((&told["accepted"], &told["finished"]), (&1.into(), &3.into()));
    assert_eq!(told["files"]["outputs/stdout"], Digest::of(b"3").to_string());
    assert_eq!(told["signers"].as_array().unwrap().len(), 1);
    for file in files(&world.path("bundle")) {
        let good = std::fs::read(&file).unwrap();
        let mut bad = good.clone();
        let middle = bad.len() / 2;
        bad[middle] ^= 1;
        std::fs::write(&file, &bad).unwrap();
        let told = world.run(&verify);
        assert_eq!(told.code, 1, "{}: {told:?}", file.display());
        std::fs::write(&file, &good).unwrap();
    }
    world.done(&verify);
}

/// The bundle of a product, by a node that says that this is it.
fn bundle_of_a_product(c: &[i32; 4]) -> World {
    let world = World::with_products();
    let file = |dtype, bytes: &[u8]| [&npy::header(dtype, 2, 2)[..], bytes].concat();
    let factors = [("a", file(Dtype::I8, &[1, 2, 3, 4])), ("b", file(Dtype::I8, &[5, 6, 7, 255]))];
    for (name, bytes) in &factors {
        std::fs::write(world.path(&format!("{name}.npy")), bytes).unwrap();
    }
    let new = ["job", "new", "product", "--owner", "user:ada", "--out", "job.yaml"];
    let matrix = ["--matrix", "a.npy", "b.npy", "--format", "i8"];
    world.done(&[&new[..], &matrix].concat());
    world.done(&["job", "sign", "job.yaml", "--key", "issuer.key"]);
    let source = std::fs::read(world.path("job.yaml")).unwrap();
    let verified = ["job", "verify", "job.yaml", "--root", "config/root.yaml", "--json"];
    let digest: Digest = world.done(&verified).json()["digest"].as_str().unwrap().parse().unwrap();
    let archive = arch_archive::Archive::open(&world.path("state/archive")).unwrap();
    archive.keep_document(&digest, &source).unwrap();
    let [mut accepted, started, mut finished] = records(digest);
    if let Record::Accepted { module, inputs, .. } = &mut accepted {
        *module = None;
        for (name, bytes) in factors {
            inputs.insert(name.into(), archive.put(&bytes).unwrap());
        }
    }
    if let Record::Finished { outputs, .. } = &mut finished {
        let values: Vec<u8> = c.iter().flat_map(|value| value.to_le_bytes()).collect();
        let product = archive.put(&file(Dtype::I32, &values)).unwrap();
        outputs.insert("product".into(), product);
    }
    append(&world, &[accepted, started, finished]);
    let pack = ["bundle", "pack", &digest.to_string(), "--state", "state", "--out", "bundle"];
    world.done(&pack);
    world
}

#[test]
fn a_product_in_a_bundle_is_checked_without_believing_the_node_that_computed_it() {
    // (1 2; 3 4) · (5 6; 7 -1)
    let right = [19, 4, 43, 14];
    let verify = ["bundle", "verify", "bundle", "--json"];
    let told = bundle_of_a_product(&right).done(&verify).json();
    assert_eq!((&told["product"], told.get("module")), (&true.into(), None));
    for at in 0..4 {
        let mut wrong = right;
        wrong[at] += 1;
        let told = bundle_of_a_product(&wrong).run(&verify);
        assert_eq!(told.code, 1, "{told:?}");
        assert!(told.data.contains("not the product of the job's inputs"), "{told:?}");
    }
}

#[test]
fn a_bundle_with_another_document_in_it_is_refused() {
    let (world, job) = state_of_a_run();
    world.job("other.yaml", "");
    // What lies in the archive is no evidence: it may have been exchanged.
    let archive = arch_archive::Archive::open(&world.path("state/archive")).unwrap();
    let other = std::fs::read(world.path("other.yaml")).unwrap();
    let other = String::from_utf8(other).unwrap().replace("name: hello", "name: other");
    archive.keep_document(&job, other.as_bytes()).unwrap();
    let pack = ["bundle", "pack", &job.to_string(), "--state", "state", "--out", "bundle"];
    assert_ne!(world.run(&pack).code, 0);
    assert!(!world.path("bundle").exists());
}

#[test]
fn a_job_that_has_not_ended_cannot_be_packed() {
    let (world, _job) = state_of_a_run();
    let other = Digest::of(b"never").to_string();
    let told = world.run(&["bundle", "pack", &other, "--state", "state", "--out", "bundle"]);
    assert_eq!(told.code, 1, "{told:?}");
}
