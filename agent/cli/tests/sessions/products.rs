//! Jobs that ask for an exact product: written, planned, and refused for what their files hold.

use arch_matrix::file::{Dtype, npy};
use serde_json::Value;

use crate::world::{Told, World};

/// A .npy file of that size, its bytes counted from 0 to 6 again and again.
fn npy_file(world: &World, name: &str, dtype: Dtype, (rows, columns): (u32, u32)) {
    let mut bytes = npy::header(dtype, rows, columns);
    let numbers = (0..rows).flat_map(|_| 0..columns).flat_map(|_| 0..dtype.bytes());
    bytes.extend(numbers.zip((0_u8..7).cycle()).map(|(_, byte)| byte));
    std::fs::write(world.path(name), bytes).unwrap();
}

fn safetensors_file(world: &World, name: &str) {
    let header = r#"{"w":{"dtype":"F32","shape":[6,5],"data_offsets":[0,120]},"x":{"dtype":"F32","shape":[5,4],"data_offsets":[120,200]}}"#;
    let length = u64::try_from(header.len()).unwrap().to_le_bytes();
    let bytes = [&length[..], header.as_bytes(), &[0; 200]].concat();
    std::fs::write(world.path(name), bytes).unwrap();
}

fn new(world: &World, more: &[&str]) -> Told {
    let args = ["job", "new", "product", "--owner", "user:ada", "--out", "job.yaml"];
    world.run(&[&args[..], more].concat())
}

fn signed(world: &World, more: &[&str]) {
    let made = new(world, more);
    assert_eq!(made.code, 0, "{made:?}");
    world.done(&["job", "sign", "job.yaml", "--key", "issuer.key"]);
}

fn plan(world: &World, more: &[&str]) -> Told {
    world.run(&[&["job", "plan", "job.yaml", "--config", "config"], more].concat())
}

#[test]
fn a_new_product_names_its_files_by_digest_and_can_be_signed_and_planned() {
    let world = World::with_products();
    npy_file(&world, "a.npy", Dtype::I8, (30, 50));
    npy_file(&world, "b.npy", Dtype::I8, (50, 40));
    signed(&world, &["--matrix", "a.npy", "b.npy", "--format", "i8", "--shards", "3"]);
    let text = world.read("job.yaml");
    let digest = arch_identity::Digest::of(&std::fs::read(world.path("a.npy")).unwrap());
    assert!(text.contains(&format!("a.npy@{digest}")) && text.contains("archive:audit.json"));
    assert!(!text.contains("image"), "{text}");

    let told = plan(&world, &[]);
    assert_eq!(told.code, 0, "{told:?}");
    for words in [
        "`a`: 30 × 50 of int8",
        "30 × 50 times 50 × 40, sums of 32 bits; no sum overflows, up to a depth of 131071",
        "3 shards share 3 × 3 × 3 parts of rows, columns and depth",
        "what several shards computed is compared; Freivalds' test on each shard",
        "sees A",
        "It would run.\nNothing was run.\n",
    ] {
        assert!(told.data.contains(words), "{words}: {}", told.data);
    }
    assert_eq!(
        told.data.matches("100.0 %").count(),
        3,
        "one sees all of A, one all of B: {told:?}"
    );
    // Who has which role is drawn from the document's digest, and with parts of unequal sizes
    // the work depends on it: 1.30 times the plain product, more or less.
    let work = told.data.split("work ").nth(1).and_then(|rest| rest.split(' ').next()).unwrap();
    assert!((1.25..1.35).contains(&work.parse::<f64>().unwrap()), "{work}");
}

