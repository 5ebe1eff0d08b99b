//! Exact products: computed by the real executor, committed to, compared, audited and anchored.

use std::fs;

use arch_archive::Archive;
use arch_identity::Digest;
use arch_ledger::Record;
use arch_matrix::{
    Matrix,
    file::{Dtype, npy},
};
use arch_tests::{Factors, JobText, Stranger, World, npy_file, numbers, skip};
use arch_wire::control::{Answer, Call, JobDetail, Reply};
use serde_json::Value;

fn json(world: &World, job: &JobDetail, output: &str) -> Value {
    let archive = Archive::to_read(&world.path("state/archive"));
    let bytes = archive.get(&job.outputs[output], 1 << 24).unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

#[test]
fn a_product_is_the_same_in_one_and_shared_by_three_and_by_nine() {
    let world = World::new();
    let mut agent = world.agent();
    let factors = Factors::new(&world, (100, 70, 131));
    for (shards, compared, checked) in [("", 0, 0), (", shards: 3", 1, 11), (", shards: 9", 9, 9)] {
        let job = world.drop_job(&factors.job(shards));
        let ended = agent.wait_end(job);
        assert_eq!(ended.row.state, "completed", "{shards}: {}", agent.log());
        assert_eq!(ended.outputs["product"], factors.product, "{shards}");
        let audit = json(&world, &ended, "audit");
        assert_eq!(audit["product"], true, "{audit}");
        let all = |list: &str, field: &str| -> Vec<bool> {
            let list = audit[list].as_array().unwrap().iter();
            list.map(|one| one[field].as_bool().unwrap()).collect()
        };
        assert_eq!(all("compared", "equal"), vec![true; compared], "{audit}");
        assert_eq!(all("freivalds", "holds"), vec![true; checked], "{audit}");
        assert_eq!(all("recomputed", "equal"), vec![true; if compared > 0 { 2 } else { 0 }]);
        let commitments = json(&world, &ended, "commitments");
        let told = commitments["commitments"].as_array().unwrap().len();
        assert_eq!(told, checked.max(1), "{commitments}");
    }
    assert!(agent.stop().success());
    let ledger = Stranger::verified(&world);
    for record in ledger.records() {
        if let Record::Finished { document, .. } = record {
            assert_eq!(ledger.kinds(*document), ["accepted", "started", "committed", "finished"]);
        }
    }
    let left = fs::read_dir(world.path("state/scratch")).unwrap().count();
    assert_eq!(left, 0, "scratch files are gone with their job");
}

/// A world whose one product has these bytes for A; B is honest.
fn with_a(a: &[u8], format: &str, spec: &str) -> (World, JobDetail) {
    let world = World::new();
    let mut agent = world.agent();
    let b = match format {
        "i8" => npy_file(Dtype::I8, &numbers::<i8>(4, 3, 7)),
        _ => npy_file(Dtype::F32, &Matrix::new(4, 3, vec![0.5_f32; 12]).unwrap()),
    };
    let named = [("a", a), ("b", b.as_slice())].map(|(name, bytes)| {
        let path = world.path(format!("data/{name}.npy"));
        fs::write(&path, bytes).unwrap();
        format!("{name}: \"file://{}@{}\"", path.display(), Digest::of(bytes))
    });
    let matrix = format!("a: {{ input: a }}, b: {{ input: b }}, format: {format}{spec}");
    let job = JobText::product("product", &matrix, World::now())
        .spec(&format!("  inputs: {{ {} }}", named.join(", ")))
        .spec("  outputs: { product: \"archive:\" }");
    let ended = agent.wait_end(world.drop_job(&job));
    assert!(agent.stop().success());
    (world, ended)
}

#[test]
fn files_that_are_no_such_matrices_are_refused_before_the_job_is_accepted() {
    let honest = npy_file(Dtype::I8, &numbers::<i8>(5, 4, 3));
    let lying = |from: &str, to: &str| {
        let at = honest.windows(from.len()).position(|bytes| bytes == from.as_bytes()).unwrap();
        [&honest[..at], to.as_bytes(), &honest[at + from.len()..]].concat()
    };
    for (what, a, spec, code) in [
        ("nothing", Vec::new(), "", "ARCH-N207"),
        ("no matrix", b"PK\x03\x04 and so on".to_vec(), "", "ARCH-N207"),
        ("cut short", honest[..honest.len() - 1].to_vec(), "", "ARCH-N207"),
        ("one too many", [&honest[..], b"x"].concat(), "", "ARCH-N207"),
        ("a header alone", honest[..64].to_vec(), "", "ARCH-N207"),
        (
            "other numbers",
            npy_file(Dtype::I16, &Matrix::new(5, 4, vec![1_i16; 20]).unwrap()),
            "",
            "ARCH-N207",
        ),
        ("beyond reason", lying("(5, 4)", "(1099511627776, 4)"), "", "ARCH-N207"),
        ("no rows", lying("(5, 4)", "(0, 4)"), "", "ARCH-N207"),
        ("column by column", lying("False", "True "), "", "ARCH-N207"),
        ("not B's rows", npy_file(Dtype::I8, &numbers::<i8>(5, 5, 3)), "", "ARCH-N208"),
        (
            "too small to cut",
            npy_file(Dtype::I8, &numbers::<i8>(2, 4, 3)),
            ", shards: 3",
            "ARCH-N208",
        ),
    ] {
        let (world, ended) = with_a(&a, "i8", spec);
        let told = (ended.row.state.as_str(), ended.row.code.as_deref());
        assert_eq!(told, ("refused", Some(code)), "{what}: {:?}", ended.outcome);
        assert!(ended.line.is_some(), "{what}: the place in the document");
        let ledger = Stranger::verified(&world);
        assert!(ledger.records().all(|record| !matches!(record, Record::Accepted { .. })));
    }
}

#[test]
fn a_product_whose_check_would_take_too_much_of_the_agents_memory_is_refused() {
    let world = World::new();
    let mut agent = world.agent();
    let depth = 1 << 24;
    let named = [("a", 1, depth), ("b", depth, 1)].map(|(name, rows, columns)| {
        let mut bytes = npy::header(Dtype::I8, rows, columns);
        bytes.resize(bytes.len() + (1 << 24), 0);
        let path = world.path(format!("data/{name}.npy"));
        fs::write(&path, &bytes).unwrap();
        format!("{name}: \"file://{}@{}\"", path.display(), Digest::of(&bytes))
    });
    let matrix = "a: { input: a }, b: { input: b }, format: i8";
    let job = JobText::product("deep", matrix, World::now())
        .spec(&format!("  inputs: {{ {} }}", named.join(", ")))
        .spec("  outputs: { product: \"archive:\" }");
    let ended = agent.wait_end(world.drop_job(&job));
    assert_eq!(ended.row.code.as_deref(), Some("ARCH-N208"), "{}", agent.log());
    assert!(ended.outcome.unwrap().contains("its check needs"));
}

#[test]
fn a_plan_whose_parts_take_too_much_of_the_disk_is_refused() {
    let world = World::new();
    let mut agent = world.agent();
    // Outputs may have a mebibyte, and all parts eight times that. Of nine nodes' parts five are as
    // large as C together, of twenty-seven nodes' eleven.
    let factors = Factors::new(&world, (500, 40, 500));
    let fits = agent.wait_end(world.drop_job(&factors.job(", shards: 9")));
    assert_eq!(fits.row.state, "completed", "{}", agent.log());
    let ended = agent.wait_end(world.drop_job(&factors.job(", shards: 27")));
    let told = (ended.row.state.as_str(), ended.row.code.as_deref());
    assert_eq!(told, ("refused", Some("ARCH-N208")), "{}", agent.log());
    let why = ended.outcome.unwrap();
    assert!(why.contains("11000000 bytes of values") && why.contains("8388608"), "{why}");
}

#[test]
fn a_number_that_is_none_ends_the_run_with_its_place() {
    let mut values = vec![0.25_f32; 20];
    values[13] = f32::NAN;
    let a = npy_file(Dtype::F32, &Matrix::new(5, 4, values).unwrap());
    let (_, ended) = with_a(&a, "q3", "");
    let told = (ended.row.state.as_str(), ended.row.code.as_deref(), ended.outcome.as_deref());
    assert_eq!(told, ("failed", Some("ARCH-S019"), Some("operandUnusable")));
    assert_eq!(ended.attempts, 1, "the job's fault is not tried again");
}

#[test]
fn floats_are_quantised_and_wide_integers_have_wide_sums() {
    let a = npy_file(Dtype::F32, &Matrix::new(5, 4, vec![0.5_f32; 20]).unwrap());
    for (format, wide) in [("q3", false), ("q3/i16", true)] {
        let (world, ended) = with_a(&a, format, "");
        assert_eq!(ended.row.state, "completed");
        // 0.5 is 4 in units of an eighth; four products of 4 times 4.
        let expected = match wide {
            false => npy_file(Dtype::I32, &Matrix::new(5, 3, vec![64_i32; 15]).unwrap()),
            true => npy_file(Dtype::I64, &Matrix::new(5, 3, vec![64_i64; 15]).unwrap()),
        };
        assert_eq!(ended.outputs["product"], Digest::of(&expected), "{format}");
        let archive = Archive::to_read(&world.path("state/archive"));
        assert_eq!(archive.get(&ended.outputs["product"], 1 << 20).unwrap(), expected);
    }
}

#[test]
fn each_factor_is_quantised_by_its_own_scale() {
    let world = World::new();
    let mut agent = world.agent();
    let named = [("a", (50, 40), 0.5_f32), ("b", (40, 30), 0.25)].map(|(name, size, value)| {
        let mut matrix = Matrix::<f32>::zero(size.0, size.1);
        matrix.values_mut().fill(value);
        let bytes = npy_file(Dtype::F32, &matrix);
        let path = world.path(format!("data/{name}.npy"));
        fs::write(&path, &bytes).unwrap();
        format!("{name}: \"file://{}@{}\"", path.display(), Digest::of(&bytes))
    });
    // 0.5 is 2 in quarters, and 0.25 is 8 in units of 2^-5; the other way around it would be 16 and 1.
    for (format, sum) in [("q2*q5", 640_i32), ("q5*q2", 640), ("q2", 80), ("q1*q6", 640)] {
        let matrix = format!("a: {{ input: a }}, b: {{ input: b }}, format: {format}, shards: 3");
        let job = JobText::product("scaled", &matrix, World::now())
            .spec(&format!("  inputs: {{ {} }}", named.join(", ")))
            .spec("  outputs: { product: \"archive:\", audit: \"archive:\" }");
        let ended = agent.wait_end(world.drop_job(&job));
        assert_eq!(ended.row.state, "completed", "{}", agent.log());
        let expected = npy_file(Dtype::I32, &Matrix::new(50, 30, vec![sum; 1_500]).unwrap());
        assert_eq!(ended.outputs["product"], Digest::of(&expected), "{format}");
    }
}

#[test]
fn an_agent_that_is_killed_goes_on_behind_the_last_tile_that_was_hashed() {
    let world = World::new();
    world.write_policy(&world.policy_text(1).replace("\"1Mi\"", "\"64Mi\""));
    let mut agent = world.agent();
    let factors = Factors::new(&world, (1_500, 1_100, 1_400));
    // So little memory that there are many tiles.
    let job = world.drop_job(&factors.job(", shards: 3").memory("3Mi").timeout("5m"));
    let done = agent.wait_for("some tiles", |agent| {
        let Some(Reply::Ok(Answer::JobShow(job))) = agent.try_call(&Call::JobShow { digest: job })
        else {
            return None;
        };
        job.progress.filter(|progress| progress.done > 3).map(|progress| progress.done)
    });
    agent.kill();
    let scratch = world.path("state/scratch").join(job.hex());
    let listed = |scratch: &std::path::Path| -> u64 {
        let lists = fs::read_dir(scratch).unwrap().map(|entry| entry.unwrap().path());
        let lists = lists.filter(|path| path.extension().is_some_and(|ext| ext == "tiles"));
        lists.map(|path| fs::metadata(path).unwrap().len() / 40).sum()
    };
    assert!(listed(&scratch) >= done);
    // A value of a tile that was done is damaged meanwhile: that tile is computed once more.
    let first = scratch.join("0.values");
    let mut bytes = fs::read(&first).unwrap();
    bytes[0] ^= 1;
    fs::write(&first, bytes).unwrap();
    let mut agent = world.agent();
    let ended = agent.wait_end(job);
    assert_eq!(ended.row.state, "completed", "{}", agent.log());
    assert_eq!((ended.attempts, ended.outputs["product"]), (2, factors.product));
    assert!(agent.stop().success());
    let kinds = ["accepted", "started", "interrupted", "started", "committed", "finished"];
    assert_eq!(Stranger::verified(&world).kinds(job), kinds);
}

#[test]
fn killed_while_partial_sums_are_computed_once_more_an_honest_job_is_not_disputed() {
    if cfg!(not(debug_assertions)) {
        return skip("the agent knows no points without debug assertions");
    }
    let world = World::new();
    // Another attempt draws another block; one of several jobs meets the same holder again.
    for _ in 0..6 {
        let factors = Factors::new(&world, (90, 60, 90));
        // Nine parts, then the block by the holder of its row; killed when that of its column is asked.
        let agent = world.agent_with(|command| {
            command.env("ARCH_POINT", "kill HandedOver 11");
        });
        let job = world.drop_job(&factors.job(", shards: 9").cpu("1"));
        assert!(!agent.ended().success());
        let mut agent = world.agent();
        let ended = agent.wait_end(job);
        assert_eq!(ended.row.state, "completed", "{}", agent.log());
        assert_eq!(ended.attempts, 2);
        assert!(agent.stop().success());
    }
}
