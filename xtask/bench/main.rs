//! Benches: ours beside a peer that does the least that could do, interleaved in one run.
//! `cargo xtask bench` builds and starts this.

mod databases;
mod dispute;
mod executor;
mod hostile;
mod idle;
mod jobs;
mod ledger;
mod long_ledger;
mod matrix;
mod on_disk;
mod places;
mod proofs;
mod python;
mod refuse;
mod stream;
mod syncs;
mod table;
mod verify;
mod wasm_start;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;

/// One figure of ours, beside a peer's where there is one. Each side is prepared once and then run
/// many times.
struct Bench {
    name: &'static str,
    /// What the figures of both sides count.
    unit: &'static str,
    prepare: fn() -> Result<Sides, String>,
}

/// One run of a side gives one figure; one that is no number says that nothing was measured.
type Side = Box<dyn FnMut() -> Result<f64, String>>;

struct Sides {
    ours: Side,
    peer: Option<Side>,
}

impl Sides {
    /// A row that cannot be measured here, with the reason.
    fn skipped(why: &str) -> Self {
        eprintln!("SKIPPED because {why}");
        Self { ours: Box::new(|| Ok(f64::NAN)), peer: None }
    }
}

const BENCHES: &[Bench] = &[
    verify::ONE,
    verify::THREE_OF_FIVE_HYBRID,
    refuse::P99,
    refuse::MAX,
    refuse::PEAK,
    ledger::BATCH,
    ledger::SINGLE,
    databases::SQLITE,
    databases::REDB,
    syncs::SYNCS,
    on_disk::BYTES,
    long_ledger::PROOF,
    long_ledger::RECOVER,
    wasm_start::PROCESS,
    wasm_start::SHARED,
    jobs::JOBS,
    idle::RSS,
    idle::READY,
    matrix::ONE_THREAD,
    matrix::TWO_THREADS,
    matrix::SMALL,
    matrix::LARGE,
    matrix::BESIDE_TORCH,
    matrix::COMMIT,
    matrix::AUDIT,
    matrix::AUDIT_LARGE,
    stream::ONE_THREAD,
    stream::TWO_THREADS,
    proofs::PROVE,
    proofs::BESIDE_SNARKJS,
    proofs::VERIFY,
    proofs::VERIFY_MANY,
    dispute::USUAL,
    dispute::LARGE,
    dispute::BYTES,
    dispute::HONEST,
    dispute::EAGER,
];

/// Benches, beside a peer where there is one
#[derive(Debug, Parser)]
struct Args {
    /// Which to run, or the first words of several; all when left out
    names: Vec<String>,
    /// Print the names and what each counts
    #[arg(long)]
    list: bool,
    /// Print one object a line
    #[arg(long)]
    json: bool,
    /// Interleaved runs of each side
    #[arg(long, default_value_t = 9)]
    runs: u32,
    /// What `refuse-peak-mib` starts
    #[arg(long, hide = true)]
    peak_of_refusals: bool,
    /// Append batches to a ledger in this folder, for whoever watches the system calls
    #[arg(long, hide = true, value_name = "DIR")]
    append_in: Option<PathBuf>,
    /// How many
    #[arg(long, hide = true, default_value_t = 0)]
    batches: u32,
}

fn main() -> ExitCode {
    match run(&Args::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("error: {why}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &Args) -> Result<(), String> {
    if args.peak_of_refusals {
        println!("{}", refuse::peak()?);
        return Ok(());
    }
    if let Some(folder) = &args.append_in {
        return syncs::append(folder, args.batches);
    }
    if args.list {
        BENCHES.iter().for_each(|bench| println!("{:<20} {}", bench.name, bench.unit));
        return Ok(());
    }
    if let Some(unknown) = args.names.iter().find(|name| !BENCHES.iter().any(|b| meant(b, name))) {
        let names: Vec<&str> = BENCHES.iter().map(|bench| bench.name).collect();
        let names = names.join(", ");
        return Err(format!("there is no bench `{unknown}`; there are {names}"));
    }
    let wanted =
        |bench: &&Bench| args.names.is_empty() || args.names.iter().any(|name| meant(bench, name));
    for bench in BENCHES.iter().filter(wanted) {
        eprintln!("{}: preparing, then {} runs", bench.name, args.runs);
        let figures = measure(bench, args.runs)?;
        println!("{}", table::row(bench, &figures, args.json));
    }
    Ok(())
}

/// A whole name means its row alone; the first words of names mean all rows that begin so.
fn meant(bench: &Bench, name: &str) -> bool {
    let whole = BENCHES.iter().any(|bench| bench.name == name);
    let begins = bench.name.strip_prefix(name).is_some_and(|rest| rest.starts_with('-'));
    bench.name == name || (begins && !whole)
}

/// What was measured, run by run.
struct Figures {
    ours: Vec<f64>,
    /// As many as ours, or none.
    peer: Vec<f64>,
}

/// The first run of each side warms up and is not counted.
fn measure(bench: &Bench, runs: u32) -> Result<Figures, String> {
    let mut sides = (bench.prepare)()?;
    let mut figures = Figures { ours: Vec::new(), peer: Vec::new() };
    for run in 0..=runs {
        let ours = (sides.ours)()?;
        if !ours.is_finite() {
            break;
        }
        let peer = sides.peer.as_mut().map(|peer| peer()).transpose()?;
        if run > 0 {
            figures.ours.push(ours);
            figures.peer.extend(peer);
        }
    }
    Ok(figures)
}
