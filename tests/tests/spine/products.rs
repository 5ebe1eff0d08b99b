//! Exact products: computed by the real executor, committed to, compared, audited and anchored.

use std::fs;

use arch_archive::Archive;
use arch_identity::Digest;
use arch_ledger::Record;
use arch_matrix::{
    Element, Matrix, Region, Shape,
    file::{Dtype, npy},
    product,
};
use arch_tests::{JobText, Stranger, World};
use arch_wire::control::JobDetail;
use serde_json::Value;

/// Small numbers in no pattern.
fn numbers(rows: u32, columns: u32, seed: u64) -> Matrix<i8> {
    let mut state = seed | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        i8::from_le_bytes([state.to_le_bytes()[3]])
    };
    let values = (0..rows * columns).map(|_| next()).collect();
    Matrix::new(rows, columns, values).unwrap()
}

fn file<T: Element>(dtype: Dtype, matrix: &Matrix<T>) -> Vec<u8> {
    let mut bytes = npy::header(dtype, matrix.rows(), matrix.columns());
    let mut values = vec![0; matrix.values().len() * T::BYTES];
    T::write(matrix.values(), &mut values);
    bytes.append(&mut values);
    bytes
}

/// Two factors in files, and what they give.
struct Factors {
    inputs: String,
    product: Digest,
}

impl Factors {
    fn new(world: &World, (rows, depth, columns): (u32, u32, u32)) -> Self {
        let (a, b) = (numbers(rows, depth, 5), numbers(depth, columns, 9));
        let shape = Shape::new(rows.into(), depth.into(), columns.into()).unwrap();
        let c = product(&a, &b, &Region::whole(shape));
        let named = [("a", a), ("b", b)].map(|(name, matrix)| {
            let bytes = file(Dtype::I8, &matrix);
            let path = world.path(format!("data/{name}-{rows}-{depth}-{columns}.npy"));
            fs::write(&path, &bytes).unwrap();
            format!("{name}: \"file://{}@{}\"", path.display(), Digest::of(&bytes))
        });
        let inputs = format!("  inputs: {{ {} }}", named.join(", "));
        Self { inputs, product: Digest::of(&file(Dtype::I32, &c)) }
    }

    fn job(&self, matrix: &str) -> JobText {
        let matrix = format!("a: {{ input: a }}, b: {{ input: b }}, format: i8{matrix}");
        let outputs =
            "  outputs: { product: \"archive:\", commitments: \"archive:\", audit: \"archive:\" }";
        JobText::product("product", &matrix, World::now()).spec(&self.inputs).spec(outputs).cpu("2")
    }
}

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
