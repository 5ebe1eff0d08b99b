//! A process that appends is killed at any moment, again and again, on one folder.
//!
//! What kill -9 leaves is all that was written, synced or not: the page cache outlives a process. What
//! a power cut leaves is enumerated in memory (campaign `crash-states` of arch-ledger).
//!
//! When the kill comes is drawn from the seed, but where the process is then depends on the machine:
//! a case that failed may pass when it is run again by itself.

use std::collections::BTreeMap;
use std::env;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use arch_campaign::{Campaign, Case};
use arch_ledger::proof::verify_consistency;
use arch_ledger::{Entry, Hash, Ledger, Reader, Record, StdFs};
use tempfile::TempDir;

use crate::image::{Image, Kind};
use crate::world::{entries, keys, noon, refused};

const LOST: &str = "acknowledged entries lost";
const INVENTED: &str = "invented entries";
const FORKED: &str = "checkpoints contradicted";
const REFUSED: &str = "starts refused";
const UNVERIFIED: &str = "states that do not verify";

/// In the environment of the process that is to be killed: its folder, and what it writes.
const FOLDER: &str = "ARCH_KILLED_FOLDER";
const SEED: &str = "ARCH_KILLED_SEED";
/// The process ends by itself after so many batches, should nobody kill it.
const MOST_BATCHES: u64 = 2_000;
/// Kills of every test run: on the temporary folder and on each file system in turn.
const SLICE: u64 = 50;
/// After so many kills a folder has grown enough.
const KILLS: u64 = 20;

#[test]
fn no_kill_loses_an_acknowledged_entry_or_invents_one() {
    if let Some(folder) = env::var_os(FOLDER) {
        return write(&PathBuf::from(folder));
    }
    let mut grounds = Grounds::default();
    let watched = [LOST, INVENTED, FORKED, REFUSED, UNVERIFIED];
    let campaign = Campaign::new("kills", SLICE);
    watched.iter().fold(campaign, |campaign, fault| campaign.watch(fault)).run(|case| {
        let ground = grounds.of(case);
        if let Err((fault, why)) = ground.kill(case) {
            case.fault(fault, why);
        }
    });
}

/// What the process appends, batch by batch: one to nineteen entries.
fn batches(seed: u64) -> impl Iterator<Item = Vec<Record>> {
    (0..MOST_BATCHES).map(move |batch| {
        let size = 1 + (seed ^ batch).wrapping_mul(0x9E37_79B9_7F4A_7C15) % 19;
        (0..size).map(|n| refused(format!("of process {seed}, batch {batch}, entry {n}"))).collect()
    })
}

/// The process that is to be killed: says what was acknowledged, and which checkpoint is to be seen.
fn write(folder: &Path) {
    let seed = env::var(SEED).unwrap().parse().unwrap();
    let (mut ledger, _) = Ledger::open(StdFs::open(folder).unwrap(), keys(), noon()).unwrap();
    let mut told = std::io::stdout();
    for batch in batches(seed) {
        ledger.append(noon(), &batch).unwrap();
        let (_, seen) = Reader::open(folder).unwrap().checkpoint().unwrap();
        let line =
            format!("\nacknowledged {} seen {} {}\n", ledger.size(), seen.size, seen.root.base64());
        // Nobody listens any more: it was killed too late.
        if told.write_all(line.as_bytes()).and_then(|()| told.flush()).is_err() {
            return;
        }
    }
}

/// What a killed process had told.
#[derive(Debug, Default)]
struct Told {
    acknowledged: u64,
    seen: Option<(u64, Hash)>,
}

/// Starts it, waits until it told so much and then a little longer, and kills it.
fn killed(folder: &Path, seed: u64, after: usize, pause: Duration) -> Told {
    let mut writer = Command::new(env::current_exe().unwrap());
    writer.args(["--exact", "kills::no_kill_loses_an_acknowledged_entry_or_invents_one"]);
    writer.arg("--nocapture").env(FOLDER, folder).env(SEED, seed.to_string());
    writer.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::inherit());
    let mut writer = Killed(writer.spawn().unwrap());
    let mut lines = BufReader::new(writer.0.stdout.take().unwrap()).lines().map_while(Result::ok);
    let mut told = Told::default();
    let mut hear = |line: String| {
        let words: Vec<&str> = line.split(' ').collect();
        if let ["acknowledged", size, "seen", seen, root] = words.as_slice() {
            // The last line may be cut anywhere.
            if let (Ok(size), Ok(seen), Some(root)) =
                (size.parse(), seen.parse(), Hash::from_base64(root))
            {
                told = Told { acknowledged: size, seen: Some((seen, root)) };
                return true;
            }
        }
        false
    };
    let mut batches = 0;
    while batches < after {
        let Some(line) = lines.next() else { panic!("it ended by itself after {batches} batches") };
        batches += usize::from(hear(line));
    }
    sleep(pause);
    writer.0.kill().unwrap();
    // What it had told before is still in the pipe.
    for line in lines {
        hear(line);
    }
    drop(writer);
    told
}

