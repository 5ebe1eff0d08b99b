//! Nothing that comes over the control socket stops the agent.

use std::{
    io::{Read as _, Write as _},
    os::unix::{fs::PermissionsExt as _, net::UnixStream},
};

use arch_tests::{World, module};
use arch_wire::control::{Bytes, Call, Reply};

use crate::HELLO;

#[test]
fn the_socket_is_ours_alone() {
    let world = World::new();
    let _agent = world.agent();
    let mode =
        std::fs::metadata(world.path("state/run/control.sock")).unwrap().permissions().mode();
    assert_eq!(mode & 0o077, 0, "{mode:o}");
}

#[test]
fn garbage_is_answered_or_dropped_and_the_next_caller_is_served() {
    let world = World::new();
    let mut agent = world.agent();
    for bytes in [&b"\n"[..], b"{}\n", b"\xff\xfe\n", &[b'['; 100_000], &[b'a'; 3_000_000]] {
        let mut stream = UnixStream::connect(world.path("state/run/control.sock")).unwrap();
        stream.set_read_timeout(Some(std::time::Duration::from_secs(20))).unwrap();
        let _ = stream.write_all(bytes);
        let _ = stream.shutdown(std::net::Shutdown::Write);
        let _ = stream.read_to_end(&mut Vec::new());
    }
    // Somebody who connects and says nothing.
    let _silent = UnixStream::connect(world.path("state/run/control.sock")).unwrap();
    let job = world.drop_job(&world.job("hello", &module(HELLO)));
    assert_eq!(agent.wait_end(job).row.state, "completed");
}

#[test]
fn a_submitted_job_is_verified_like_a_dropped_one() {
    let world = World::new();
    let agent = world.agent();
    let text = world.job("hello", &module(HELLO)).yaml();
    let unsigned =
        Call::JobSubmit { file: "x.yaml".into(), bytes: Bytes(text.clone().into_bytes()) };
    match agent.try_call(&unsigned) {
        Some(Reply::Ok(arch_wire::control::Answer::JobSubmit(submitted))) => {
            assert_eq!(submitted.state, "refused");
            assert!(!submitted.problems.is_empty());
        }
        Some(Reply::Problem(_)) => {}
        other => panic!("{other:?}"),
    }
}

#[test]
fn metrics_are_prometheus_text() {
    let world = World::new();
    let _agent = world.agent();
    let mut stream = UnixStream::connect(world.path("state/run/metrics.sock")).unwrap();
    stream.set_read_timeout(Some(std::time::Duration::from_secs(20))).unwrap();
    stream.write_all(b"GET /metrics HTTP/1.0\r\n\r\n").unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    assert!(text.starts_with("HTTP/1.") && text.contains("# TYPE arch_"), "{text}");
}
