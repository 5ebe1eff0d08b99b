//! What a job may give as factors: files that are no such matrices, other files than it pins, numbers
//! that are none, sums that may overflow; and what becomes of floats.

use std::{fs, path::Path};

use arch_archive::Archive;
use arch_identity::Digest;
use arch_ledger::Record;
use arch_matrix::{
    Matrix,
    file::{Dtype, npy},
};
use arch_tests::{JobText, Stranger, World, npy_file, numbers};
use arch_wire::control::JobDetail;

/// An input of a job: a file, and the digest that it is to have.
fn input(name: &str, path: &Path, digest: Digest) -> String {
    format!("{name}: \"file://{}@{digest}\"", path.display())
}

/// Factors written into the data folder, as the line `inputs` of a job.
fn inputs(world: &World, files: [(&str, &[u8]); 2]) -> String {
    let named = files.map(|(name, bytes)| {
        let path = world.path(format!("data/{name}"));
        fs::write(&path, bytes).unwrap();
        input(name, &path, Digest::of(bytes))
    });
    format!("  inputs: {{ {} }}", named.join(", "))
}

fn job(inputs: &str, matrix: &str) -> JobText {
    let job = JobText::product("product", matrix, World::now()).spec(inputs);
    job.spec("  outputs: { product: \"archive:\" }")
}

/// How a job of these factors ends, in a world that has stopped, and what the log says.
fn given(a: &[u8], b: &[u8], matrix: &str) -> (World, JobDetail, String) {
    let world = World::new();
    let mut agent = world.agent();
    let inputs = inputs(&world, [("a", a), ("b", b)]);
    let ended = agent.wait_end(world.drop_job(&job(&inputs, matrix)));
    let log = agent.stopped();
    (world, ended, log)
}

/// A world whose one product has these bytes for A; B is honest.
fn with_a(a: &[u8], format: &str, spec: &str) -> (World, JobDetail) {
    let b = match format {
        "i8" => npy_file(Dtype::I8, &numbers::<i8>(4, 3, 7)),
        _ => npy_file(Dtype::F32, &halves(4, 3)),
    };
    let matrix = format!("a: {{ input: a }}, b: {{ input: b }}, format: {format}{spec}");
    let (world, ended, _) = given(a, &b, &matrix);
    (world, ended)
}

fn halves(rows: u32, columns: u32) -> Matrix<f32> {
    let mut matrix = Matrix::<f32>::zero(rows, columns);
    matrix.values_mut().fill(0.5);
    matrix
}

/// The format of most.
const I8: &str = "a: { input: a }, b: { input: b }, format: i8";

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
        ("no columns", lying("(5, 4)", "(5, 0)"), "", "ARCH-N207"),
        ("nothing of nothing", lying("(5, 4)", "(0, 0)")[..128].to_vec(), "", "ARCH-N207"),
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
fn a_tensor_whose_file_lies_is_refused_before_the_job_is_accepted() {
    let file = |header: &str, bytes: usize| {
        let length = u64::try_from(header.len()).unwrap().to_le_bytes();
        [&length[..], header.as_bytes(), &vec![1; bytes]].concat()
    };
    let b = npy_file(Dtype::I8, &numbers::<i8>(4, 3, 7));
    let honest = r#"{"w":{"dtype":"I8","shape":[5,4],"data_offsets":[0,20]}}"#;
    let sized = |shape, offsets| honest.replace("[5,4]", shape).replace("[0,20]", offsets);
    for (what, a, code) in [
        ("honest", file(honest, 20), None),
        ("cut short", file(honest, 19), Some("ARCH-N207")),
        ("one too many", file(honest, 21), Some("ARCH-N207")),
        ("beyond its end", file(&honest.replace("[0,20]", "[9,29]"), 20), Some("ARCH-N207")),
        ("of another length", file(&honest.replace("[5,4]", "[5,5]"), 20), Some("ARCH-N207")),
        ("no rows", file(&sized("[0,4]", "[0,0]"), 0), Some("ARCH-N207")),
        ("no columns", file(&sized("[5,0]", "[0,0]"), 0), Some("ARCH-N207")),
        (
            "beyond reason",
            file(&sized("[1099511627776,4]", "[0,4398046511104]"), 20),
            Some("ARCH-N207"),
        ),
        (
            "more than 64 bits",
            file(&sized("[4294967296,4294967296]", "[0,0]"), 0),
            Some("ARCH-N207"),
        ),
        (
            "other numbers",
            file(
                &honest.replace("I8", "F64").replace("[5,4]", "[5,1]").replace("[0,20]", "[0,40]"),
                40,
            ),
            Some("ARCH-N207"),
        ),
        ("another tensor", file(&honest.replace('w', "v"), 20), Some("ARCH-N207")),
        ("a header without end", [&u64::MAX.to_le_bytes()[..], b"{}"].concat(), Some("ARCH-N207")),
    ] {
        let matrix = "a: { input: a, tensor: w }, b: { input: b }, format: i8";
        let (world, ended, log) = given(&a, &b, matrix);
        let state = if code.is_some() { "refused" } else { "completed" };
        let told = (ended.row.state.as_str(), ended.row.code.as_deref());
        assert_eq!(told, (state, code), "{what}: {log}");
        let ledger = Stranger::verified(&world);
        let accepted = ledger.records().any(|record| matches!(record, Record::Accepted { .. }));
        assert_eq!(accepted, code.is_none(), "{what}");
    }
}

