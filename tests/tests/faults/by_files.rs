//! A product that nobody checked is challenged by somebody else, who computed it himself: by files alone,
//! between three state folders. One has a running agent, its ledger and a prover; one has a key, A, B and a
//! product of his own; one has a key and judges.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use arch_dispute::{Heard, Says};
use arch_identity::{Digest, KeyKind, KeyPair, keyfile};
use arch_kernels::{Backend, Multiplier};
use arch_ledger::Record;
use arch_matrix::{Region, Shape, file::Dtype};
use arch_tests::{Factors, Prover, Stranger, World, npy_file, numbers, program, terms};

use crate::liars::with_trick;

/// Rows, depth and columns of the product.
const SIZE: (u32, u32, u32) = (96, 300, 90);

/// Somebody with a folder of his own.
struct Outsider {
    folder: tempfile::TempDir,
    did: String,
}

impl Outsider {
    fn new(seed: u8) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let pair = KeyPair::from_seed(KeyKind::Ed25519, &[seed; 32]);
        let key = folder.path().join("own.key");
        fs::write(&key, keyfile::write_plain(&pair)).unwrap();
        let closed = std::os::unix::fs::PermissionsExt::from_mode(0o600);
        fs::set_permissions(&key, closed).unwrap();
        Self { did: pair.public()[0].did(), folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Signs something from a folder; gives the message's file, or nothing if it is not his turn.
    fn signs(&self, verb: &str, from: &Path, rest: &[&str]) -> Option<PathBuf> {
        let out =
            self.path(&format!("{verb}-{}.dsse.json", fs::read_dir(&self.folder).unwrap().count()));
        let mut command = Command::new(program("archctl"));
        command.args(["dispute", verb, "--from"]).arg(from);
        command.arg("--key").arg(self.path("own.key")).arg("--out").arg(&out).args(rest);
        let output = command.output().unwrap();
        match output.status.code() {
            Some(0) => Some(out),
            Some(1) => None,
            _ => panic!("{verb}: {}", words(&output)),
        }
    }
}

fn words(output: &Output) -> String {
    String::from_utf8_lossy(&[&output.stdout[..], &output.stderr].concat()).into_owned()
}

/// One of the commands of whoever keeps the ledger.
fn keeper(world: &World, verb: &str, rest: &[&str]) -> String {
    let state = world.path("state");
    let mut command = Command::new(program("archctl"));
    command.args(["dispute", verb]).args(rest);
    match verb {
        "import" => command.arg("--socket").arg(state.join("run/control.sock")),
        _ => command.arg("--state").arg(&state),
    };
    let output = command.output().unwrap();
    assert!(output.status.success(), "{verb} {rest:?}: {}", words(&output));
    words(&output)
}

/// A folder with all that was said so far.
fn exported(world: &World, which: &[&str], to: &Path) -> PathBuf {
    let out = to.join(format!("docket-{}", fs::read_dir(to).unwrap().count()));
    keeper(world, "export", &[which, &["--out", out.to_str().unwrap()]].concat());
    out
}

#[test]
fn an_outsider_challenges_a_product_that_nobody_checked_by_files_between_three_state_folders() {
    carried_by_files("onDispute");
}

#[test]
fn the_same_dispute_is_carried_by_files_where_digests_of_tiles_are_committed_to() {
    carried_by_files("always");
}

fn carried_by_files(marks: &str) {
    let (outsider, judge) = (Outsider::new(41), Outsider::new(42));
    let world = World::new();
    let terms = terms("groth16", &[&judge.did], &[&outsider.did]).replace("onDispute", marks);
    world.write_policy(&format!("{}{terms}", world.policy_text(1)));
    let _prover = Prover::of(&world);
    let mut agent = with_trick(&world, "add-one-at-70-5 row");
    // The owner did not want it checked, and so it completes.
    let factors = Factors::new(&world, SIZE);
    let job = factors.job("").spec("  verify: { freivalds: false }");
    let job = world.drop_job(&job);
    let ended = agent.wait_end(job);
    assert_eq!(ended.row.state, "completed", "{}", agent.log());
    assert_ne!(ended.outputs["product"], factors.product);

    // The outsider has A and B, and computes the product himself.
    let (a, b) = (numbers(SIZE.0, SIZE.1, 5), numbers(SIZE.1, SIZE.2, 9));
    let shape = Shape::new(SIZE.0.into(), SIZE.1.into(), SIZE.2.into()).unwrap();
    let c = Multiplier::new(Backend::best(), 1).product(&a, &b, &Region::whole(shape));
    fs::write(outsider.path("a.npy"), npy_file(Dtype::I8, &a)).unwrap();
    fs::write(outsider.path("b.npy"), npy_file(Dtype::I8, &b)).unwrap();
    fs::write(outsider.path("c.npy"), npy_file(Dtype::I32, &c)).unwrap();
    let [a, b, c] =
        ["a.npy", "b.npy", "c.npy"].map(|name| outsider.path(name).display().to_string());

    let docket = exported(&world, &["--job", &job.to_string()], outsider.folder.path());
    let commit = outsider.signs("commit", &docket, &["--product", &c, "--like", "0"]).unwrap();
    keeper(&world, "import", &[commit.to_str().unwrap()]);
    let docket = exported(&world, &["--job", &job.to_string()], outsider.folder.path());
    let inputs = ["--product", &c, "--a", &a, "--b", &b];
    let commit = commit.display().to_string();
    // Whoever keeps the product has hashed its leaves.
    let against = ["--commit", &commit, "--against", "0"];
    let challenge = outsider.signs("challenge", &docket, &[&inputs[..], &against].concat());
    let challenge = challenge.expect("something differs");
    keeper(&world, "import", &[challenge.to_str().unwrap()]);
    // The same two dispute the same leaf once, whatever the nonce.
    let again = outsider.signs("challenge", &docket, &[&inputs[..], &against].concat()).unwrap();
    let mut import = Command::new(program("archctl"));
    import.args(["dispute", "import"]).arg(again).arg("--socket");
    let refused = import.arg(world.path("state/run/control.sock")).output().unwrap();
    assert_eq!(refused.status.code(), Some(1), "{}", words(&refused));
    assert!(words(&refused).contains("ARCH-Q004"), "{}", words(&refused));
    let dispute = fs::read(&challenge).unwrap();
    let dispute = arch_document::SignedDocument::parse("challenge.dsse.json", &dispute).unwrap();
    let heard = Heard::check(&dispute).unwrap();
    let Says::Challenge(says) = heard.says() else { panic!("{}", heard.says().word()) };
    // The cell has two by two leaves.
    assert_eq!(says.marks_path.len(), if marks == "always" { 2 } else { 0 });
    let dispute = dispute.digest().to_string();

    // Each takes what was said so far, and says what there is to say, until nobody has anything.
    let said = |world: &World| {
        let ledger = Stranger::read(world);
        let said = ledger.records().filter(|record| matches!(record, Record::Said { .. })).count();
        (said, ledger.records().any(|record| matches!(record, Record::Settled { .. })))
    };
    let begun = std::time::Instant::now();
    while !said(&world).1 {
        assert!(begun.elapsed().as_secs() < 300, "{}", agent.log());
        let docket = exported(&world, &[&dispute], outsider.folder.path());
        let message = outsider.signs("reply", &docket, &inputs).or_else(|| {
            let docket = exported(&world, &[&dispute], judge.folder.path());
            judge.signs("rule", &docket, &[])
        });
        match message {
            Some(file) => drop(keeper(&world, "import", &[file.to_str().unwrap()])),
            // It is the agent's turn.
            None => std::thread::sleep(std::time::Duration::from_millis(100)),
        }
    }
    agent.wait_for("checkpoint", |_| {
        let reader = arch_ledger::Reader::open(&world.path("state/ledger")).ok()?;
        reader.verify(None).ok()
    });
    let ledger = Stranger::verified(&world);
    let node = ledger.records().find_map(|record| match record {
        Record::Opened { node, .. } => Some(node.clone()),
        _ => None,
    });
    let settled = ledger.records().find_map(|record| match record {
        Record::Settled { upheld, at_fault, judge, document, .. } => {
            Some((*document, *upheld, at_fault.clone(), judge.clone()))
        }
        _ => None,
    });
    let expected = (job, true, vec![node.unwrap()], Some(judge.did.clone()));
    assert_eq!(settled, Some(expected), "{}", agent.log());
    assert!(keeper(&world, "replay", &[&dispute]).contains("ok       proof"));
    // Whoever depends on that product waits.
    let after = factors.job("").spec(&format!("  after: [\"{job}\"]"));
    let after: Digest = world.drop_job(&after);
    let waits = agent.wait_job(after, &["refused"]);
    assert_eq!(waits.row.code.as_deref(), Some("ARCH-P018"), "{waits:?}");
    assert!(agent.stop().success());
}