#[test]
fn a_plan_in_json_says_who_computes_what_and_what_each_learns() {
    let world = World::with_products();
    npy_file(&world, "a.npy", Dtype::I16, (30, 50));
    npy_file(&world, "b.npy", Dtype::I16, (50, 40));
    let cut = ["--format", "i16", "--shards", "6", "--splits", "3,4,5"];
    signed(&world, &[&["--matrix", "a.npy", "b.npy"], &cut[..]].concat());
    let told = plan(&world, &["--json"]).json();
    assert_eq!((&told["schema"], &told["wouldRun"]), (&"arch.job-plan/v1".into(), &true.into()));
    let cover = &told["cover"];
    assert_eq!(cover["splits"], serde_json::json!({ "rows": 3, "columns": 4, "depth": 5 }));
    assert_eq!(cover["coverage"]["once"], 1.0);
    let nodes = cover["nodes"].as_array().unwrap();
    assert_eq!(nodes.len(), 6);
    let rest: usize = nodes.iter().map(|node| node["rest"].as_array().unwrap().len()).sum();
    assert_eq!(rest, 6, "what two slabs of each role leave of 3 × 4 × 5 blocks");
    let knows_all =
        |node: &Value| node["learned"]["allOfA"] == true && node["learned"]["allOfB"] == true;
    assert!(!nodes.iter().any(knows_all), "{cover}");
    // Drawn from the document's digest: the same job has the same plan.
    assert_eq!(plan(&world, &["--json"]).json()["cover"], *cover);
}

#[test]
fn a_plan_says_when_chosen_parts_share_the_work_unevenly() {
    // Three slabs of two parts leave one block, which one of the three has on top.
    for (splits, uneven) in [("2,2,2", true), ("3,3,3", false)] {
        let world = World::with_products();
        npy_file(&world, "a.npy", Dtype::I8, (30, 51));
        npy_file(&world, "b.npy", Dtype::I8, (51, 42));
        let cut = ["--format", "i8", "--shards", "3", "--splits", splits];
        signed(&world, &[&["--matrix", "a.npy", "b.npy"], &cut[..]].concat());
        let told = plan(&world, &[]);
        assert_eq!(told.data.contains("uneven: "), uneven, "{splits}: {}", told.data);
    }
}

#[test]
fn mirrors_stand_in_the_job_and_in_its_plan() {
    let world = World::with_products();
    npy_file(&world, "a.npy", Dtype::I8, (30, 50));
    npy_file(&world, "b.npy", Dtype::I8, (50, 40));
    let nine = ["--matrix", "a.npy", "b.npy", "--format", "i8", "--mirrors", "--shards", "9"];
    let told = new(&world, &nine);
    assert!(told.code == 1 && told.talk.contains("multiple of 6, such as 6"), "{}", told.talk);
    let six = ["--matrix", "a.npy", "b.npy", "--format", "i8", "--mirrors", "--shards", "6"];
    signed(&world, &six);
    assert!(world.read("job.yaml").contains("    mirrors: true"));
    let told = plan(&world, &[]);
    assert_eq!(told.code, 0, "{told:?}");
    assert!(told.data.contains("sees B  mirror"), "{}", told.data);
    // What is drawn from the document's digest, and twice that.
    let times = |before: &str| -> f64 {
        let text = told.data.split(before).nth(1).and_then(|rest| rest.split(' ').next());
        text.unwrap().parse().unwrap()
    };
    let [once, twice] = [times("work "), times("do all of that a second time: ")];
    assert!((1.25..1.35).contains(&once), "{once}");
    assert!((twice - 2.0 * once).abs() < 0.0151, "{once} and {twice}, both rounded");
    let json = plan(&world, &["--json"]).json();
    let nodes = json["cover"]["nodes"].as_array().unwrap();
    for (at, node) in nodes.iter().enumerate() {
        let mirror = &nodes[usize::try_from(node["mirror"].as_u64().unwrap()).unwrap()];
        assert_eq!((&mirror["slab"], &mirror["rest"]), (&node["slab"], &node["rest"]));
        assert_eq!(mirror["mirror"], at);
    }
}

#[test]
fn tensors_of_one_safetensors_file_are_one_input_and_one_shard_has_no_cover_plan() {
    let world = World::with_products();
    safetensors_file(&world, "m.safetensors");
    signed(&world, &["--matrix", "m.safetensors#w", "m.safetensors#x", "--format", "q9*q5"]);
    assert_eq!(world.read("job.yaml").matches("m.safetensors@").count(), 1);
    let told = plan(&world, &[]);
    assert_eq!(told.code, 0, "{told:?}");
    assert!(told.data.contains("tensor `x` of `a`: 5 × 4 of float32"), "{}", told.data);
    assert!(told.data.contains("one shard computes all of it"), "{}", told.data);
    assert!(plan(&world, &["--json"]).json()["cover"].is_null());
}