/// Ends with whoever started it.
struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        let _dead = self.0.kill();
        let _ended = self.0.wait();
    }
}

/// A ledger's folder and what is known of it.
#[derive(Debug)]
struct Ground {
    folder: TempDir,
    place: &'static str,
    kills: u64,
    known: Vec<Entry>,
    seen: BTreeMap<u64, Hash>,
}

type Fault = (&'static str, String);

impl Ground {
    fn new(folder: TempDir, place: &'static str) -> Self {
        Self { folder, place, kills: 0, known: Vec::new(), seen: BTreeMap::new() }
    }

    fn kill(&mut self, case: &mut Case) -> Result<(), Fault> {
        let folder = self.folder.path().to_owned();
        let (seed, after) = (case.below(1 << 40), case.index(12));
        let pause = Duration::from_micros(case.below(if after == 0 { 60_000 } else { 6_000 }));
        let told = killed(&folder, seed, after, pause);
        self.kills += 1;
        case.count("kills");
        case.count(self.place);
        case.add("entries acknowledged", told.acknowledged.saturating_sub(self.size()));
        self.seen.extend(told.seen);
        let opened = StdFs::open(&folder).unwrap();
        let opened = Ledger::open(opened, keys(), noon());
        let (ledger, recovery) = opened.map_err(|error| (REFUSED, error.to_string()))?;
        case.add("cut tails", u64::from(recovery.cut_bytes > 0));
        case.add("files made anew", recovery.rebuilt.len() as u64);
        drop(ledger);
        self.judge(seed, &told)
    }

    fn size(&self) -> u64 {
        self.known.len() as u64
    }

    fn judge(&mut self, seed: u64, told: &Told) -> Result<(), Fault> {
        let reader = Reader::open(self.folder.path()).unwrap();
        let verified = reader.verify(Some(keys().verifiers()));
        let verified = verified.map_err(|failure| (UNVERIFIED, failure.to_string()))?;
        if verified.size < told.acknowledged {
            return Err((LOST, format!("{} of {}", verified.size, told.acknowledged)));
        }
        for (size, root) in &self.seen {
            let path = reader.consistency(*size, verified.size);
            let path = path.map_err(|error| (FORKED, error.to_string()))?;
            verify_consistency(*size, *root, verified.size, verified.root, &path)
                .map_err(|error| (FORKED, format!("{size}: {error}")))?;
        }
        let all = entries(&reader);
        if !all.starts_with(&self.known) {
            return Err((LOST, "what was there before is not there now".to_owned()));
        }
        let (mut new, mut batches) = (Vec::new(), batches(seed));
        let written = all[self.known.len()..].iter().map(|entry| &entry.record);
        new.extend(written.filter(|record| !is_own(record)));
        let mut rest = new.as_slice();
        while !rest.is_empty() {
            let batch = batches.next().unwrap_or_default();
            let whole: Vec<&Record> = batch.iter().collect();
            if whole.is_empty() || !rest.starts_with(&whole) {
                return Err((INVENTED, format!("{:?}", rest.first())));
            }
            rest = &rest[whole.len()..];
        }
        self.known = all;
        Ok(())
    }
}

/// What a ledger writes by itself.
fn is_own(record: &Record) -> bool {
    matches!(record, Record::Opened { .. } | Record::Recovered { .. })
}

/// The folders of a campaign, one for each file system.
#[derive(Default)]
struct Grounds {
    // Before the images that they lie on.
    grounds: BTreeMap<&'static str, Ground>,
    images: BTreeMap<&'static str, Option<Image>>,
}

impl Grounds {
    fn of(&mut self, case: &Case) -> &mut Ground {
        let kinds = [None, Some(Kind::Ext4), Some(Kind::Xfs), Some(Kind::Btrfs)];
        let kind = kinds[usize::try_from(case.number() % 4).unwrap()];
        let image = kind.and_then(|kind| self.image(kind).map(|at| (kind.name(), at)));
        let place = image.as_ref().map_or("on the temporary folder", |(name, _)| match *name {
            "ext4" => "on ext4",
            "xfs" => "on XFS",
            _ => "on btrfs",
        });
        let fresh = || {
            let folder = match &image {
                Some((_, at)) => tempfile::tempdir_in(at),
                None => tempfile::tempdir(),
            };
            Ground::new(folder.unwrap(), place)
        };
        if self.grounds.get(place).is_some_and(|ground| ground.kills >= KILLS) {
            self.grounds.remove(place);
        }
        self.grounds.entry(place).or_insert_with(fresh)
    }

    /// Where an image of this kind is mounted; what is missing is told once, and done without.
    fn image(&mut self, kind: Kind) -> Option<PathBuf> {
        let image = self
            .images
            .entry(kind.name())
            .or_insert_with(|| Image::new(kind, 400).map_err(|why| arch_tests::skip(&why)).ok());
        image.as_ref().map(Image::path)
    }
}