#[test]
fn a_factor_that_is_not_the_pinned_one_is_refused_until_it_is() {
    let world = World::new();
    fs::create_dir(world.path("config/node.d")).unwrap();
    fs::write(world.path("config/node.d/quick.yaml"), "jobs: { rescan: 1s }\n").unwrap();
    let mut agent = world.agent();
    let [a, b, other] = [(5, 4, 3), (4, 3, 7), (5, 4, 9)]
        .map(|(rows, columns, seed)| npy_file(Dtype::I8, &numbers::<i8>(rows, columns, seed)));
    let inputs = inputs(&world, [("a", &a), ("b", &b)]);
    // As long, as well formed, and another.
    fs::write(world.path("data/a"), &other).unwrap();
    let dropped = world.drop_job(&job(&inputs, I8));
    let refused = agent.wait_end(dropped);
    let told = (refused.row.state.as_str(), refused.row.code.as_deref());
    assert_eq!(told, ("refused", Some("ARCH-N204")), "{}", agent.log());
    fs::write(world.path("data/a"), &a).unwrap();
    let ended = agent.wait_job(dropped, &["completed"]);
    assert!(agent.stop().success());
    let ledger = Stranger::verified(&world);
    let kinds = ["accepted", "started", "committed", "finished"];
    assert_eq!(ledger.kinds(ended.row.digest), kinds);
    let archive = Archive::to_read(&world.path("state/archive"));
    assert!(!archive.has(&Digest::of(&other)), "what nobody asked for is not kept");
}

#[test]
fn a_product_that_is_not_the_pinned_one_is_quarantined() {
    let world = World::new();
    let mut agent = world.agent();
    let [a, b] = [(5, 4), (4, 3)]
        .map(|(rows, columns)| npy_file(Dtype::I8, &numbers::<i8>(rows, columns, 3)));
    let inputs = inputs(&world, [("a", &a), ("b", &b)]);
    let pinned = |digest| {
        let job = JobText::product("product", I8, World::now()).spec(&inputs);
        job.spec(&format!("  outputs: {{ product: \"archive:c.npy@{digest}\" }}"))
    };
    let wrong = agent.wait_end(world.drop_job(&pinned(Digest::of(b"another"))));
    let told = (wrong.row.state.as_str(), wrong.row.code.as_deref());
    assert_eq!(told, ("quarantined", Some("ARCH-N304")), "{}", agent.log());
    let right = agent.wait_end(world.drop_job(&pinned(wrong.outputs["product"])));
    assert_eq!(right.row.state, "completed", "{}", agent.log());
}

