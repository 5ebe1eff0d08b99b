//! What a campaign found.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write as _;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::case::Case;
use crate::orders::Orders;

/// The name under which panics are counted.
const PANICS: &str = "panics";
/// How often a long campaign says how far it is.
const PROGRESS: Duration = Duration::from_secs(10);

#[derive(Debug)]
pub(crate) struct Report {
    name: &'static str,
    seed: u64,
    started: Instant,
    /// When to say again how far it is; never if not asked for.
    next_word: Option<Instant>,
    log: Option<PathBuf>,
    cases: u64,
    counts: BTreeMap<&'static str, u64>,
    /// Faults by name, with zeros for those that must not happen.
    wrong: BTreeMap<&'static str, u64>,
    /// Case and what was wrong.
    faults: Vec<(u64, String)>,
}

impl Report {
    pub(crate) fn new(name: &'static str, orders: &Orders, watched: &[&'static str]) -> Self {
        let started = Instant::now();
        Self {
            name,
            seed: orders.seed,
            started,
            next_word: orders.progress.then_some(started),
            log: orders.log.clone(),
            cases: 0,
            counts: BTreeMap::new(),
            wrong: watched.iter().chain(&[PANICS]).map(|fault| (*fault, 0)).collect(),
            faults: Vec::new(),
        }
    }

    /// Takes in what a case counted and found.
    pub(crate) fn take(&mut self, number: u64, case: Case, panicked: bool) {
        self.cases = self.cases.saturating_add(1);
        for (what, many) in case.counts {
            let count = self.counts.entry(what).or_default();
            *count = count.saturating_add(many);
        }
        for (what, value) in case.highest {
            let highest = self.counts.entry(what).or_default();
            *highest = value.max(*highest);
        }
        let panic = panicked.then(|| (PANICS, "see the message above".to_owned()));
        for (fault, why) in case.faults.into_iter().chain(panic) {
            let count = self.wrong.entry(fault).or_default();
            *count = count.saturating_add(1);
            self.faults.push((number, format!("{fault}: {why}")));
        }
        self.say_how_far();
    }

    pub(crate) fn faults(&self) -> usize {
        self.faults.len()
    }

    fn say_how_far(&mut self) {
        let now = Instant::now();
        if self.next_word.is_some_and(|next| next <= now) {
            self.next_word = now.checked_add(PROGRESS);
            eprintln!("{}", self.line());
        }
    }

    /// Prints and logs the counts.
    ///
    /// # Errors
    /// The faults, each with the command that runs its case again.
    pub(crate) fn finish(self) -> Result<(), String> {
        let line = self.line();
        println!("COUNTED {line}");
        if let Some(log) = &self.log {
            let file = File::options().create(true).append(true).open(log);
            let told = file.and_then(|mut file| file.write_all(format!("{line}\n").as_bytes()));
            told.map_err(|error| format!("{}: {error}", log.display()))?;
        }
        if self.cases == 0 {
            return Err(format!("{}: no case was run", self.name));
        }
        if self.faults.is_empty() {
            return Ok(());
        }
        let replay = |(number, why): &(u64, String)| {
            let Self { name, seed, .. } = self;
            let command =
                format!("cargo xtask soak {name} --seed {seed} --first {number} --cases 1");
            format!("case {number}: {why}\n  again by itself: {command}")
        };
        let faults: Vec<String> = self.faults.iter().map(replay).collect();
        Err(format!("{line}\n{}", faults.join("\n")))
    }

    fn line(&self) -> String {
        let Self { name, seed, cases, .. } = self;
        let counts: Vec<String> =
            self.counts.iter().chain(&self.wrong).map(|(what, n)| format!("{what} {n}")).collect();
        let seconds = self.started.elapsed().as_secs_f64();
        format!("{name}: {cases} cases of seed {seed}; {}; {seconds:.1} s", counts.join(", "))
    }
}
