//! The guest that makes integers of floats, in the real sandbox, held against the definition.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::indexing_slicing,
    reason = "tests may be blunt"
)]

use std::fs;

use arch_archive::Archive;
use arch_document::SignedDocument;
use arch_identity::Digest;
use arch_matrix::{
    Element, Scale,
    file::{Dtype, npy},
    prepare::{Alpha, Clamp, Recipe},
};
use arch_tests::{Agent, World, checkout, example};
use arch_wire::control::{Answer, Call, JobDetail};

/// A file of floats.
fn floats(rows: u32, columns: u32, values: &[f32]) -> Vec<u8> {
    let mut bytes = npy::header(Dtype::F32, rows, columns);
    bytes.extend(values.iter().flat_map(|value| value.to_le_bytes()));
    bytes
}

/// Floats in no pattern, small ones, large ones, some at the edge between two integers.
fn noise(count: u32, seed: u32) -> Vec<f32> {
    let one = |n: u32| {
        let bits = (n ^ seed).wrapping_mul(2_654_435_761).rotate_left(15).wrapping_mul(seed | 1);
        match n % 5 {
            0 if n.is_multiple_of(15) => f32::from_bits(bits | 0x7f80_0000), // no number, or without end
            0 => f32::from_bits(bits),
            1 => (bits >> 24) as f32 / 32.0,
            _ => (bits as i32) as f32 / (1 << 27) as f32,
        }
    };
    (0..count).map(one).collect()
}

/// Runs the guest over a file.
fn prepared(world: &World, agent: &mut Agent, file: &[u8], arguments: &str) -> JobDetail {
    let path = world.path("data/x.npy");
    fs::write(&path, file).unwrap();
    let arguments: Vec<String> = arguments.split(' ').map(|word| format!("\"{word}\"")).collect();
    let job = world.job("prepare", &example("prepare")).memory("128Mi").spec(&format!(
        "  args: [\"x.npy\", {}]\n  inputs: {{ x.npy: \"file://{}@{}\" }}\n  \
         outputs: {{ x.npy: \"archive:x.npy\" }}",
        arguments.join(", "),
        path.display(),
        Digest::of(file)
    ));
    agent.wait_end(world.drop_job(&job))
}

fn kept(world: &World, job: &JobDetail, name: &str) -> Vec<u8> {
    let digest = job.outputs.get(name).unwrap_or_else(|| panic!("no `{name}` in {job:?}"));
    Archive::to_read(&world.path("state/archive")).get(digest, 1 << 26).unwrap()
}

fn logs(agent: &mut Agent, job: &JobDetail) -> [String; 2] {
    let call = Call::JobLogs { digest: job.row.digest };
    let Answer::JobLogs { stdout, stderr } = agent.call(&call) else { panic!() };
    [stdout, stderr].map(|text| String::from_utf8(text.bytes.0).unwrap())
}

#[test]
fn what_the_guest_prepares_is_what_the_definition_gives_every_time() {
    let world = World::new();
    let mut agent = world.agent();
    let clamp = Clamp::new(-9.5, 8.0, Some(0.25)).unwrap();
    for (rows, columns, alpha) in [
        (1, 1, None),
        (33, 17, None),
        (7, 1, Some(20_000)),
        (41, 35, Some(1)),
        (3, 200, Some(65_536)),
    ] {
        let values = noise(rows * columns, 97 * rows);
        let weight = alpha.map(|numerator| Alpha::new(numerator).unwrap());
        let recipe = Recipe::new(clamp, weight, Scale::new(4).unwrap()).unwrap();
        let defined = recipe.apply::<i8>(values.clone(), columns as usize).unwrap();
        let alpha = alpha.map(|numerator| format!(" alpha={numerator}")).unwrap_or_default();
        let arguments = format!("low=-9.5 high=8 instead=0.25 scale=4 carrier=i8{alpha}");
        let file = floats(rows, columns, &values);
        let [first, second] = [0, 1].map(|_| prepared(&world, &mut agent, &file, &arguments));
        assert_eq!(first.row.state, "completed", "{:?}\n{}", logs(&mut agent, &first), agent.log());

        let bytes = kept(&world, &first, "x.npy");
        let stored = npy::read(&bytes, bytes.len() as u64).unwrap();
        assert_eq!(
            (stored.dtype, stored.rows, stored.columns),
            (Dtype::I8, rows.into(), columns.into())
        );
        let integers: Vec<i8> = i8::read(&bytes[stored.offset as usize..]).collect();
        assert_eq!(integers, defined.values, "{rows} by {columns}{alpha}");
        let summary = format!(
            "x.npy: {rows} rows, {columns} columns, {} replaced, {} clamped, {} saturated\n",
            defined.replaced, defined.clamped, defined.saturated
        );
        assert_eq!(logs(&mut agent, &first)[0], summary);
        assert_eq!(first.outputs, second.outputs);
        assert_eq!(first.used.unwrap().fuel, second.used.unwrap().fuel);
    }
}

#[test]
fn sixteen_bits_come_out_where_they_are_asked_for() {
    let world = World::new();
    let mut agent = world.agent();
    let file = floats(2, 2, &[-1.5, 300.0, 0.12, 1e30]);
    let job = prepared(&world, &mut agent, &file, "low=-1e9 high=1e9 scale=2 carrier=i16");
    let bytes = kept(&world, &job, "x.npy");
    let stored = npy::read(&bytes, bytes.len() as u64).unwrap();
    assert_eq!(stored.dtype, Dtype::I16);
    let integers: Vec<i16> = i16::read(&bytes[stored.offset as usize..]).collect();
    assert_eq!(integers, [-6, 1_200, 0, 32_767]);
}

