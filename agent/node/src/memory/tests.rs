use arch_ledger::{EndState, Usage};
use proptest::prelude::*;

use super::*;

fn document() -> impl Strategy<Value = Digest> {
    (0_u8..4).prop_map(|number| Digest::of(&[number]))
}

fn end() -> impl Strategy<Value = EndState> {
    use EndState as E;
    prop::sample::select(vec![
        E::Completed,
        E::Failed,
        E::Quarantined,
        E::Disputed,
        E::Dead,
        E::Cancelled,
    ])
}

fn accepted(document: Digest) -> Record {
    Record::Accepted {
        document,
        name: "job".to_owned(),
        owner: "owner".to_owned(),
        module: None,
        inputs: BTreeMap::new(),
        policy: Digest::of(b"policy"),
        rules: Vec::new(),
        grants: Vec::new(),
    }
}

fn finished(document: Digest, state: EndState) -> Record {
    Record::Finished {
        document,
        attempt: 1,
        state,
        outcome: "a word".to_owned(),
        code: None,
        outputs: BTreeMap::new(),
        logs: None,
        reads: None,
        fuel: 0,
        usage: Usage::default(),
    }
}

fn refused(subject: Digest) -> Record {
    let (file, code, message) = ("file".to_owned(), "A-CODE".to_owned(), "why".to_owned());
    Record::Refused { subject, file, code, message, line: None, column: None, rule: None }
}

/// Also such as make no sense one behind the other: a ledger may have been written by another agent.
fn record() -> impl Strategy<Value = Record> {
    let environment = Digest::of(b"environment");
    let by = || "a person".to_owned();
    prop_oneof![
        3 => document().prop_map(accepted),
        2 => document().prop_map(refused),
        2 => document().prop_map(move |document| {
            Record::Started { document, attempt: 1, environment }
        }),
        4 => (document(), end()).prop_map(|(document, state)| finished(document, state)),
        1 => document().prop_map(move |document| Record::Released { document, by: by() }),
        1 => document().prop_map(move |document| Record::Rejected { document, by: by() }),
        1 => document().prop_map(move |document| Record::Retried { document, by: by() }),
    ]
}

proptest! {
    /// What is counted along the way is what one finds who counts all.
    #[test]
    fn the_counts_are_those_of_all_jobs_and_refusals(
        records in prop::collection::vec(record(), 0..60),
    ) {
        let mut memory = Memory::default();
        for (index, record) in (0..).zip(&records) {
            memory.learn(index, Timestamp::from_unix(1_800_000_000).unwrap(), record);
            let states: Vec<_> = memory.subjects().map(|(_, _, state)| state.as_str()).collect();
            let counted = |state| states.iter().filter(|other| **other == state).count();
            let counted: BTreeMap<_, _> =
                states.iter().map(|state| (*state, u64::try_from(counted(*state)).unwrap())).collect();
            prop_assert_eq!(memory.counts(), counted);
        }
    }
}

#[test]
fn of_a_job_that_is_over_only_its_place_is_kept_and_of_a_dead_letter_all() {
    let (good, dead) = (Digest::of(b"good"), Digest::of(b"dead"));
    let mut memory = Memory::default();
    let mut learn = |index, record: &Record| {
        memory.learn(index, Timestamp::from_unix(1_800_000_000).unwrap(), record);
    };
    learn(1, &accepted(good));
    learn(2, &accepted(dead));
    learn(3, &finished(good, EndState::Completed));
    learn(4, &finished(dead, EndState::Dead));
    assert!(memory.open_job(&good).is_none());
    assert_eq!(memory.ended_job(&good).map(EndedJob::state), Some(JobState::Completed));
    let kept = memory.open_job(&dead).and_then(|job| job.end.as_ref()).unwrap();
    assert_eq!(&*kept.outcome, "a word");
}
