//! Disputes: from two roots that differ to the anchored verdict, between identities of one real agent with a
//! real prover; and what signing commitments costs a job in which nobody lies.

use std::fs;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use arch_circuits::Circuit;
use arch_circuits::registry::Registry;
use arch_identity::Digest;
use arch_ledger::{Entry, Reader, Record};
use arch_tests::{Factors, World};

use crate::{Bench, Side, Sides, places};

/// The size of facts: 1,536.
pub(crate) const USUAL: Bench = Bench {
    name: "dispute-1536-seconds",
    unit: "s from `diverged` to `settled`, N = 1,536",
    prepare: || disputes(1_536, Figure::Seconds),
};

/// Four times the side, 64 times the product.
pub(crate) const LARGE: Bench = Bench {
    name: "dispute-6144-seconds",
    unit: "s from `diverged` to `settled`, N = 6,144",
    prepare: || disputes(6_144, Figure::Seconds),
};

/// All messages as they lie in the archive.
pub(crate) const BYTES: Bench = Bench {
    name: "dispute-1536-kib",
    unit: "KiB of all messages of one dispute, N = 1,536",
    prepare: || disputes(1_536, Figure::Kib),
};

/// A job in which nobody lies, beside the same under a policy that settles nothing.
pub(crate) const HONEST: Bench =
    Bench { name: "dispute-honest", unit: "s of an honest job, N = 1,536", prepare: honest };

/// The same job under a policy that has digests of all tiles committed to, beside one that has them made in
/// a dispute.
pub(crate) const EAGER: Bench = Bench {
    name: "dispute-eager",
    unit: "s of an honest job with digests of all tiles, N = 1,536",
    prepare: eager,
};

/// What a policy says of disputes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Terms {
    None,
    Lazy,
    Eager,
}

/// What is measured of a dispute.
#[derive(Clone, Copy)]
enum Figure {
    Seconds,
    Kib,
}

/// How long a run may take.
const PATIENCE: Duration = Duration::from_secs(600);

fn disputes(side: u32, figure: Figure) -> Result<Sides, String> {
    let node = Node::start(Terms::Lazy, Some("add-one-at-0-0 row"))?;
    // Of nine nodes all rows and columns are computed: the first row and the first column meet there.
    let factors = Factors::new(&node.world, (side, side, side));
    Ok(Sides {
        ours: Box::new(move || {
            let job = node.drop_job(&factors, "9")?;
            let about = |record: &Record| record_of(record) == Some(job);
            let diverged = |record: &Record| {
                matches!(record, Record::Diverged { .. }) && record.job() == Some(&job)
            };
            node.until(&diverged)?;
            let begun = Instant::now();
            let settled =
                |record: &Record| matches!(record, Record::Settled { .. }) && about(record);
            let entries = node.until(&settled)?;
            let seconds = begun.elapsed().as_secs_f64();
            match figure {
                Figure::Seconds => Ok(seconds),
                Figure::Kib => node.kib(&entries, job),
            }
        }),
        peer: None,
    })
}

/// The job that something is said of in a dispute.
fn record_of(record: &Record) -> Option<Digest> {
    match record {
        Record::Said { document, .. } | Record::Settled { document, .. } => Some(*document),
        _ => None,
    }
}

fn honest() -> Result<Sides, String> {
    Ok(Sides { ours: job_under(Terms::Lazy)?, peer: Some(job_under(Terms::None)?) })
}

fn eager() -> Result<Sides, String> {
    Ok(Sides { ours: job_under(Terms::Eager)?, peer: Some(job_under(Terms::Lazy)?) })
}

/// A job of three shards in which nobody lies, from its file to its end.
fn job_under(terms: Terms) -> Result<Side, String> {
    let node = Node::start(terms, None)?;
    let factors = Factors::new(&node.world, (1_536, 1_536, 1_536));
    Ok(Box::new(move || {
        let begun = Instant::now();
        let job = node.drop_job(&factors, "3")?;
        let ended = |record: &Record| {
            matches!(record, Record::Finished { .. }) && record.job() == Some(&job)
        };
        node.until(&ended)?;
        Ok(begun.elapsed().as_secs_f64())
    }))
}

/// A real agent with a real prover, both ended when this is dropped.
struct Node {
    world: World,
    _agent: Process,
    _prover: Process,
}

struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _gone_already = self.0.kill();
        let _gone_already = self.0.wait();
    }
}

