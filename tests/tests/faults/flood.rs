//! A thousand files dropped at once: good ones, bad ones, the same ones twice.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    time::{Duration, Instant},
};

use arch_campaign::{Campaign, Case};
use arch_document::SignedDocument;
use arch_identity::Digest;
use arch_ledger::Record;
use arch_tests::{Agent, HELLO, Stranger, World, module};

use crate::endurance::shared;

/// Files dropped at once.
const FILES: usize = 1_000;
/// The longest that a status may take meanwhile; generous, machines are slow.
const PATIENCE: Duration = Duration::from_secs(60);

/// What is dropped: files by name, and what is to become of them.
#[derive(Default)]
struct Drops {
    files: Vec<(String, Vec<u8>)>,
    good: BTreeSet<Digest>,
    /// Bad ones by what they stand for in a refusal, with their code.
    bad: BTreeMap<Digest, &'static str>,
}

#[test]
fn of_a_thousand_files_dropped_at_once_each_is_accepted_or_refused_once() {
    Campaign::new("flood", 1)
        .watch("good ones lost")
        .watch("good ones doubled")
        .watch("bad ones not refused once")
        .watch("others in the ledger")
        .run(|case| {
            let world = World::new();
            shared::allow(&world);
            flood(case, &world);
        });
}

fn flood(case: &mut Case, world: &World) {
    let mut agent = world.agent();
    let before = Stranger::read(world).records().count();
    let drops = drops(case, world);
    let aside = world.path("config/aside");
    fs::create_dir(&aside).unwrap();
    for (name, bytes) in &drops.files {
        fs::write(aside.join(name), bytes).unwrap();
    }
    for (name, _) in &drops.files {
        fs::rename(aside.join(name), world.path("config/jobs").join(name)).unwrap();
    }
    let answers = until_judged(world, &mut agent, &drops);
    for job in &drops.good {
        assert_eq!(agent.wait_end(*job).row.state, "completed", "{}", agent.log());
    }
    assert!(agent.stop().success());
    judge(case, world, &drops, before);
    case.add("files dropped", u64::try_from(drops.files.len()).unwrap());
    case.add("accepted", u64::try_from(drops.good.len()).unwrap());
    case.add("refused", u64::try_from(drops.bad.len()).unwrap());
    case.add("calls answered meanwhile", answers);
}

/// Asks the agent how it is until the ledger has an answer to everything; how often it was asked.
fn until_judged(world: &World, agent: &mut Agent, drops: &Drops) -> u64 {
    let wanted = drops.good.len() + drops.bad.len();
    let mut answers = 0;
    let mut told = 0;
    let mut moved = Instant::now();
    while told < wanted {
        let asked = Instant::now();
        let _ = agent.status();
        assert!(asked.elapsed() < PATIENCE, "a status took {:?}", asked.elapsed());
        answers += 1;
        let now = Stranger::read(world).records().filter(|record| is_answer(record)).count();
        if now != told {
            (told, moved) = (now, Instant::now());
        }
        assert!(moved.elapsed() < PATIENCE, "{told} of {wanted}\n{}", agent.log());
        std::thread::sleep(Duration::from_millis(100));
    }
    answers
}

fn is_answer(record: &Record) -> bool {
    matches!(record, Record::Accepted { .. } | Record::Refused { .. })
}

fn judge(case: &mut Case, world: &World, drops: &Drops, before: usize) {
    let ledger = Stranger::verified(world);
    let mut accepted: BTreeMap<Digest, u32> = BTreeMap::new();
    let mut refused: BTreeMap<Digest, Vec<String>> = BTreeMap::new();
    for record in ledger.records().skip(before) {
        match record {
            Record::Accepted { document, .. } => *accepted.entry(*document).or_default() += 1,
            Record::Refused { subject, code, .. } => {
                refused.entry(*subject).or_default().push(code.clone());
            }
            _ => {}
        }
    }
    for job in &drops.good {
        match accepted.remove(job) {
            None => case.fault("good ones lost", job.to_string()),
            Some(1) => {}
            Some(often) => case.fault("good ones doubled", format!("{job}: {often}")),
        }
    }
    for (subject, code) in &drops.bad {
        let told = refused.remove(subject).unwrap_or_default();
        if told != [*code] {
            case.fault("bad ones not refused once", format!("{subject}: {told:?}, not {code}"));
        }
    }
    if !accepted.is_empty() || !refused.is_empty() {
        case.fault("others in the ledger", format!("{accepted:?} {refused:?}"));
    }
}

/// Seven in ten are good; each tenth is another file's bytes under a name of its own.
fn drops(case: &mut Case, world: &World) -> Drops {
    let mut drops = Drops::default();
    let wasm = module(HELLO);
    for number in 0..FILES {
        let name = format!("{number:04}.yaml");
        if number % 10 == 9 {
            let again = case.pick(&drops.files).1.clone();
            drops.files.push((name, again));
            continue;
        }
        let text = shared::job(world, &wasm).yaml();
        let signed = world.owner.sign("job.yaml", &text);
        let bytes = match case.below(9) {
            0 => {
                let bytes = world.stranger.sign("job.yaml", &text).into_bytes();
                drops.bad.insert(digest(&bytes), "ARCH-D002");
                bytes
            }
            1 => {
                // Half a file: none of its bytes is wrong, and it is no document.
                let bytes = format!("kind: Job\n{number}: [").into_bytes();
                drops.bad.insert(Digest::of(&bytes), code_of(&bytes));
                bytes
            }
            _ => {
                drops.good.insert(digest(signed.as_bytes()));
                signed.into_bytes()
            }
        };
        drops.files.push((name, bytes));
    }
    drops
}

fn digest(bytes: &[u8]) -> Digest {
    SignedDocument::parse("job.yaml", bytes).unwrap().digest()
}

/// What the loader says of bytes that are no document.
fn code_of(bytes: &[u8]) -> &'static str {
    SignedDocument::parse("job.yaml", bytes).unwrap_err().code.as_str()
}
