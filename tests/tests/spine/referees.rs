//! Programs that know nothing of us read the ledger and come to the same judgement: a Python script
//! with a hash function and one signature library, and the code of Go's module checksum database.
#![expect(clippy::arithmetic_side_effects, reason = "a test counts small things")]

use std::{fs, path::Path, process::Command};

use arch_identity::{Digest, KeyKind, KeyPair, Timestamp};
use arch_ledger::{Ledger, LedgerError, LogKeys, Reader, Record, StdFs};
use arch_tests::{HELLO, World, module, program, referee};

const LOG: &str = "referees.example/log";

/// Somebody who judges an exported ledger, given the log's key and perhaps an older checkpoint.
enum Referee {
    Python(Command),
    Go(Command, #[expect(dead_code, reason = "the program lies in it")] tempfile::TempDir),
}

impl Referee {
    fn python() -> Option<Self> {
        referee::python("docs/verify_ledger.py", "cryptography").map(Self::Python)
    }

    fn go() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let library = "golang.org/x/mod/sumdb/tlog";
        let go = referee::go("tests/referees/ledger.go", library, folder.path())?;
        Some(Self::Go(go, folder))
    }

    /// What it says, and whether it is convinced.
    fn judges(&self, ledger: &Path, key: &str, since: Option<&Path>) -> (bool, String) {
        let (Self::Python(program) | Self::Go(program, _)) = self;
        let mut command = Command::new(program.get_program());
        command.args(program.get_args()).arg(ledger);
        match self {
            Self::Python(_) => command.arg("--vkey").arg(key).args(since.map(|_| "--since")),
            Self::Go(..) => command.arg(key),
        };
        let said = command.args(since).output().unwrap();
        assert!(matches!(said.status.code(), Some(0 | 1)), "{said:?}");
        (said.status.success(), String::from_utf8_lossy(&said.stdout).into_owned())
    }
}

/// The log's Ed25519 key, in the text form that every signed-note tool takes.
fn key_of(ledger: &Path) -> String {
    let keys = Reader::open(ledger).unwrap().stated_keys().unwrap();
    keys[0].to_string()
}

/// A log with `count` refusals in it; `word` makes histories differ.
fn write_log(folder: &Path, count: u64, word: &str) {
    let keys = LogKeys::new(LOG, KeyPair::from_seed(KeyKind::Hybrid, &[7; 32])).unwrap();
    let now = Timestamp::from_unix(1_800_000_000).unwrap();
    let (mut ledger, _) = Ledger::open(StdFs::open(folder).unwrap(), keys, now).unwrap();
    while ledger.size() < count {
        let batch = (count - ledger.size()).min(256);
        let refused = |n: u64| Record::Refused {
            subject: Digest::of(&(ledger.size() + n).to_be_bytes()),
            file: "job.yaml".into(),
            code: "ARCH-P003".into(),
            message: word.into(),
            line: None,
            column: None,
            rule: None,
        };
        let records: Vec<Record> = (0..batch).map(refused).collect();
        ledger.append(now, &records).unwrap();
    }
    ledger.settle().unwrap();
}

fn copy(from: &Path, to: &Path) {
    let copied = Command::new("cp").arg("-a").arg(from).arg(to).status().unwrap();
    assert!(copied.success());
}

/// What `archctl ledger export` makes, without its checks: the referees are to find what is wrong.
fn export(ledger: &Path, to: &Path) {
    let reader = Reader::open(ledger).unwrap();
    let (checkpoint, says) = reader.checkpoint().unwrap();
    let copied = reader.copy_tiles(says.size, |path, bytes| {
        fs::create_dir_all(to.join(path).parent().unwrap()).unwrap();
        fs::write(to.join(path), bytes).unwrap();
        Ok::<(), LedgerError>(())
    });
    copied.unwrap();
    fs::write(to.join("checkpoint"), checkpoint).unwrap();
}

/// Where the base64 of the Ed25519 signature stands in a checkpoint: behind four bytes of its key's hash.
fn signature_in(checkpoint: &[u8], key: &str) -> std::ops::Range<usize> {
    let text = std::str::from_utf8(checkpoint).unwrap();
    let name = key.split('+').next().unwrap();
    let body = text.find("\n\n").unwrap() + 2;
    let line = body + text[body..].find(&format!("\u{2014} {name} ")).unwrap();
    let begin = line + format!("\u{2014} {name} ").len();
    // The first six characters are the hash and the half of a byte.
    begin + 6..begin + text[begin..].find('\n').unwrap()
}

/// Another letter of base64, so that the note is one as before.
fn another_letter(letter: u8) -> u8 {
    if letter == b'A' { b'B' } else { b'A' }
}