#[test]
fn a_product_that_its_files_do_not_allow_is_not_written() {
    let world = World::with_products();
    npy_file(&world, "a.npy", Dtype::I8, (30, 50));
    npy_file(&world, "b.npy", Dtype::I8, (50, 40));
    npy_file(&world, "flat.npy", Dtype::I8, (2, 50));
    npy_file(&world, "deep-a.npy", Dtype::I8, (1, 131_072));
    npy_file(&world, "deep-b.npy", Dtype::I8, (131_072, 1));
    safetensors_file(&world, "m.safetensors");
    world.write("words.txt", "no matrix\n");
    for (a, b, more, code, words) in [
        ("words.txt", "b.npy", "i8", "ARCH-N207", "not a NumPy (.npy) file"),
        ("m.safetensors", "b.npy", "q7", "ARCH-N207", "not a NumPy (.npy) file"),
        ("m.safetensors#v", "b.npy", "q7", "ARCH-N207", "there is no tensor `v`"),
        ("a.npy", "b.npy", "i16", "ARCH-N207", "int8, and `i16` takes int16"),
        ("a.npy", "a.npy", "i8", "ARCH-N208", "A has 50 columns and B has 30 rows"),
        ("a.npy", "b.npy", "f32s", "ARCH-D205", "certified"),
        ("a.npy", "b.npy", "q", "ARCH-D205", "needs its scale"),
        ("a.npy", "b.npy", "q5*q5", "ARCH-D205", "write q5 once"),
        ("a.npy", "b.npy", "q5,q9", "ARCH-D205", "q<a>*q<b>"),
    ] {
        let told = new(&world, &["--matrix", a, b, "--format", more]);
        assert_eq!(told.code, 1, "{a} {b} {more}: {told:?}");
        assert!(told.talk.contains(code) && told.talk.contains(words), "{words}: {}", told.talk);
    }
    let flat = ["--matrix", "flat.npy", "b.npy", "--format", "i8", "--shards", "3"];
    let told = new(&world, &flat);
    assert!(told.code == 1 && told.talk.contains("ARCH-N208"), "{told:?}");
    // Without an image there has to be a product, and never both.
    assert_eq!(new(&world, &[]).code, 2);
    assert_eq!(new(&world, &["--matrix", "a.npy", "b.npy"]).code, 2, "a format is needed");
    let both = ["--matrix", "a.npy", "b.npy", "--format", "i8", "--image", "x.wasm"];
    assert_eq!(new(&world, &both).code, 2);
    assert!(!world.path("job.yaml").exists());
    // The depth alone is no proof here, and the numbers are: none is beyond 6.
    let deep = ["--matrix", "deep-a.npy", "deep-b.npy", "--format", "i8"];
    signed(&world, &deep);
    let told = plan(&world, &[]);
    assert!(told.data.contains("no number is beyond 6 in A and 6 in B"), "{}", told.data);
}

#[test]
fn sums_that_may_overflow_are_refused_before_anything_runs() {
    let world = World::with_products();
    for (name, rows, columns) in [("a.npy", 1, 131_072), ("b.npy", 131_072, 1)] {
        let mut bytes = npy::header(Dtype::I8, rows, columns);
        bytes.extend(vec![0x80; 131_072]);
        std::fs::write(world.path(name), bytes).unwrap();
    }
    let told = new(&world, &["--matrix", "a.npy", "b.npy", "--format", "i8"]);
    assert_eq!(told.code, 1, "{told:?}");
    assert!(
        told.talk.contains("ARCH-N208") && told.talk.contains("may reach 2147483648"),
        "{told:?}"
    );
}

