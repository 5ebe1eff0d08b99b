//! Whole jobs: signed, verified, admitted, executed, validated, durable with their place in the tree.
//!
//! The agent and its executor are real processes, both kept on one core. What stands before them was
//! signed before the clock starts; what is counted are jobs whose ends are durable.

use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use arch_identity::Digest;
use arch_tests::{JobText, World};
use arch_wire::control::{Answer, Bytes, Call, Reply, read_reply, write_call};

use crate::{Bench, Sides, places};

/// Jobs from many owners' hands at once, through shared workers.
pub(crate) const JOBS: Bench =
    Bench { name: "jobs", unit: "jobs/s on one core, shared workers", prepare: || prepare(2_000) };

/// Connections that hand jobs in, one after the other each: what group commit lives on.
const HANDS: usize = 24;

/// How long a run may take.
const PATIENCE: Duration = Duration::from_secs(300);

fn prepare(jobs: usize) -> Result<Sides, String> {
    let world = World::new();
    let policy =
        world.policy_text(1).replace("spec:\n", "spec:\n  isolation: { shared: [\"*\"] }\n");
    world.write_policy(&policy);
    let settings = world.path("config/node.d");
    std::fs::create_dir(&settings).map_err(told)?;
    let lend = "lend: { cpu: \"64\", memory: \"2Gi\" }\njobs: { waitingPerOwner: 4096 }\n";
    std::fs::write(settings.join("bench.yaml"), lend).map_err(told)?;
    let module = world.install(&arch_tests::module(arch_tests::HELLO));
    let agent = Agent::start(&world)?;
    Ok(Sides {
        ours: Box::new(move || {
            let texts = signed(&world, module, jobs);
            let before = agent.completed()?;
            let started = Instant::now();
            agent.hand_in(&texts)?;
            while agent.completed()?.saturating_sub(before) < jobs {
                if started.elapsed() > PATIENCE {
                    return Err("the jobs do not come to their end".to_owned());
                }
                // Answering takes the agent time as well. So much too late is a hundredth at most.
                thread::sleep(Duration::from_millis(20));
            }
            let jobs = u32::try_from(jobs).map_err(told)?;
            Ok(f64::from(jobs) / started.elapsed().as_secs_f64())
        }),
        peer: None,
    })
}

/// So many jobs that differ in their nonce.
fn signed(world: &World, module: Digest, jobs: usize) -> Vec<String> {
    let one = |_| {
        let text =
            JobText::new("job", module, World::now()).memory("16Mi").spec("  isolation: shared");
        world.owner.sign("job.yaml", &text.yaml().replace("cpu: \"1\"", "cpu: \"0.5\""))
    };
    (0..jobs).map(one).collect()
}

/// The agent's process on one core; ended when this is dropped.
struct Agent {
    child: Child,
    socket: PathBuf,
}

impl Agent {
    fn start(world: &World) -> Result<Self, String> {
        let log = std::fs::File::create(world.path("agent.log")).map_err(told)?;
        let mut command = Command::new("taskset");
        command.args(["-c", "0"]).arg(places::program("arch-node-agent")?);
        command.arg("--config").arg(world.path("config"));
        command.arg("--state").arg(world.path("state"));
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn();
        let child = child.map_err(|error| format!("taskset: {error}"))?;
        let agent = Self { child, socket: world.path("state/run/control.sock") };
        let started = Instant::now();
        while agent.completed().is_err() {
            if started.elapsed() > PATIENCE {
                let log = std::fs::read_to_string(world.path("agent.log")).unwrap_or_default();
                return Err(format!("the agent does not come up\n{log}"));
            }
            thread::sleep(Duration::from_millis(20));
        }
        Ok(agent)
    }

    fn completed(&self) -> Result<usize, String> {
        let answers = talk(&self.socket, [Call::Status {}].into_iter())?;
        match answers.into_iter().next() {
            Some(Answer::Status(status)) => {
                let completed = status.jobs.get("completed").copied().unwrap_or_default();
                usize::try_from(completed).map_err(told)
            }
            other => Err(format!("no status: {other:?}")),
        }
    }

    fn hand_in(&self, texts: &[String]) -> Result<(), String> {
        let share = texts.len().div_ceil(HANDS).max(1);
        thread::scope(|scope| {
            let hands: Vec<_> = texts
                .chunks(share)
                .map(|share| {
                    scope.spawn(|| {
                        let calls = share.iter().map(|text| Call::JobSubmit {
                            file: "job.yaml".to_owned(),
                            bytes: Bytes(text.as_bytes().to_vec()),
                        });
                        talk(&self.socket, calls).map(drop)
                    })
                })
                .collect();
            hands.into_iter().try_for_each(|hand| hand.join().map_err(|_| "a hand fell off")?)
        })
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        // It ends its executor when its socket closes.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Calls, one after the other over one connection.
fn talk(socket: &Path, calls: impl Iterator<Item = Call>) -> Result<Vec<Answer>, String> {
    let mut stream = UnixStream::connect(socket).map_err(told)?;
    let mut lines = BufReader::new(stream.try_clone().map_err(told)?);
    let mut answers = Vec::new();
    for call in calls {
        stream.write_all(&write_call(&call).map_err(told)?).map_err(told)?;
        let mut line = Vec::new();
        lines.read_until(b'\n', &mut line).map_err(told)?;
        match read_reply(&line).map_err(told)? {
            Reply::Ok(answer) => answers.push(answer),
            Reply::Problem(problem) => return Err(problem.to_string()),
        }
    }
    Ok(answers)
}

fn told(error: impl ToString) -> String {
    error.to_string()
}