fn accepts_no_other_signature_or_key(referee: &Referee, ledger: &Path, key: &str) {
    let path = ledger.join("checkpoint");
    let good = fs::read(&path).unwrap();
    let place = signature_in(&good, key);
    for at in [place.start, (place.start + place.end) / 2, place.end - 4] {
        let mut bad = good.clone();
        bad[at] = another_letter(bad[at]);
        fs::write(&path, bad).unwrap();
        let (convinced, said) = referee.judges(ledger, key, None);
        assert!(!convinced, "letter {at} of the signature: {said}");
    }
    fs::write(&path, good).unwrap();
    // Of the same name, and nobody's here.
    let stranger =
        LogKeys::new(key.split('+').next().unwrap(), KeyPair::from_seed(KeyKind::Hybrid, &[8; 32]));
    let stranger = stranger.unwrap().verifiers()[0].to_string();
    let (convinced, said) = referee.judges(ledger, &stranger, None);
    assert!(!convinced, "{said}");
    let (convinced, said) = referee.judges(ledger, key, None);
    assert!(convinced, "{said}");
}

fn accepts_what_an_agent_wrote_and_no_changed_byte(referee: &Referee) {
    let world = World::new();
    let mut agent = world.agent();
    let job = world.drop_job(&world.job("hello", &module(HELLO)));
    let _ = agent.wait_end(job);
    assert!(agent.stop().success());
    let key = key_of(&world.path("state/ledger"));
    let ledger = world.path("exported");
    let mut archctl = Command::new(program("archctl"));
    let export = archctl.args(["ledger", "export"]).arg(world.path("state/ledger"));
    let exported = export.arg("--out").arg(&ledger).output().unwrap();
    assert!(exported.status.success(), "{exported:?}");
    let (convinced, said) = referee.judges(&ledger, &key, None);
    assert!(convinced, "{said}");
    accepts_no_other_signature_or_key(referee, &ledger, &key);
    let size = Reader::open(&world.path("state/ledger")).unwrap().checkpoint().unwrap().1.size;
    for file in
        ["checkpoint".into(), format!("tile/0/000.p/{size}"), format!("tile/entries/000.p/{size}")]
    {
        let path = ledger.join(&file);
        let good = fs::read(&path).unwrap();
        // Of a checkpoint, the text: its ML-DSA-44 signature is nothing to who knows Ed25519 alone.
        let end = good.windows(2).position(|pair| pair == b"\n\n").unwrap_or(good.len());
        for place in [0, end / 2, end - 1] {
            let mut bad = good.clone();
            bad[place] ^= 1;
            fs::write(&path, bad).unwrap();
            let (convinced, said) = referee.judges(&ledger, &key, None);
            assert!(!convinced, "byte {place} of {file}: {said}");
        }
        fs::write(&path, good).unwrap();
    }
}

#[test]
fn a_python_script_accepts_an_agents_ledger_and_no_changed_byte() {
    if let Some(python) = Referee::python() {
        accepts_what_an_agent_wrote_and_no_changed_byte(&python);
    }
}

#[test]
fn gos_checksum_database_accepts_an_agents_ledger_and_no_changed_byte() {
    if let Some(go) = Referee::go() {
        accepts_what_an_agent_wrote_and_no_changed_byte(&go);
    }
}

#[test]
fn both_follow_a_hundred_thousand_entries_and_see_a_fork() {
    let referees = [Referee::python(), Referee::go()];
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::create_dir(path("log")).unwrap();
    write_log(&path("log"), 70_000, "before");
    let old = path("old-checkpoint");
    fs::copy(path("log/checkpoint"), &old).unwrap();
    copy(&path("log"), &path("fork"));
    write_log(&path("log"), 100_000, "after");
    write_log(&path("fork"), 70_300, "elsewhere");
    let key = key_of(&path("log"));
    export(&path("log"), &path("exported"));
    for referee in referees.iter().flatten() {
        let (convinced, said) = referee.judges(&path("exported"), &key, Some(&old));
        assert!(convinced && said.contains("100000"), "{said}");
        // Both branches extend the old checkpoint; neither extends the other.
        let fork = path("fork/checkpoint");
        let (convinced, said) = referee.judges(&path("exported"), &key, Some(&fork));
        assert!(!convinced, "{said}");
        // A byte in the middle of it all: of an entry, of a full tile, of a tile above it.
        for file in ["tile/entries/195", "tile/0/195", "tile/1/000"] {
            let file = path("exported").join(file);
            let good = fs::read(&file).unwrap();
            let mut bad = good.clone();
            let middle = bad.len() / 2;
            bad[middle] ^= 1;
            fs::write(&file, bad).unwrap();
            let (convinced, said) = referee.judges(&path("exported"), &key, None);
            assert!(!convinced, "{}: {said}", file.display());
            fs::write(&file, good).unwrap();
        }
    }
}
