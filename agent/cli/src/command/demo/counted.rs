//! What the agent's metrics count of proofs.

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;

use serde::Serialize;

use crate::answer::Stop;

/// What was asked of the prover since the agent's start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Proving {
    /// Proofs.
    pub(super) proofs: u64,
    /// Tiles whose digests were asked for: all hashing that proofs need.
    pub(super) tile_digests: u64,
    /// Milliseconds until the proofs were there.
    pub(super) milliseconds: u64,
}

/// Asks the agent of this state folder.
pub(super) fn read(state: &Path) -> Result<Proving, Stop> {
    let told = |error: std::io::Error| {
        Stop::could_not(
            format!("the agent's metrics: {error}"),
            "look into agent.log with `--keep DIR`",
        )
    };
    let mut line = UnixStream::connect(state.join("run/metrics.sock")).map_err(told)?;
    line.write_all(b"GET /metrics HTTP/1.0\r\n\r\n").map_err(told)?;
    let mut page = String::new();
    line.read_to_string(&mut page).map_err(told)?;
    let number = |name: &str| {
        let found = page.lines().find_map(|line| line.strip_prefix(name)?.trim().parse().ok());
        found.ok_or_else(|| {
            Stop::could_not(
                format!("the agent does not count `{name}`"),
                "look into agent.log with `--keep DIR`",
            )
        })
    };
    Ok(Proving {
        proofs: number("arch_proofs_total ")?,
        tile_digests: number("arch_tile_digests_total ")?,
        milliseconds: number("arch_proving_milliseconds_total ")?,
    })
}
