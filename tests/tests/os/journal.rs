//! What the agent tells the journal, as fields that a reader can ask for.

use arch_tests::{HELLO, World, booted::Seed, module};
use serde_json::Value;

use super::installed::{AGENT, boot, started};

#[test]
fn jobs_and_refusals_are_found_in_the_journal_by_digest_and_code_and_explained() {
    let world = World::new();
    // Its module is one of the files that the guest gets.
    let job = world.owner.sign("job.yaml", &world.job("hello", &module(HELLO)).yaml());
    let Some(guest) = boot(Seed::installed().configured(&world)) else { return };
    let _quiet = guest.good(&["journalctl", "--update-catalog"]);
    started(&guest, AGENT);
    guest.write("/root/job.yaml", &job);
    let job = guest.good(&["archctl", "job", "submit", "/root/job.yaml"]);
    let job = job.split_whitespace().find(|word| word.starts_with("sha256:")).unwrap();
    let entries = |field: &str| -> Vec<Value> {
        let text = guest.good(&["journalctl", "--output=json", "--no-pager", field]);
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    guest.until(0, &["sh", "-c", &format!("journalctl JOB={job} | grep -q completed")]);
    let told = entries(&format!("JOB={job}"));
    let ids: Vec<_> = told.iter().map(|entry| entry["MESSAGE_ID"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), 3, "{told:?}");
    for (entry, message) in told.iter().zip(["accepted", "started", "completed"]) {
        assert!(entry["MESSAGE"].as_str().unwrap().starts_with(message), "{entry}");
        assert_eq!(entry["_SYSTEMD_UNIT"], AGENT);
    }
    let said =
        guest.good(&["journalctl", "--catalog", "--no-pager", &format!("MESSAGE_ID={}", ids[2])]);
    assert!(said.contains(&format!("Job {job} is completed")), "{said}");
    // One that is refused, by its code.
    guest.write("/root/noise.yaml", "kind: Job\n");
    assert_eq!(guest.run(&["archctl", "job", "submit", "/root/noise.yaml"]).code, Some(1));
    guest.heard();
    let refused = guest.good(&["journalctl", "--output=json", "--no-pager", "-u", AGENT]);
    let refused: Vec<Value> =
        refused.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    // What a start goes on in spite of has a code as well.
    let is_refusal = |entry: &&Value| entry["MESSAGE"].as_str().unwrap().starts_with("refused");
    let refused = refused.iter().find(is_refusal).unwrap();
    let code = refused["CODE"].as_str().unwrap();
    assert!(code.starts_with("ARCH-"), "{code}");
    let found = entries(&format!("CODE={code}"));
    assert!(found[0]["DIGEST"].as_str().unwrap().starts_with("sha256:"), "{found:?}");
    assert_eq!(found[0]["PRIORITY"], "4");
}
