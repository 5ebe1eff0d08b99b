//! An executor that is started when the agent connects to its socket, as a service manager does it.

use std::{
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

use arch_tests::{Agent, HELLO, World, gated, module, program, skip};

const TOOL: &str = "systemd-socket-activate";

/// Starts an executor for each connection to the socket that comes when there is none.
struct Manager {
    over: Arc<AtomicBool>,
    /// How often it started one.
    starts: Arc<AtomicU32>,
    thread: JoinHandle<()>,
}

impl Manager {
    fn of(world: &World) -> Option<(Self, PathBuf)> {
        if Command::new(TOOL).arg("--version").output().is_err() {
            skip("systemd-socket-activate is not installed");
            return None;
        }
        let (socket, cache) = (world.path("executor.sock"), world.path("cache"));
        let over = Arc::new(AtomicBool::new(false));
        let starts = Arc::new(AtomicU32::new(0));
        let (told, counted, path) = (Arc::clone(&over), Arc::clone(&starts), socket.clone());
        let thread = std::thread::spawn(move || {
            while !told.load(Ordering::SeqCst) {
                let mut executor = listen(&path, &cache);
                counted.fetch_add(1, Ordering::SeqCst);
                while executor.try_wait().unwrap().is_none() {
                    if told.load(Ordering::SeqCst) {
                        executor.kill().unwrap();
                    }
                    std::thread::sleep(Duration::from_millis(20));
                }
            }
        });
        Some((Self { over, starts, thread }, socket))
    }

    /// Waits until it started so many.
    fn started(&self, many: u32) {
        let since = Instant::now();
        while self.starts.load(Ordering::SeqCst) < many {
            assert!(since.elapsed() < Duration::from_secs(90), "it starts no more");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// How often it started one.
    fn end(self) -> u32 {
        self.over.store(true, Ordering::SeqCst);
        self.thread.join().unwrap();
        self.starts.load(Ordering::SeqCst)
    }
}

fn listen(socket: &Path, cache: &Path) -> Child {
    let _of_the_one_before = std::fs::remove_file(socket);
    let mut tool = Command::new(TOOL);
    tool.arg("-l").arg(socket).arg(program("arch-executor"));
    tool.arg("--wasm").arg("--cache").arg(cache);
    tool.stdin(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

fn agent(world: &World, socket: &Path) -> Agent {
    let settings = format!("executor:\n  socket: {}\n", socket.display());
    let folder = world.path("config/node.d");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("executor.yaml"), settings).unwrap();
    world.agent()
}

#[test]
fn an_executor_that_is_started_by_its_socket_runs_jobs_and_ends_with_the_agent() {
    let world = World::new();
    let Some((manager, socket)) = Manager::of(&world) else { return };
    let mut agent = agent(&world, &socket);
    let job = world.drop_job(&world.job("hello", &module(HELLO)));
    assert_eq!(agent.wait_end(job).row.state, "completed", "{}", agent.log());
    assert!(agent.stop().success());
    // The one that served has ended by itself, and one waits for the next agent, and goes on waiting.
    manager.started(2);
    std::thread::sleep(Duration::from_millis(500));
    assert_eq!(manager.end(), 2);
}

#[test]
fn a_job_whose_executor_was_killed_is_run_again_by_the_next_one() {
    let world = World::new();
    let Some((manager, socket)) = Manager::of(&world) else { return };
    let mut agent = agent(&world, &socket);
    let job = world.drop_job(&gated::job(&world));
    assert_eq!(agent.wait_job(job, &["running"]).attempts, 1);
    let killed =
        Command::new("pkill").args(["-9", "-f"]).arg(world.path("cache")).status().unwrap();
    assert!(killed.success());
    gated::open(&world);
    let ended = agent.wait_end(job);
    assert_eq!((ended.row.state.as_str(), ended.attempts), ("completed", 2), "{}", agent.log());
    assert!(agent.stop().success());
    assert!(manager.end() >= 2);
}
