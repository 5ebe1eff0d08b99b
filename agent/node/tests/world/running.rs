//! A node at work in a world, and what it says when it is asked.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    os::unix::net::UnixStream,
    path::Path,
    sync::Arc,
    thread::JoinHandle,
    time::{Duration, Instant},
};

use arch_identity::Digest;
use arch_ledger::StdFs;
use arch_node::{
    Told,
    anchors::Anchors,
    authority,
    dispute::Identities,
    executor_client::ExecutorClient,
    handed_in::HandedIn,
    identity,
    node::{Node, Parts},
    places::Places,
    service::{self, WaysIn},
    settings::{self, Settings},
    shelf::Shelf,
    supplies::{Modules, Ready, Stores},
};
use arch_wire::control::{Answer, Call, JobDetail, Reply, read_reply, write_call};
use tokio::task::JoinSet;

use super::{World, disk::Disk, double::Double, now};

/// A node at work.
pub struct Running {
    pub node: Arc<Node>,
    tasks: JoinSet<()>,
    ledger: JoinHandle<()>,
}

impl World {
    pub async fn start(&self, double: Double) -> Running {
        self.try_start(double).await.unwrap()
    }

    /// The daemon's start, with a double in place of the executor.
    pub async fn try_start(&self, double: Double) -> Told<Running> {
        let args = self.args();
        let settings: Settings =
            settings::load(&args.config).map_err(|mut p| Box::new(p.remove(0)))?;
        let places = Places::new(&args, &settings);
        for folder in places.private() {
            arch_files::private_dir(&folder).map_err(|e| Box::new(e.problem()))?;
        }
        let keys = identity::open(&places, settings.node_key)?;
        let did = keys.node();
        let identities = Identities::new(Arc::clone(keys.pair())).unwrap();
        let inner = StdFs::open(&places.ledger()).unwrap();
        let (full, fault) = (Arc::clone(&self.full), Arc::clone(&self.fault));
        let disk = Disk { inner, full, fault };
        let (anchors, thread, _) = Anchors::open(disk, keys, now()).unwrap();
        let authority =
            match authority::establish(&places, self.pin, &settings.groups, &anchors).await {
                Ok(authority) => authority,
                Err(unsettled) => {
                    anchors.close().await;
                    thread.join().unwrap();
                    return Err(unsettled.problem());
                }
            };
        let stores = Stores {
            shelf: Shelf::open(&places.archive())?,
            modules: Modules::new(places.modules().to_owned()),
            ready: Ready::default(),
            most_input: settings.inputs.max,
            private: places.state().to_owned(),
        };
        let executor = ExecutorClient::supervised_with(double, self.handover);
        let node = Node::new(Parts {
            did,
            settings,
            places,
            listen: None,
            anchors,
            authority,
            stores,
            executor,
            identities,
        });
        let tasks = service::open(&node, WaysIn::All, HandedIn::default()).await?;
        Ok(Running { node, tasks, ledger: thread })
    }
}

impl Running {
    /// SIGTERM.
    pub async fn stop(mut self) {
        self.tasks.abort_all();
        service::close(&self.node, self.ledger).await;
        drop(self.node);
        // Tasks that were torn down let go of the ledger's handle.
        while self.tasks.join_next().await.is_some() {}
    }

    pub async fn call(&self, call: Call) -> Reply {
        let path = self.node.places.control();
        let line = write_call(&call).unwrap();
        tokio::task::spawn_blocking(move || raw_call(&path, &line)).await.unwrap()
    }

    pub async fn show(&self, digest: Digest) -> Option<JobDetail> {
        match self.call(Call::JobShow { digest }).await {
            Reply::Ok(Answer::JobShow(detail)) => Some(*detail),
            Reply::Problem(_) => None,
            other => panic!("{other:?}"),
        }
    }

    /// Waits until the job or document is in this state.
    pub async fn until(&self, digest: Digest, state: &str) -> JobDetail {
        let start = Instant::now();
        loop {
            let detail = self.show(digest).await;
            let found = detail.as_ref().map(|d| d.row.state.clone());
            if found.as_deref() == Some(state) {
                return detail.unwrap();
            }
            assert!(
                start.elapsed() < Duration::from_secs(90),
                "{found:?} instead of {state}: {detail:?}"
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// One number of the metrics page.
pub fn metric(world: &World, name: &str) -> u64 {
    let mut stream = UnixStream::connect(world.path("state/run/metrics.sock")).unwrap();
    stream.write_all(b"GET /metrics HTTP/1.0\r\n\r\n").unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    line.unwrap().parse().unwrap()
}

pub fn raw_call(path: &Path, line: &[u8]) -> Reply {
    let mut stream = UnixStream::connect(path).unwrap();
    // An answer may come before a long line was taken in whole.
    let _ = stream.write_all(line);
    let mut reply = Vec::new();
    BufReader::new(stream).read_until(b'\n', &mut reply).unwrap();
    read_reply(&reply).unwrap()
}