#[test]
fn a_file_that_lies_ends_the_guest_with_one_line_and_nothing_written() {
    let world = World::new();
    let mut agent = world.agent();
    let good = floats(2, 3, &[0.5; 6]);
    let renamed = |from: &str, to: &str| {
        let text = String::from_utf8_lossy(&good[10..128]).replace(from, to);
        let text = format!("{:<118}", text.trim_end());
        [&good[..10], &text.as_bytes()[..118], &good[128..]].concat()
    };
    let nan = floats(2, 3, &[0.5, 0.5, f32::NAN, 0.5, f32::INFINITY, 0.5]);
    for (what, file, why) in [
        ("nothing", Vec::new(), "not a NumPy"),
        ("text", b"{}".to_vec(), "not a NumPy"),
        ("a header that is cut", good[..60].to_vec(), "cut short"),
        (
            "a header without end",
            [&b"\x93NUMPY\x02\x00\xff\xff\xff\xff"[..], &[b' '; 5_000]].concat(),
            "cut short",
        ),
        ("a value too few", good[..good.len() - 4].to_vec(), "promises"),
        ("a value too many", [&good[..], &[0; 4]].concat(), "promises"),
        ("sides beyond all", renamed("(2, 3)", "(1099511627776, 1099511627776)"), "promises"),
        ("more than there is room for", renamed("(2, 3)", "(40000, 40000)"), "promises"),
        ("no rows", renamed("(2, 3)", "(0, 3)"), "empty"),
        ("three sides", renamed("(2, 3)", "(1, 2, 3)"), "3 sides"),
        ("columns first", renamed("False", "True"), "column by column"),
        ("doubles", renamed("<f4", "<f8"), "`<f8`"),
        ("another order of bytes", renamed("<f4", ">f4"), "`>f4`"),
        ("a line end in a type", renamed("<f4", "<\n4"), "`<\\n4`"),
        ("an object", renamed("'<f4'", "__import__('os')"), "no sense"),
        ("no number", nan, "position 2"),
    ] {
        let job = prepared(&world, &mut agent, &file, "low=0 high=1 scale=0 carrier=i8");
        let [stdout, stderr] = logs(&mut agent, &job);
        assert_eq!(job.row.state, "failed", "{what}: {job:?}");
        assert_eq!(job.outcome.as_deref(), Some("exit"), "{what}: {job:?}");
        assert!(stderr.contains(why) && stderr.lines().count() == 1, "{what}: {stderr}");
        assert!(stdout.is_empty() && !job.outputs.contains_key("x.npy"), "{what}: {job:?}");
    }
}

/// An example as it would be signed here and now, with its files in our data folder.
fn here(world: &World, name: &str) -> String {
    let path = checkout().join(format!("manifests/examples/{name}.yaml"));
    let text = fs::read_to_string(&path).unwrap();
    let data = world.path("data").display().to_string();
    text.replace("2026-11-23T00:00:00Z", &World::now().minus(60).to_string())
        .replace("2026-12-23T00:00:00Z", &World::now().plus(3_600).to_string())
        .replace("file:///srv/matrices/", &format!("file://{data}/"))
}

fn dropped(world: &World, name: &str, text: &str) -> Digest {
    let signed = world.owner.sign("job.yaml", text);
    world.drop_file(&format!("{name}.yaml"), &signed);
    SignedDocument::parse("job.yaml", signed.as_bytes()).unwrap().digest()
}

#[test]
fn the_example_product_takes_what_the_example_preparation_made() {
    let world = World::new();
    let tremble = |row: u32| match row {
        0 => 0.0,
        even if even.is_multiple_of(2) => -0.0625,
        _ => 0.0625,
    };
    let value = |row: u32, column: u32| match column {
        0 => f32::NAN,
        127 => 1e9,
        _ => f32::from(column as u8 as i8) / 16.0 + tremble(row),
    };
    let values: Vec<f32> =
        (0..384).flat_map(|row| (0..256).map(move |column| value(row, column))).collect();
    fs::write(world.path("data/activations.npy"), floats(384, 256, &values)).unwrap();
    // The right factor alone: the left one is nowhere but in the archive.
    let mut right = npy::header(Dtype::I8, 256, 320);
    right.extend((0..256_u32 * 320).map(|at| (at * 3).to_le_bytes()[0]));
    fs::write(world.path("data/b.npy"), right).unwrap();
    world.install(&example("prepare"));

    let mut agent = world.agent();
    let prepare = dropped(&world, "prepare", &here(&world, "prepare"));
    let after = format!("\nspec:\n  after: [\"{prepare}\"]\n");
    let product =
        dropped(&world, "matrix", &here(&world, "matrix").replacen("\nspec:\n", &after, 1));
    let ended = agent.wait_end(prepare);
    assert_eq!(ended.row.state, "completed", "{ended:?}\n{}", agent.log());
    let summary = "a.npy: 384 rows, 256 columns, 384 replaced, 384 clamped, 384 saturated\n";
    assert_eq!(logs(&mut agent, &ended)[0], summary);
    // Until what it waits for has ended, it counts as refused.
    let ended = agent.wait_job(product, &["completed", "failed", "quarantined"]);
    assert_eq!(ended.row.state, "completed", "{ended:?}\n{}", agent.log());
}