#[test]
fn a_plan_points_at_what_the_files_of_a_signed_product_do_not_allow() {
    let world = World::with_products();
    npy_file(&world, "a.npy", Dtype::I8, (30, 50));
    npy_file(&world, "b.npy", Dtype::I8, (50, 40));
    let made = new(&world, &["--matrix", "a.npy", "b.npy", "--format", "i8", "--shards", "3"]);
    assert_eq!(made.code, 0, "{made:?}");
    let good = world.read("job.yaml");
    for (from, to, code, line) in [
        ("format: \"i8\"", "format: \"i16\"", "ARCH-N207", "a: {"),
        ("b: { input: \"b\" }", "b: { input: \"a\" }", "ARCH-N208", "matrix:"),
        (
            "shards: 3",
            "shards: 3\n    splits: { rows: 31, columns: 3, depth: 3 }",
            "ARCH-N208",
            "splits:",
        ),
        ("shards: 3", "shards: 93", "ARCH-N208", "shards:"),
    ] {
        let text = good.replace(from, to);
        assert_ne!(text, good);
        world.write("job.yaml", &text);
        world.done(&["job", "sign", "job.yaml", "--key", "issuer.key"]);
        let told = plan(&world, &[]);
        assert_eq!(told.code, 1, "{to}: {told:?}");
        assert!(told.talk.contains(code), "{to}: {}", told.talk);
        assert!(told.data.ends_with("It would be refused.\nNothing was run.\n"), "{}", told.data);
        let json = plan(&world, &["--json"]).json();
        let failed = json["checks"].as_array().unwrap().iter().find(|step| step["verdict"] == "no");
        let at = &failed.unwrap()["problem"]["at"]["span"]["line"];
        let at = usize::try_from(at.as_u64().unwrap()).unwrap();
        let there = world.read("job.yaml").lines().nth(at - 1).unwrap().to_owned();
        assert!(there.trim().starts_with(line), "{to}: line {at} is `{there}`");
    }
}

#[test]
fn an_operand_that_only_the_agent_may_have_leaves_the_plan_open() {
    let world = World::with_products();
    npy_file(&world, "a.npy", Dtype::I8, (30, 50));
    npy_file(&world, "b.npy", Dtype::I8, (50, 40));
    signed(&world, &["--matrix", "a.npy", "b.npy", "--format", "i8", "--shards", "3"]);
    std::fs::remove_file(world.path("b.npy")).unwrap();
    let told = plan(&world, &[]);
    assert_eq!(told.code, 0, "{told:?}");
    assert!(told.data.contains("the agent reads `b` when it has it"), "{}", told.data);
    assert!(!told.data.contains("sees A"), "{}", told.data);
}

#[test]
fn a_product_is_refused_where_the_policy_does_not_allow_the_runtime() {
    let world = World::with_config();
    npy_file(&world, "a.npy", Dtype::I8, (3, 3));
    signed(&world, &["--matrix", "a.npy", "a.npy", "--format", "i8"]);
    let told = plan(&world, &[]);
    assert_eq!(told.code, 1, "{told:?}");
    assert!(told.talk.contains("the policy does not allow runtime `matrix`"), "{}", told.talk);
}

const EXAMPLE: &str = include_str!("../../../../manifests/examples/matrix.yaml");

#[test]
fn the_example_of_a_product_names_the_files_that_its_comment_makes_and_would_run() {
    let world = World::with_products();
    let mut text = EXAMPLE.to_owned();
    for (name, rows, columns, factor) in [("a.npy", 384, 256, 1), ("b.npy", 256, 320, 3)] {
        let mut bytes = npy::header(Dtype::I8, rows, columns);
        bytes.extend((0..rows * columns).map(|at| (at * factor).to_le_bytes()[0]));
        std::fs::write(world.path(name), bytes).unwrap();
        let here = world.path(name).canonicalize().unwrap();
        text = text.replace(&format!("/srv/matrices/{name}@"), &format!("{}@", here.display()));
    }
    let day = |text: &str, from: &str, to: &str| text.replacen(from, to, 1);
    let life = arch_identity::Timestamp::from_unix(now() - 60).unwrap().to_string();
    let end = arch_identity::Timestamp::from_unix(now() + 3_600).unwrap().to_string();
    let text = day(&day(&text, "2026-11-23T00:00:00Z", &life), "2026-12-23T00:00:00Z", &end);
    world.write("job.yaml", &text);
    world.done(&["job", "sign", "job.yaml", "--key", "issuer.key"]);
    let told = plan(&world, &["--json"]).json();
    assert_eq!(told["wouldRun"], true, "{told}");
    assert_eq!(told["cover"]["nodes"].as_array().unwrap().len(), 9, "{told}");
    let coverage = &told["cover"]["coverage"];
    assert!(coverage["balance"].as_f64().unwrap() < 1.2, "{coverage}");
}

fn now() -> i64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    i64::try_from(now.as_secs()).unwrap()
}
