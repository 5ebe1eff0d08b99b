//! Who is on the stage of a dispute, and what they compute: a challenger who is right, a respondent who
//! lies about one value, and three who offered to judge. Real digests, and a real proof under the dev key.

use arch_circuits::Circuit;
use arch_dispute::{
    Agreed, Challenge, Commit, Factors, Ground, Holding, Line, List, ProofKey, Resolver, Says,
    Stand, Task, Terms,
};
use arch_document::SignedDocument;
use arch_identity::{Algorithm, Digest, KeyKind, KeyPair, SigningKey, Timestamp, keyfile};
use arch_matrix::{
    Cell, Format, Matrix, Part,
    commit::{Commitment, LeafTree},
};

pub(crate) use super::clerk::{Clerk, read, settlement};
pub(crate) use super::dev::{Poseidon2, dev};
pub(crate) use super::numbers::{Numbers, leaf};
pub(crate) use super::play::{Changes, again, dispute_until, post, settled, state, with};
use crate::world::World;

pub(crate) const CELL: Cell = Cell { row: 0, column: 0 };
pub(crate) const TERMS: Terms =
    Terms { bond: 101, answer: 600, exchange: 600, proof: 600, verdict: 600 };

pub(crate) fn key(number: u8) -> SigningKey {
    SigningKey::from_seed(Algorithm::Ed25519, &[number; 32])
}

/// A key file of that number; gives its name.
pub(crate) fn key_file(world: &World, number: u8) -> String {
    use std::os::unix::fs::PermissionsExt;
    let name = format!("{number}.key");
    let pair = KeyPair::from_seed(KeyKind::Ed25519, &[number; 32]);
    world.write(&name, &keyfile::write_plain(&pair));
    let secret = std::fs::Permissions::from_mode(0o600);
    std::fs::set_permissions(world.path(&name), secret).unwrap();
    name
}

/// Challenger, respondent, and three who offered to judge.
pub(crate) const CHALLENGER: u8 = 1;
pub(crate) const RESPONDENT: u8 = 2;
pub(crate) const JUDGES: [u8; 3] = [101, 102, 103];

/// What was asked for. Nobody signed it here: disputes ask for its inputs alone.
pub(crate) const JOB: &str = "\
apiVersion: arch.network/v1
kind: Job
metadata:
  name: product
  owner: \"user:ada\"
  nonce: \"00112233445566778899aabbccddeeff\"
  notBefore: \"2026-11-26T00:00:00Z\"
  notAfter: \"2026-11-27T00:00:00Z\"
spec:
  runtime: matrix
  matrix: { a: { input: a }, b: { input: b }, format: i8 }
  resources: { cpu: \"500m\", memory: \"64Mi\", timeout: \"1m\" }
  inputs:
    a: \"file:///srv/a.npy\"
    b: \"file:///srv/b.npy\"
  outputs:
    product: \"archive:product.npy\"
";

pub(crate) fn job() -> Digest {
    SignedDocument::parse("job.yaml", JOB.as_bytes()).unwrap().digest()
}

pub(crate) fn start() -> Timestamp {
    "2026-11-26T12:00:00Z".parse().unwrap()
}

pub(crate) fn agreed() -> Agreed {
    Agreed {
        terms: TERMS,
        resolvers: vec![Resolver::Groth16, Resolver::Reveal],
        judges: JUDGES.map(|judge| key(judge).public().clone()).to_vec(),
        keys: vec![ProofKey {
            circuit: Circuit::Tile.id().to_owned(),
            version: 1,
            key: dev().digest(),
        }],
        dev_keys: true,
        marks: arch_dispute::Marks::OnDispute,
    }
}

pub(crate) fn commitment(numbers: &Numbers, part: Part, c: &Matrix<i32>) -> Commitment {
    let region = part.region(&numbers.grid).unwrap();
    let values = c.piece(&region.rows, &region.columns);
    Commitment::of(Format::I8, numbers.grid, part, &values).unwrap()
}

/// What whoever computed each part says.
pub(crate) fn list(numbers: &Numbers) -> List {
    list_by(numbers, CHALLENGER)
}

/// The same, of which the challenger computed nothing.
pub(crate) fn list_of_others(numbers: &Numbers) -> List {
    list_by(numbers, 7)
}

fn list_by(numbers: &Numbers, who_is_right: u8) -> List {
    let line = |node: usize, part, c, by| {
        let commitment = commitment(numbers, part, c);
        let says = Commit { job: job(), attempt: 1, commitment, marks: vec![] };
        Line::signed(node, says, &key(by)).unwrap()
    };
    let lines = vec![
        line(0, Part::Row { index: 0 }, &numbers.right, who_is_right),
        line(1, Part::Column { index: 0 }, &numbers.wrong, RESPONDENT),
    ];
    List::new(job(), 1, Some(agreed()), lines)
}

/// Where the two meet.
pub(crate) fn ground(numbers: &Numbers) -> Ground {
    let list = list(numbers);
    let [one, other] = &list.commitments[..] else { panic!("two lines") };
    Ground::common(&one.commitment, &other.commitment, CELL, 0).unwrap()
}

/// What somebody with these values has.
pub(crate) fn holding<'a>(factors: &'a Factors, leaf: &'a [u8]) -> Holding<'a> {
    Holding { factors, leaf, marks_path: &[], digester: &Poseidon2, prover: dev() }
}

pub(crate) fn challenge(numbers: &Numbers, task: Task, list: &List, resolver: Resolver) -> Says {
    let place = numbers.grid.cell(CELL);
    let stand = |line: usize, c: &Matrix<i32>| {
        let tree = LeafTree::of_cell(Format::I8, c, &place.rows, &place.columns);
        let commit = list.messages().unwrap()[line].1.digest();
        Stand { commit, hash: tree.leaves()[0], path: tree.path(0).unwrap() }
    };
    let ground = ground(numbers);
    let factors = Factors::load(&ground, numbers).unwrap();
    let leaf = leaf(&numbers.right, &ground);
    let marks = arch_dispute::Own::marks(&holding(&factors, &leaf), &ground);
    let challenge = Challenge {
        task,
        cell: CELL,
        leaf: 0,
        challenger: stand(0, &numbers.right),
        respondent: stand(1, &numbers.wrong),
        marks,
        marks_path: vec![],
        inputs: factors.roots(),
        resolver,
        terms: TERMS,
    };
    Says::Challenge(Box::new(challenge))
}