#[test]
fn sums_that_may_overflow_are_refused_even_if_each_parts_would_not() {
    // 2^17 products of -128 and -128 are 2^31: one too many. A third of them fits.
    let depth = 1 << 17;
    let of = |rows, columns, value: i8| {
        let mut matrix = Matrix::<i8>::zero(rows, columns);
        matrix.values_mut().fill(value);
        npy_file(Dtype::I8, &matrix)
    };
    for (value, shards, code) in [
        (-128, "", Some("ARCH-N208")),
        (-128, ", shards: 3", Some("ARCH-N208")),
        (-127, ", shards: 3", None),
    ] {
        let matrix = format!("{I8}{shards}");
        let (_, ended, log) = given(&of(3, depth, -128), &of(depth, 3, value), &matrix);
        let told = (ended.row.state.as_str(), ended.row.code.as_deref());
        let state = if code.is_some() { "refused" } else { "completed" };
        assert_eq!(told, (state, code), "{value}{shards}: {log}");
    }
}

#[test]
fn a_product_whose_check_would_take_too_much_of_the_agents_memory_is_refused() {
    let world = World::new();
    let mut agent = world.agent();
    let depth = 1 << 24;
    let [a, b] = [(1, depth), (depth, 1)].map(|(rows, columns)| {
        let mut bytes = npy::header(Dtype::I8, rows, columns);
        bytes.resize(bytes.len() + (1 << 24), 0);
        bytes
    });
    let inputs = inputs(&world, [("a", &a), ("b", &b)]);
    let ended = agent.wait_end(world.drop_job(&job(&inputs, I8)));
    assert_eq!(ended.row.code.as_deref(), Some("ARCH-N208"), "{}", agent.log());
    assert!(ended.outcome.unwrap().contains("its check needs"));
}

#[test]
fn a_number_that_is_none_ends_the_run_with_its_place() {
    for (number, in_a, shards, place) in [
        (f32::NAN, true, "", "row 3, column 1"),
        (f32::INFINITY, false, "", "row 3, column 1"),
        (f32::NEG_INFINITY, true, ", shards: 3", "row 3, column 1"),
    ] {
        let mut bad = halves(5, 5);
        bad.values_mut()[16] = number;
        let [a, b] = if in_a { [bad, halves(5, 5)] } else { [halves(5, 5), bad] };
        let [a, b] = [a, b].map(|matrix| npy_file(Dtype::F32, &matrix));
        let matrix = format!("a: {{ input: a }}, b: {{ input: b }}, format: q3{shards}");
        let (_, ended, log) = given(&a, &b, &matrix);
        let told = (ended.row.state.as_str(), ended.row.code.as_deref(), ended.outcome.as_deref());
        assert_eq!(told, ("failed", Some("ARCH-S019"), Some("operandUnusable")), "{log}");
        assert_eq!(ended.attempts, 1, "the job's fault is not tried again");
        assert!(log.contains(place), "{log}");
    }
}

#[test]
fn floats_are_quantised_and_wide_integers_have_wide_sums() {
    let a = npy_file(Dtype::F32, &halves(5, 4));
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
    let mut quarters = halves(40, 30);
    quarters.values_mut().fill(0.25);
    let [a, b] = [halves(50, 40), quarters].map(|matrix| npy_file(Dtype::F32, &matrix));
    let inputs = inputs(&world, [("a", &a), ("b", &b)]);
    // 0.5 is 2 in quarters, and 0.25 is 8 in units of 2^-5; the other way around it would be 16 and 1.
    for (format, sum) in [("q2*q5", 640_i32), ("q5*q2", 640), ("q2", 80), ("q1*q6", 640)] {
        let matrix = format!("a: {{ input: a }}, b: {{ input: b }}, format: {format}, shards: 3");
        let ended = agent.wait_end(world.drop_job(&job(&inputs, &matrix)));
        assert_eq!(ended.row.state, "completed", "{}", agent.log());
        let expected = npy_file(Dtype::I32, &Matrix::new(50, 30, vec![sum; 1_500]).unwrap());
        assert_eq!(ended.outputs["product"], Digest::of(&expected), "{format}");
    }
}
