//! Benches: ours beside a peer that does the least that could do, interleaved in one run.
//! `cargo xtask bench` builds and starts this.

mod append;

use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;

/// One comparison. Each side is prepared once and then run many times.
struct Bench {
    name: &'static str,
    /// What the figures of both sides count.
    unit: &'static str,
    prepare: fn() -> Result<Sides, String>,
}

/// Ours and the peer's: one run of either gives the time for one unit.
struct Sides {
    ours: Box<dyn FnMut() -> Result<Duration, String>>,
    peer: Box<dyn FnMut() -> Result<Duration, String>>,
}

const BENCHES: [Bench; 2] = [append::SINGLE, append::BATCH];

/// Benches beside a peer
#[derive(Debug, Parser)]
struct Args {
    /// Which to run; all when left out
    name: Option<String>,
    /// Print one object a line
    #[arg(long)]
    json: bool,
    /// Interleaved runs of each side
    #[arg(long, default_value_t = 5)]
    runs: u32,
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
    let wanted = |bench: &&Bench| args.name.as_ref().is_none_or(|name| name == bench.name);
    let chosen: Vec<&Bench> = BENCHES.iter().filter(wanted).collect();
    if chosen.is_empty() {
        let names = BENCHES.map(|bench| bench.name).join(", ");
        return Err(format!("there is no such bench; there are {names}"));
    }
    for bench in chosen {
        let (ours, peer) = measure(bench, args.runs)?;
        print(bench, ours, peer, args);
    }
    Ok(())
}

/// Medians in microseconds. The first run of each side warms up and is not counted.
fn measure(bench: &Bench, runs: u32) -> Result<(f64, f64), String> {
    let mut sides = (bench.prepare)()?;
    let (mut ours, mut peer) = (Vec::new(), Vec::new());
    for run in 0..=runs {
        let pair = ((sides.ours)()?, (sides.peer)()?);
        if run > 0 {
            ours.push(pair.0);
            peer.push(pair.1);
        }
    }
    Ok((median(ours), median(peer)))
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort();
    times.get(times.len() / 2).map_or(0.0, |time| time.as_secs_f64() * 1e6)
}

fn print(bench: &Bench, ours: f64, peer: f64, args: &Args) {
    let ratio = ours / peer.max(f64::MIN_POSITIVE);
    let Bench { name, unit, .. } = bench;
    if args.json {
        let runs = args.runs;
        println!(
            "{{\"name\":\"{name}\",\"ours\":{ours:.1},\"peer\":{peer:.1},\"ratio\":{ratio:.3},\"unit\":\"{unit}\",\"runs\":{runs}}}"
        );
    } else {
        println!("{name:<22} ours {ours:>10.1}   peer {peer:>10.1}   ratio {ratio:>7.3}   {unit}");
    }
}
