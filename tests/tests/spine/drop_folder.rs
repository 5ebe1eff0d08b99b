//! Whatever stands in the drop folder, the agent keeps serving.

use std::{
    collections::BTreeMap,
    fs,
    os::unix::{fs::symlink, net::UnixListener},
    process::Command,
    thread::sleep,
    time::{Duration, Instant},
};

use arch_ledger::Record;
use arch_tests::{HELLO, Stranger, World, module};

#[test]
fn fifos_sockets_links_folders_and_huge_files_are_refused_and_the_next_job_runs() {
    let world = World::new();
    let mut agent = world.agent();
    let jobs = |name: &str| world.path(format!("config/jobs/{name}"));
    assert!(Command::new("mkfifo").arg(jobs("fifo.yaml")).status().unwrap().success());
    let _socket = UnixListener::bind(jobs("socket.yaml")).unwrap();
    fs::write(world.path("data/secret"), "kind: Job\n").unwrap();
    symlink(world.path("data/secret"), jobs("link.yaml")).unwrap();
    symlink("/dev/zero", jobs("device.yaml")).unwrap();
    fs::create_dir(jobs("folder.yaml")).unwrap();
    world.drop_file("huge.yaml", vec![b'#'; 1 << 20]);
    world.drop_file("empty.yaml", "");
    world.drop_file("binary.yaml", [0, 159, 146, 150]);
    let job = world.drop_job(&world.job("hello", &module(HELLO)));
    assert_eq!(agent.wait_end(job).row.state, "completed", "{}", agent.log());
    let expected = [
        ("fifo.yaml", "ARCH-F001"),
        ("socket.yaml", "ARCH-F001"),
        ("link.yaml", "ARCH-F001"),
        ("device.yaml", "ARCH-F001"),
        ("folder.yaml", "ARCH-F001"),
        ("huge.yaml", "ARCH-F002"),
        ("empty.yaml", "ARCH-D125"),
        ("binary.yaml", "ARCH-D102"),
    ];
    let told = agent.wait_for("the refusals", |_| {
        let told = refusals(&world);
        (told.len() >= expected.len()).then_some(told)
    });
    for (file, code) in expected {
        assert_eq!(told.get(file).map(String::as_str), Some(code), "{file}: {told:#?}");
    }
    assert_eq!(told.len(), expected.len(), "{told:#?}");
}

/// The refusals in the ledger, by file.
fn refusals(world: &World) -> BTreeMap<String, String> {
    let ledger = Stranger::read(world);
    let refused = ledger.records().filter_map(|record| match record {
        Record::Refused { file, code, .. } => Some((file.clone(), code.clone())),
        _ => None,
    });
    refused.collect()
}

#[test]
fn a_file_written_in_pieces_is_taken_when_it_is_whole() {
    use std::io::Write as _;
    let world = World::new();
    let mut agent = world.agent();
    for number in 0..20 {
        let signed = world.owner.sign("job.yaml", &world.job("hello", &module(HELLO)).yaml());
        let digest =
            arch_document::SignedDocument::parse("job.yaml", signed.as_bytes()).unwrap().digest();
        let name = format!("slow{number}.yaml");
        let mut file = fs::File::create(world.path("config/jobs").join(&name)).unwrap();
        let (mut last, mut quiet) = (Instant::now(), Duration::ZERO);
        for piece in signed.as_bytes().chunks(100) {
            file.write_all(piece).unwrap();
            quiet = quiet.max(last.elapsed());
            last = Instant::now();
            sleep(Duration::from_millis(10));
        }
        drop(file);
        // Whoever had no turn for so long has left what looks finished: once more, with another file.
        if quiet.max(last.elapsed()) > Duration::from_secs(1) {
            continue;
        }
        assert_eq!(agent.wait_end(digest).row.state, "completed", "{}", agent.log());
        assert!(agent.stop().success());
        let refused = refusals(&world);
        assert!(!refused.contains_key(&name), "the pieces are no documents: {refused:?}");
        return;
    }
    panic!("no file was written without a long pause");
}

#[test]
fn files_that_vanish_at_once_do_no_harm() {
    let world = World::new();
    let mut agent = world.agent();
    for i in 0..200 {
        let path = world.path(format!("config/jobs/gone-{i}.yaml"));
        fs::write(&path, "kind: Job\n").unwrap();
        let _ = fs::remove_file(path);
    }
    let job = world.drop_job(&world.job("hello", &module(HELLO)));
    assert_eq!(agent.wait_end(job).row.state, "completed", "{}", agent.log());
}

#[test]
fn jobs_dropped_while_the_agent_is_down_run_when_it_comes_up() {
    let world = World::new();
    let job = world.drop_job(&world.job("hello", &module(HELLO)));
    let mut agent = world.agent();
    assert_eq!(agent.wait_end(job).row.state, "completed");
}