impl Node {
    /// `trick` is what its executor lies about; an honest one is used without.
    fn start(terms: Terms, trick: Option<&str>) -> Result<Self, String> {
        let world = World::new();
        world.write_policy(&policy(&world, terms)?);
        let socket = world.path("prover.sock");
        let settings = world.path("config/node.yaml");
        let text = fs::read_to_string(&settings).map_err(told)?;
        let text = text.replace("memory: \"1Gi\"", "memory: \"8Gi\"");
        let text = format!("{text}prover:\n  socket: \"{}\"\n", socket.display());
        fs::write(&settings, text).map_err(told)?;
        let log = |name: &str| fs::File::create(world.path(name)).map_err(told);
        let mut prover = Command::new(places::program("arch-prover")?);
        prover.args(["--mode=server", "--allow-dev-keys", "--keys"]).arg(keys()?);
        prover.arg("--socket").arg(&socket);
        prover.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log("prover.log")?);
        let prover = Process(prover.spawn().map_err(told)?);
        let executor = match trick {
            None => "arch-executor",
            Some(trick) => {
                fs::create_dir_all(world.path("state/cache")).map_err(told)?;
                fs::write(world.path("state/cache/trick"), trick).map_err(told)?;
                "lying-executor"
            }
        };
        let mut agent = Command::new(places::program("arch-node-agent")?);
        agent.arg("--config").arg(world.path("config"));
        agent.arg("--state").arg(world.path("state"));
        agent.arg("--executor").arg(places::program(executor)?);
        agent.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log("agent.log")?);
        let agent = Process(agent.spawn().map_err(told)?);
        let node = Self { world, _agent: agent, _prover: prover };
        node.until(&|record| matches!(record, Record::Policy { .. }))?;
        Ok(node)
    }

    fn drop_job(&self, factors: &Factors, shards: &str) -> Result<Digest, String> {
        let job = factors.job(&format!(", shards: {shards}")).memory("4Gi").timeout("10m");
        Ok(self.world.drop_job(&job))
    }

    /// Waits for an entry; gives all of them then.
    fn until(&self, wanted: &dyn Fn(&Record) -> bool) -> Result<Vec<Entry>, String> {
        let begun = Instant::now();
        loop {
            let entries = self.entries().unwrap_or_default();
            if entries.iter().any(|entry| wanted(&entry.record)) {
                return Ok(entries);
            }
            if begun.elapsed() > PATIENCE {
                let log = fs::read_to_string(self.world.path("agent.log")).unwrap_or_default();
                return Err(format!("nothing more comes\n{log}"));
            }
            thread::sleep(Duration::from_millis(3));
        }
    }

    /// A reading in the middle of a write gives none.
    fn entries(&self) -> Option<Vec<Entry>> {
        let reader = Reader::open(&self.world.path("state/ledger")).ok()?;
        reader.entries().ok()?.collect::<Result<_, _>>().ok()
    }

    fn kib(&self, entries: &[Entry], job: Digest) -> Result<f64, String> {
        let mut bytes = 0_u64;
        for entry in entries {
            if let Record::Said { document, dispute: Some(_), message, .. } = &entry.record
                && *document == job
            {
                let path = format!("state/archive/documents/{}", message.hex());
                let length = fs::metadata(self.world.path(path)).map_err(told)?.len();
                bytes = bytes.saturating_add(length);
            }
        }
        Ok(f64::from(u32::try_from(bytes).map_err(told)?) / 1_024.0)
    }
}

/// Proving keys, made once and kept for all runs.
fn keys() -> Result<std::path::PathBuf, String> {
    let folder = places::kept("dispute-keys")?;
    fs::create_dir_all(&folder).map_err(told)?;
    Ok(folder)
}

fn policy(world: &World, terms: Terms) -> Result<String, String> {
    let text = world.policy_text(1);
    let text = text.replace("memory: \"512Mi\"", "memory: \"8Gi\"");
    let text = text.replace("outputs: \"1Mi\"", "outputs: \"1Gi\"");
    let marks = match terms {
        Terms::None => return Ok(text),
        Terms::Lazy => "onDispute",
        Terms::Eager => "always",
    };
    let registry = Registry::built_in().map_err(told)?;
    let entry = registry.find(Circuit::Tile.id(), None);
    let key = entry.and_then(|entry| registry.key(entry)).ok_or("no key for steps of products")?;
    let key = Digest::from_bytes(key.sha256());
    let judge = world.node(9);
    Ok(format!(
        "{text}  circuits:
    pins: [{{ circuit: {}, version: 1, vkSha256: \"{key}\" }}]
    allowDevKeys: true
  disputes:
    {{ resolvers: [groth16], marks: {marks}, bond: 1, endowment: 1000000, judges: [\"{judge}\"] }}
",
        Circuit::Tile.id()
    ))
}

fn told(error: impl ToString) -> String {
    error.to_string()
}
