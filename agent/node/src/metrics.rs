//! Numbers for Prometheus: text format 0.0.4 as the answer to any GET, over a Unix socket.

use std::{fmt::Write as _, sync::Arc, time::Duration};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{UnixListener, UnixStream},
    time,
};

use crate::{control::Peer, node::Node, pulse::Part};

/// The longest request that is read.
const REQUEST: usize = 8_192;

/// How long one exchange may take.
const EXCHANGE: Duration = Duration::from_secs(5);

/// Serves one after the other until the task is dropped.
pub(crate) async fn serve(node: Arc<Node>, listener: UnixListener) {
    let pulse = node.pulses.of(Part::Metrics);
    loop {
        match pulse.waiting(listener.accept()).await {
            Ok((stream, _)) => {
                // A client that is slow or gone gets nothing.
                let _ = pulse.working(time::timeout(EXCHANGE, exchange(&node, stream))).await;
            }
            Err(_) => time::sleep(Duration::from_millis(200)).await,
        }
    }
}

async fn exchange(node: &Node, mut stream: UnixStream) -> std::io::Result<()> {
    if Peer::of(&stream, &node.settings.control.users).is_err() {
        return stream.write_all(b"HTTP/1.0 403 Forbidden\r\n\r\n").await;
    }
    let mut request = Vec::with_capacity(512);
    while !request.windows(4).any(|end| end == b"\r\n\r\n") {
        if request.len() >= REQUEST || stream.read_buf(&mut request).await? == 0 {
            break;
        }
    }
    let answer = if request.starts_with(b"GET ") {
        let body = text(node);
        format!(
            "HTTP/1.0 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\n\
             Content-Length: {}\r\n\r\n{body}",
            body.len()
        )
    } else {
        "HTTP/1.0 405 Method Not Allowed\r\n\r\n".to_owned()
    };
    stream.write_all(answer.as_bytes()).await?;
    stream.shutdown().await
}

fn text(node: &Node) -> String {
    let mut page = Page::default();
    let (counts, entries) = {
        let memory = node.anchors.memory();
        (memory.counts(), memory.size())
    };
    page.head("arch_jobs", "gauge", "jobs and refused documents by state");
    for (state, count) in counts {
        page.line("arch_jobs", &format!("{{state=\"{state}\"}}"), count);
    }
    page.one("arch_ledger_entries", "counter", "entries of the ledger", entries);
    let executor = node.executor.state();
    page.one("arch_executor_ready", "gauge", "whether it takes runs", executor.is_ready().into());
    page.one("arch_executor_restarts_total", "counter", "starts after a death", executor.restarts);
    let asked = node.prover.counters();
    let what = "tiles whose digests a prover was asked for";
    page.one("arch_tile_digests_total", "counter", what, asked.digests());
    let what = "proofs that a prover was asked for";
    page.one("arch_proofs_total", "counter", what, asked.proofs());
    let what = "milliseconds that went by until proofs were there";
    page.one("arch_proving_milliseconds_total", "counter", what, asked.proving_millis());
    page.one(
        "arch_accepting",
        "gauge",
        "whether jobs are taken in",
        node.gate.why().is_none().into(),
    );
    let waiting = u64::try_from(node.desk.waiting()).unwrap_or(u64::MAX);
    page.one("arch_queue_jobs", "gauge", "jobs that wait for room", waiting);
    let (whole, free) = node.desk.room();
    for (name, what, amount) in [
        ("arch_cpu_lent_millicores", "processors lent", whole.cpu.millicores()),
        ("arch_cpu_free_millicores", "processors nobody holds", free.cpu.millicores()),
        ("arch_memory_lent_bytes", "memory lent", whole.memory.bytes()),
        ("arch_memory_free_bytes", "memory nobody holds", free.memory.bytes()),
    ] {
        page.one(name, "gauge", what, amount);
    }
    page.0
}

#[derive(Default)]
struct Page(String);

impl Page {
    fn one(&mut self, name: &str, kind: &str, help: &str, value: u64) {
        self.head(name, kind, help);
        self.line(name, "", value);
    }

    fn head(&mut self, name: &str, kind: &str, help: &str) {
        // Writing into a String does not fail.
        let _ = write!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}\n");
    }

    fn line(&mut self, name: &str, labels: &str, value: u64) {
        // Writing into a String does not fail.
        let _ = writeln!(self.0, "{name}{labels} {value}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_has_help_type_and_value() {
        let mut page = Page::default();
        page.one("a", "gauge", "what", 3);
        page.line("b", "{c=\"d\"}", 4);
        assert_eq!(page.0, "# HELP a what\n# TYPE a gauge\na 3\nb{c=\"d\"} 4\n");
    }
}
