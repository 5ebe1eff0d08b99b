use arch_identity::{Digest, KeyKind, KeyPair};
use arch_ledger::{LogKeys, StdFs};

use super::*;
use crate::clock;

fn opened_in(folder: &std::path::Path) -> (Anchors, JoinHandle<()>) {
    opened(StdFs::open(folder).unwrap())
}

fn opened<F>(fs: F) -> (Anchors, JoinHandle<()>)
where
    F: Fs + Send + 'static,
    F::File: Send,
    F::Lock: Send,
{
    let keys = KeyPair::from_seed(KeyKind::Hybrid, &[1; 32]);
    let keys = LogKeys::new("example.org/node", keys).unwrap();
    let (anchors, thread, _) = Anchors::open(fs, keys, clock::wall()).unwrap();
    (anchors, thread)
}

fn refused(number: u32) -> Record {
    Record::Refused {
        subject: Digest::of(&number.to_le_bytes()),
        file: format!("{number}.yaml"),
        code: "ARCH-D004".into(),
        message: "no".into(),
        line: None,
        column: None,
        rule: None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_at_once_are_anchored_each_once_and_share_batches() {
    let folder = tempfile::tempdir().unwrap();
    let (anchors, thread) = opened_in(folder.path());
    let tasks: Vec<_> = (0..500)
        .map(|number| {
            let anchors = anchors.clone();
            tokio::spawn(async move { anchors.anchor_one(refused(number)).await.unwrap() })
        })
        .collect();
    let mut indices = std::collections::BTreeSet::new();
    let mut batches = std::collections::BTreeSet::new();
    for task in tasks {
        let anchored = task.await.unwrap();
        assert!(indices.insert(anchored.index()));
        // The size after its batch: the same for all who shared it.
        batches.insert(anchored.size());
    }
    assert!(batches.len() < 250, "{} batches for 500 records", batches.len());
    assert_eq!((indices.len(), anchors.memory().size()), (500, 501));
    assert!(anchors.memory().was_refused(&Digest::of(&7_u32.to_le_bytes()), "ARCH-D004"));
    assert_eq!(anchors.head().await.unwrap().size, 501);
    assert!(anchors.receipt(3).await.is_ok());
    anchors.close().await;
    thread.join().unwrap();
    assert!(matches!(anchors.anchor_one(refused(0)).await, Err(AnchorError::Closed)));
    assert_eq!(opened_in(folder.path()).0.memory().size(), 501);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idle_ledger_makes_its_tiles_and_checkpoint_durable_once() {
    let fs = arch_ledger::fault::MemFs::default();
    let (anchors, _thread) = opened(fs.clone());
    let (before, start) = (fs.syncs(), std::time::Instant::now());
    anchors.anchor_one(refused(1)).await.unwrap();
    let mut settled = fs.syncs();
    // Who had no turn for as long as it is idle sees what follows as well.
    if start.elapsed() < std::time::Duration::from_secs(1) {
        assert_eq!(settled, before + 1, "the journal alone");
    }
    loop {
        // Longer than it waits: in the end there is nothing to do any more.
        tokio::time::sleep(std::time::Duration::from_millis(1_500)).await;
        let syncs = fs.syncs();
        if syncs == std::mem::replace(&mut settled, syncs) && syncs > before + 3 {
            return;
        }
        let patient = start.elapsed() < std::time::Duration::from_secs(60);
        assert!(patient, "tiles and checkpoint, once: {syncs} after {before}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_only_the_folder_sees_a_moment_later_what_was_anchored() {
    let folder = tempfile::tempdir().unwrap();
    let (anchors, thread) = opened_in(folder.path());
    let reader = arch_ledger::Reader::open(folder.path()).unwrap();
    let anchored = anchors.anchor_one(refused(1)).await.unwrap();
    // Nobody asks the agent for anything: it shows by itself what it made durable.
    for _ in 0..1_000 {
        if reader.checkpoint().unwrap().1.size == anchored.size() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    assert_eq!(reader.verify(None).unwrap().size, 2);
    // Who asks for the receipt does not wait for that, and finds it in the folder as well.
    let anchored = anchors.anchor_one(refused(2)).await.unwrap();
    let receipt = anchors.receipt(anchored.index()).await.unwrap();
    assert_eq!(reader.receipt(anchored.index()).unwrap(), receipt);
    assert!(anchors.receipt(3).await.is_err(), "there is no such entry");
    anchors.anchor_one(refused(3)).await.unwrap();
    anchors.close().await;
    thread.join().unwrap();
    assert_eq!(reader.verify(None).unwrap().size, 4, "a clean end leaves nothing behind");
}

#[tokio::test(flavor = "multi_thread")]
async fn full_batches_that_wait_are_anchored_in_turn_each_as_a_unit() {
    let folder = tempfile::tempdir().unwrap();
    let (anchors, thread) = opened_in(folder.path());
    let odd = Record::Released { document: Digest::of(b"unknown"), by: "uid:0".into() };
    // 24 units of as many records as one batch takes.
    let numbers: Vec<u32> = (0..6_144).collect();
    let tasks: Vec<_> = numbers
        .chunks(MOST)
        .enumerate()
        .map(|(unit, numbers)| {
            let anchors = anchors.clone();
            let mut records: Vec<_> = numbers.iter().copied().map(refused).collect();
            // Every fourth unit holds something that makes no sense.
            if unit % 4 == 3 {
                records.push(odd.clone());
            }
            tokio::spawn(async move { anchors.anchor(records).await })
        })
        .collect();
    let mut indices = std::collections::BTreeSet::new();
    for (unit, (task, numbers)) in tasks.into_iter().zip(numbers.chunks(MOST)).enumerate() {
        let said = task.await.unwrap();
        assert_eq!(said.is_err(), unit % 4 == 3);
        for (anchored, number) in said.unwrap_or_default().iter().zip(numbers) {
            let Record::Refused { subject, .. } = *anchored.record() else { panic!() };
            assert_eq!(subject, Digest::of(&number.to_le_bytes()));
            assert!(indices.insert(anchored.index()));
        }
    }
    assert_eq!((indices.len(), anchors.memory().size()), (4_608, 4_609));
    assert_eq!(anchors.head().await.unwrap().size, 4_609);
    anchors.close().await;
    thread.join().unwrap();
    let (anchors, _thread, recovery) = {
        let keys = KeyPair::from_seed(KeyKind::Hybrid, &[1; 32]);
        let keys = LogKeys::new("example.org/node", keys).unwrap();
        Anchors::open(StdFs::open(folder.path()).unwrap(), keys, clock::wall()).unwrap()
    };
    assert_eq!((recovery.cut_bytes, recovery.rebuilt.len()), (0, 0));
    assert_eq!(anchors.memory().size(), 4_609);
    assert!(anchors.memory().was_refused(&Digest::of(&7_u32.to_le_bytes()), "ARCH-D004"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_the_ledger_refuses_harms_nobody_who_shares_its_batch() {
    let folder = tempfile::tempdir().unwrap();
    let (anchors, _thread) = opened_in(folder.path());
    let odd = Record::Released { document: Digest::of(b"unknown"), by: "uid:0".into() };
    let tasks: Vec<_> = (0..60)
        .map(|number| {
            let (anchors, odd) = (anchors.clone(), odd.clone());
            let record = if number % 3 == 0 { odd } else { refused(number) };
            tokio::spawn(async move { anchors.anchor_one(record).await.is_ok() })
        })
        .collect();
    for (number, task) in tasks.into_iter().enumerate() {
        assert_eq!(task.await.unwrap(), number % 3 != 0);
    }
    assert_eq!(anchors.memory().size(), 41);
}

fn accepted(document: Digest) -> Record {
    Record::Accepted {
        document,
        name: "embed".into(),
        owner: "user:a".into(),
        module: Some(Digest::of(b"module")),
        inputs: [("text".to_owned(), Digest::of(b"text"))].into(),
        policy: Digest::of(b"policy"),
        rules: vec!["owners.all".into()],
        grants: vec!["read:/data".into()],
    }
}

fn started(document: Digest) -> Record {
    Record::Started { document, attempt: 1, environment: Digest::of(b"engine") }
}

fn quarantined(document: Digest) -> Record {
    Record::Finished {
        document,
        attempt: 1,
        state: arch_ledger::EndState::Quarantined,
        outcome: "completed".into(),
        code: Some("ARCH-S001".into()),
        outputs: [("index".to_owned(), Digest::of(b"index"))].into(),
        logs: None,
        reads: None,
        fuel: 7,
        usage: arch_ledger::Usage::default(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_is_over_is_told_whole_by_its_entries() {
    let folder = tempfile::tempdir().unwrap();
    let (anchors, thread) = opened_in(folder.path());
    let (job, other, unknown) = (Digest::of(b"job"), Digest::of(b"other"), Digest::of(b"none"));
    // Between its entries stand those of another, and a tile ends.
    anchors.anchor(vec![accepted(job), accepted(other)]).await.unwrap();
    anchors.anchor((0..300).map(refused).collect()).await.unwrap();
    anchors.anchor(vec![started(other), started(job)]).await.unwrap();
    let open = anchors.job(job).await.unwrap().unwrap();
    assert_eq!((open.state, open.anchors.started), (arch_schedule::JobState::Running, Some(304)));
    anchors.anchor(vec![quarantined(job), quarantined(other)]).await.unwrap();
    assert_eq!((anchors.memory().unended().len(), anchors.memory().jobs()), (0, 2));
    let released = Record::Released { document: job, by: "root".into() };
    anchors.anchor_one(released).await.unwrap();

    let told = anchors.job(job).await.unwrap().unwrap();
    anchors.close().await;
    thread.join().unwrap();
    // A later start tells the same.
    let (anchors, thread) = opened_in(folder.path());
    let again = anchors.job(job).await.unwrap().unwrap();
    assert_eq!(format!("{again:?}"), format!("{told:?}"));

    let of = |job: &KnownJob| (job.name.clone(), job.owner.clone(), job.module, job.accepted_at);
    assert_eq!(of(&told), of(&open));
    let of = |job: &KnownJob| (job.inputs.clone(), job.rules.clone(), job.grants.clone());
    assert_eq!(of(&told), of(&open));
    assert_eq!((told.state, told.attempts), (arch_schedule::JobState::Released, 1));
    let places = arch_wire::control::Anchors {
        refused: None,
        accepted: Some(1),
        started: Some(304),
        finished: Some(305),
        decided: Some(307),
    };
    assert_eq!(told.anchors, places);
    let end = told.end.unwrap();
    assert_eq!((end.code.as_deref(), end.fuel), (Some("ARCH-S001"), 7));
    assert_eq!(end.outputs.get("index"), Some(&Digest::of(b"index")));
    assert_eq!(anchors.job(other).await.unwrap().unwrap().anchors.decided, None);
    assert!(anchors.job(unknown).await.unwrap().is_none());
    anchors.close().await;
    thread.join().unwrap();
}
