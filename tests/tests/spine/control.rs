//! Nothing that comes over the control socket stops the agent.

use std::{
    io::{Read as _, Write as _},
    os::unix::{fs::PermissionsExt as _, net::UnixStream},
};

use arch_tests::{HELLO, Stranger, World, module};

#[test]
fn a_tests_folders_are_closed_whatever_the_umask() {
    let world = World::new();
    for folder in ["state", "config", "config/jobs"] {
        let mode = std::fs::metadata(world.path(folder)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700, "{folder}: {mode:o}");
    }
}

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
    let mut agent = world.agent();
    let text = world.job("hello", &module(HELLO)).yaml();
    let refused = agent.submit(&text);
    assert_eq!(refused.state, "refused", "nobody signed it");
    assert_eq!(refused.problems[0].code.as_str(), "ARCH-D001", "{refused:?}");

    let taken = agent.submit(&world.owner.sign("x.yaml", &text));
    assert!(taken.problems.is_empty() && !taken.already, "{taken:?}");
    assert_eq!(agent.wait_end(taken.digest).row.state, "completed", "{}", agent.log());
    assert!(agent.submit(&world.owner.sign("x.yaml", &text)).already, "once, for ever");
    assert!(agent.stop().success());
    let kinds = Stranger::verified(&world).kinds(taken.digest);
    assert_eq!(kinds, ["accepted", "started", "finished"]);
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
