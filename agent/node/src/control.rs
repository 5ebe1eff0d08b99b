//! The control socket: one JSON object a line, for root, the agent's own user, and whoever the
//! settings name.

mod answer;
mod decide;
mod peer;
mod show;
mod status;

use std::{sync::Arc, time::Duration};

use arch_problem::{Problem, codes};
use arch_wire::control::{LINE_CAP, MalformedLine, Reply, read_call, write_reply};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::{UnixListener, UnixStream},
    sync::Semaphore,
    time,
};

use crate::{node::Node, pulse::Part, told};
pub(crate) use peer::{Peer, listen};

/// Connections at a time.
const MOST: usize = 32;

/// How long a connection may say nothing.
const SILENCE: Duration = Duration::from_secs(300);

/// How long a client may take to read an answer.
const READING: Duration = Duration::from_secs(30);

/// Serves until the task is dropped.
pub(crate) async fn serve(node: Arc<Node>, listener: UnixListener) {
    let room = Arc::new(Semaphore::new(MOST));
    let pulse = node.pulses.of(Part::Control);
    loop {
        let Ok((mut stream, _)) = pulse.waiting(listener.accept()).await else {
            // Out of descriptors, most likely: others have to end first.
            time::sleep(Duration::from_millis(200)).await;
            continue;
        };
        match Arc::clone(&room).try_acquire_owned() {
            Ok(permit) => {
                let node = Arc::clone(&node);
                tokio::spawn(async move {
                    converse(&node, stream).await;
                    drop(permit);
                });
            }
            Err(_) => {
                let problem = told::problem(codes::TOO_MANY_CALLS, "too many connections");
                // One who does not read it goes without.
                let _ = pulse.working(send(&mut stream, &Reply::Problem(problem))).await;
            }
        }
    }
}

async fn converse(node: &Arc<Node>, stream: UnixStream) {
    let (read, mut write) = stream.into_split();
    let peer = match Peer::of(read.as_ref(), &node.settings.control.users) {
        Ok(peer) => peer,
        Err(problem) => {
            tracing::warn!(%problem, "a connection is refused");
            // One who does not read it goes without.
            let _ = send(&mut write, &Reply::Problem(problem)).await;
            return;
        }
    };
    let mut lines = BufReader::new(read);
    while let Ok(Some(line)) = time::timeout(SILENCE, next_line(&mut lines)).await {
        let reply = match read_call(&line) {
            Ok(call) => answer::answer(node, &peer, call).await,
            Err(error) => Reply::Problem(malformed(&error)),
        };
        // The rest of a line that is too long would be taken for the next one.
        let cut_off = line.len() > LINE_CAP;
        if send(&mut write, &reply).await.is_err() || cut_off {
            return;
        }
    }
}

/// One line, or as much of a longer one as shows that it is too long.
async fn next_line<R>(lines: &mut BufReader<R>) -> Option<Vec<u8>>
where
    R: tokio::io::AsyncRead + Unpin,
{
    let cap = u64::try_from(LINE_CAP).unwrap_or(u64::MAX).saturating_add(1);
    let mut line = Vec::new();
    let read = lines.take(cap).read_until(b'\n', &mut line).await.ok()?;
    (read > 0).then_some(line)
}

async fn send(
    stream: &mut (impl tokio::io::AsyncWrite + Unpin),
    reply: &Reply,
) -> std::io::Result<()> {
    let line = write_reply(reply).or_else(|error| {
        let problem = told::problem(codes::ANSWER_TOO_LONG, error.to_string());
        write_reply(&Reply::Problem(problem))
    });
    let line = line.map_err(std::io::Error::other)?;
    match time::timeout(READING, stream.write_all(&line)).await {
        Ok(written) => written,
        Err(_) => Err(std::io::ErrorKind::TimedOut.into()),
    }
}

fn malformed(error: &MalformedLine) -> Box<Problem> {
    told::problem(codes::MALFORMED_CALL, error.to_string())
}
