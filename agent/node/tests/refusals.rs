//! What is not let in: each told once, with its code, and the agent keeps serving.

mod world;

use std::{os::unix::fs::symlink, time::Duration};

use arch_identity::Digest;
use arch_ledger::Record;
use arch_problem::codes;
use arch_wire::control::{Answer, Bytes, Call, LINE_CAP, Reply};
use world::{World, double::Double, records, running::raw_call, story};

/// File and code of every refusal in the ledger.
fn refused(world: &World) -> Vec<(String, String)> {
    let mut found: Vec<_> = records(world)
        .into_iter()
        .filter_map(|record| match record {
            Record::Refused { file, code, .. } => Some((file, code)),
            _ => None,
        })
        .collect();
    found.sort();
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_anchored_once_with_its_place_whatever_name_or_restart() {
    let world = World::new();
    let running = world.start(Double::honest()).await;
    let text = world.unsigned_job("nobody", "");
    let job = world.drop_file("a.yaml", &text);
    let detail = running.until(job, "refused").await;
    assert!(detail.line.is_some() && detail.column.is_some());
    world.drop_file("b.yaml", &text);
    world.drop_file("a.yaml", &text);
    let good = world.drop_file("good.yaml", &world.job("good", ""));
    running.until(good, "completed").await;
    running.stop().await;
    world.start(Double::honest()).await.stop().await;
    assert_eq!(story(&world, job), ["refused"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_things_in_the_drop_folder_are_refused_and_the_next_job_runs() {
    let world = World::new();
    let running = world.start(Double::honest()).await;
    let jobs = world.path("config/jobs");
    let fifo = jobs.join("fifo.yaml");
    rustix::fs::mknodat(rustix::fs::CWD, &fifo, rustix::fs::FileType::Fifo, 0o600.into(), 0)
        .unwrap();
    symlink("/etc/passwd", jobs.join("link.yaml")).unwrap();
    std::fs::create_dir(jobs.join("folder.yaml")).unwrap();
    std::fs::write(jobs.join("huge.yaml"), vec![b'#'; 600_000]).unwrap();
    // A document's worth of payload is longer in an envelope.
    std::fs::write(jobs.join("large.dsse.json"), vec![b'{'; 300_000]).unwrap();
    std::fs::write(jobs.join("noise.json"), [0xff, 0xfe, 0]).unwrap();
    std::fs::write(jobs.join("ignored.txt"), "x").unwrap();
    std::fs::write(jobs.join(".hidden.yaml"), "x").unwrap();
    for number in 0..50 {
        let path = jobs.join(format!("vanishing{number}.yaml"));
        std::fs::write(&path, world.job("vanishing", "")).unwrap();
        std::fs::remove_file(&path).unwrap();
    }
    let good = world.drop_file("good.yaml", &world.job("good", ""));
    running.until(good, "completed").await;
    let start = std::time::Instant::now();
    let list = async || match running.call(Call::JobList { state: Some("refused".into()) }).await {
        Reply::Ok(Answer::JobList { jobs, .. }) => jobs.len(),
        other => panic!("{other:?}"),
    };
    // What is fresh and cannot be read may be half-written: it is refused when it is quiet.
    while list().await < 6 {
        assert!(start.elapsed() < Duration::from_secs(60));
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    running.stop().await;
    let found = refused(&world);
    let code = |name: &str| {
        found
            .iter()
            .filter(|(file, _)| file == name)
            .map(|(_, code)| code.clone())
            .collect::<Vec<_>>()
    };
    for name in ["fifo.yaml", "link.yaml", "folder.yaml"] {
        assert_eq!(code(name), [codes::NOT_A_FILE.to_string()], "{name}");
    }
    assert_eq!(code("huge.yaml"), [codes::FILE_TOO_LARGE.to_string()]);
    assert_eq!(code("large.dsse.json"), [codes::JSON_SYNTAX.to_string()]);
    assert_eq!(code("noise.json").len(), 1);
    assert_eq!(found.len(), 6, "{found:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_written_in_two_halves_is_accepted_and_never_refused() {
    let world = World::new();
    let running = world.start(Double::honest()).await;
    use std::{io::Write as _, time::Instant};
    for number in 0..20 {
        let (name, text) = (format!("slow{number}.yaml"), world.job(&format!("slow{number}"), ""));
        let (head, tail) = text.split_at(text.len() / 2);
        let mut file = std::fs::File::create(world.path("config/jobs").join(&name)).unwrap();
        let (mut last, mut quiet) = (Instant::now(), Duration::ZERO);
        // Piece by piece, so that it is looked at in between and never quiet for long.
        for piece in head.as_bytes().chunks(head.len().div_ceil(6)) {
            file.write_all(piece).unwrap();
            quiet = quiet.max(last.elapsed());
            last = Instant::now();
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        file.write_all(tail.as_bytes()).unwrap();
        drop(file);
        // Whoever had no turn for so long has left what looks finished: once more, with another file.
        if quiet.max(last.elapsed()) > Duration::from_secs(1) {
            continue;
        }
        running.until(world::digest(&text), "completed").await;
        running.stop().await;
        let refused = refused(&world);
        assert!(refused.iter().all(|(file, _)| *file != name), "{refused:?}");
        return;
    }
    panic!("no file was written without a long pause");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_whose_module_comes_later_is_refused_and_then_runs() {
    let world = World::new();
    std::fs::create_dir(world.path("config/node.d")).unwrap();
    world.write("config/node.d/quick.yaml", "jobs: { rescan: 1s }\n");
    let module = world.path("config/modules/m.wasm");
    std::fs::remove_file(&module).unwrap();
    let running = world.start(Double::honest()).await;
    let job = world.drop_file("early.yaml", &world.job("early", ""));
    let detail = running.until(job, "refused").await;
    assert_eq!(detail.row.code.as_deref(), Some("ARCH-N201"));
    std::fs::write(module, world::MODULE).unwrap();
    running.until(job, "completed").await;
    running.stop().await;
    assert_eq!(story(&world, job), ["refused", "accepted", "started", "finished"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn inputs_that_differ_are_absent_or_out_of_reach_are_refused() {
    let world = World::new();
    let running = world.start(Double::honest()).await;
    let there = world.path("input");
    std::fs::write(&there, "data").unwrap();
    let key = world.path("state/node.key");
    let cases = [
        ("a", format!("file://{}@{}", there.display(), Digest::of(b"other")), "ARCH-N204"),
        ("b", format!("file:///nowhere@{}", Digest::of(b"other")), "ARCH-N202"),
        ("c", format!("https://example.org/x@{}", Digest::of(b"other")), "ARCH-N203"),
        ("d", format!("file://{}@{}", key.display(), Digest::of(b"other")), "ARCH-N203"),
    ];
    for (name, address, code) in cases {
        let text = world.job(name, &format!("  inputs: {{ x: \"{address}\" }}\n"));
        let job = world.drop_file(&format!("{name}.yaml"), &text);
        let detail = running.until(job, "refused").await;
        assert_eq!(detail.row.code.as_deref(), Some(code), "{address}");
        assert!(detail.line.is_some());
    }
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_input_leads_to_no_file_of_the_node_itself_and_its_refusal_tells_no_digest() {
    let world = World::new();
    let running = world.start(Double::honest()).await;
    let key = world.path("state/node.key");
    let secret = Digest::of(&std::fs::read(&key).unwrap());
    std::os::unix::fs::symlink(world.path("state"), world.path("link")).unwrap();
    std::fs::write(world.path("input"), "secret of the machine").unwrap();
    let told = async |name: &str, path: &str, digest: Digest| {
        let text = world.job(name, &format!("  inputs: {{ x: \"file://{path}@{digest}\" }}\n"));
        let job = world.drop_file(&format!("{name}.yaml"), &text);
        running.until(job, "refused").await.outcome.unwrap()
    };
    let input = world.path("input").display().to_string();
    let said = told("a", &input, Digest::of(b"guess")).await;
    assert!(!said.contains(&Digest::of(b"secret of the machine").hex()), "{said}");
    let (link, magic) = (world.path("link/node.key"), format!("/proc/self/root{}", key.display()));
    for (name, path) in [("link", link.display().to_string()), ("magic", magic)] {
        for (n, digest) in [Digest::of(b"guess"), secret].into_iter().enumerate() {
            let said = told(&format!("{name}{n}"), &path, digest).await;
            assert!(!said.contains(&secret.hex()), "{said}");
        }
    }
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_submitted_job_is_told_all_reasons_and_a_known_one_its_state() {
    let world = World::new();
    let running = world.start(Double::honest()).await;
    let submit = async |text: String| {
        let call = Call::JobSubmit { file: "dir/x.yaml".into(), bytes: Bytes(text.into_bytes()) };
        match running.call(call).await {
            Reply::Ok(Answer::JobSubmit(submitted)) => submitted,
            other => panic!("{other:?}"),
        }
    };
    let greedy = world
        .unsigned_job("greedy", "")
        .replace("cpu: \"1\", memory: \"64Mi\"", "cpu: \"64\", memory: \"64Gi\"");
    let refused = submit(world.sign(&greedy)).await;
    assert_eq!((refused.state.as_str(), refused.problems.len()), ("refused", 2));
    assert!(refused.problems.iter().all(|problem| problem.rule.is_some()));
    let good = submit(world.job("good", "")).await;
    assert_eq!((good.state.as_str(), good.already), ("waiting", false));
    running.until(good.digest, "completed").await;
    let again = submit(world.job("good", "")).await;
    assert_eq!((again.state.as_str(), again.already), ("completed", true));
    running.stop().await;
    assert_eq!(story(&world, refused.digest), ["refused"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn malformed_calls_are_answered_and_the_socket_keeps_serving() {
    let world = World::new();
    let running = world.start(Double::honest()).await;
    let path = running.node.places.control();
    for line in [
        b"\n".to_vec(),
        b"{}\n".to_vec(),
        b"\xff\xfe\n".to_vec(),
        b"{\"schema\":\"arch.control/v9\",\"call\":{}}\n".to_vec(),
        vec![b'x'; LINE_CAP + 10],
    ] {
        let path = path.clone();
        let reply = tokio::task::spawn_blocking(move || raw_call(&path, &line)).await.unwrap();
        assert!(matches!(reply, Reply::Problem(p) if p.code == codes::MALFORMED_CALL));
    }
    let reply = running.call(Call::Status {}).await;
    let Reply::Ok(Answer::Status(status)) = reply else { panic!("{reply:?}") };
    assert!(status.accepting && status.policy.version == 1);
    let reply = running.call(Call::JobShow { digest: Digest::of(b"none") }).await;
    assert!(matches!(reply, Reply::Problem(p) if p.code == codes::NO_SUCH_JOB));
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reload_takes_a_newer_policy_and_keeps_the_old_one_on_any_error() {
    let world = World::new();
    let running = world.start(Double::honest()).await;
    let reload = async || running.call(Call::Reload {}).await;
    let newer = world.policy(
        2,
        "  refuse:\n    - { id: refuse.all, when: { owner: \"**\" }, reason: \"no\" }\n",
    );
    world.write("config/policy.yaml", &newer);
    let reply = reload().await;
    let Reply::Ok(Answer::Reload(told)) = reply else { panic!("{reply:?}") };
    assert_eq!((told.version, told.changed), (2, true));
    let job = world.drop_file("a.yaml", &world.job("a", ""));
    assert_eq!(running.until(job, "refused").await.row.code.as_deref(), Some("ARCH-P008"));
    for broken in
        [world.policy(1, ""), newer.replace("\"no\"", "\"yes\""), "{".into(), String::new()]
    {
        world.write("config/policy.yaml", &broken);
        assert!(matches!(reload().await, Reply::Problem(_)));
        let Reply::Ok(Answer::Status(status)) = running.call(Call::Status {}).await else {
            panic!()
        };
        assert_eq!(status.policy.version, 2);
    }
    running.stop().await;
    let kept = records(&world).iter().filter(|r| matches!(r, Record::PolicyKept { .. })).count();
    assert_eq!(kept, 4);
    // Neither does a restart with the old policy go back.
    world.write("config/policy.yaml", &world.policy(1, ""));
    assert_eq!(world.try_start(Double::honest()).await.err().unwrap().code, codes::ROLLED_BACK);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_the_policy_refuses_runs_once_a_reload_allows_it() {
    let world = World::new();
    world.write(
        "config/policy.yaml",
        &world.policy(
            1,
            "  refuse:\n    - { id: refuse.a, when: { name: \"a\" }, reason: \"no\" }\n",
        ),
    );
    let running = world.start(Double::honest()).await;
    let job = world.drop_file("a.yaml", &world.job("a", ""));
    running.until(job, "refused").await;
    world.write("config/policy.yaml", &world.policy(2, ""));
    assert!(matches!(running.call(Call::Reload {}).await, Reply::Ok(_)));
    running.until(job, "completed").await;
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rotated_root_and_a_revocation_cannot_be_undone_by_deleting_their_files() {
    let world = World::new();
    let running = world.start(Double::honest()).await;
    let reload = async || match running.call(Call::Reload {}).await {
        Reply::Ok(Answer::Reload(told)) => Ok(told.root),
        Reply::Problem(problem) => Err(problem.code),
        other => panic!("{other:?}"),
    };
    world.write("config/roots/3.yaml", &world.root(3));
    assert_eq!(reload().await, Ok(1), "a gap is not jumped");
    world.write("config/roots/2.yaml", &world.root(2));
    assert_eq!(reload().await, Ok(3));
    std::fs::remove_file(world.path("config/roots/3.yaml")).unwrap();
    assert_eq!(reload().await, Err(codes::ROLLED_BACK));
    world.write("config/roots/3.yaml", &world.root(3));

    let job = world.job("a", "");
    std::fs::create_dir(world.path("config/revocations")).unwrap();
    let list = world.sign(&format!(
        "apiVersion: arch.network/v1\nkind: Revocation\nmetadata: {{ name: list, version: 1 }}\n\
         spec:\n  documents:\n    - {{ digest: \"{}\", reason: \"leaked\" }}\n",
        world::digest(&job)
    ));
    world.write("config/revocations/list.yaml", &list);
    assert_eq!(reload().await, Ok(3));
    let job = world.drop_file("a.yaml", &job);
    let code = running.until(job, "refused").await.row.code;
    assert_eq!(code, Some(codes::DOCUMENT_REVOKED.to_string()));
    std::fs::remove_file(world.path("config/revocations/list.yaml")).unwrap();
    assert_eq!(reload().await, Err(codes::ROLLED_BACK));
    running.stop().await;
}
