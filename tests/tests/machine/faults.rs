//! What befalls a machine: its clock forgets the year, its disk is full. It is told, and costs nothing.

use super::node::{AGENT, Node};

const STATE: &str = "/var/lib/archagent";

/// What the agent's unit said since the machine was booted, the service manager's words included.
fn said(node: &Node) -> String {
    node.guest.good(&["journalctl", "--no-pager", "--boot", "--output=cat", "--unit", AGENT])
}

/// Ready, with as many entries as before or more.
fn serves_again(node: &Node, before: &str) {
    let _quiet = node.guest.run(&["systemctl", "reset-failed", AGENT]);
    node.guest.started(AGENT);
    let after = node.ledger();
    assert!(after.starts_with(before), "{before}\n{after}");
    let hello = node.drop_job(&node.hello());
    node.until(&hello, "completed");
}

/// The clock is set right without us: so the service manager may try again, and does.
pub(crate) fn under_a_clock_of_1970_the_agent_does_not_serve_and_says_why(node: &Node) {
    node.at_work();
    node.stopped();
    let before = node.ledger();
    let now = node.guest.good(&["date", "+%s"]);
    node.does("date --set=@86400");
    let code = node.guest.start(AGENT);
    let doctor = node.guest.run(&["archctl", "doctor"]);
    let said = said(node);
    node.stopped();
    node.does(&format!("date --set=@{now}"));
    assert_eq!(code, Some(1), "{said}");
    for word in [
        "error[ARCH-D017]: the clock says 1970-01-02T",
        "help: set the clock right",
        "Main process exited, code=exited, status=3/",
        "Scheduled restart job",
    ] {
        assert!(said.contains(word), "{said}");
    }
    assert_eq!(doctor.code, Some(1), "{}", doctor.stdout);
    assert!(doctor.stdout.contains("FAIL  clock"), "{}", doctor.stdout);
    serves_again(node, &before);
}

pub(crate) fn on_a_full_disk_the_agent_is_there_and_with_room_it_serves_again(node: &Node) {
    node.at_work();
    node.stopped();
    let before = node.ledger();
    node.does(&format!(
        "mkdir /run/small; mount -t tmpfs -o size=24m,mode=0700 small /run/small
         chown archagent: /run/small; cp -a {STATE}/. /run/small
         mount --bind /run/small {STATE}"
    ));
    let fill = format!("head -c 99M /dev/zero > {STATE}/filler || true");
    node.does(&fill);
    node.guest.started(AGENT);
    // What it made room for in its start.
    node.does(&fill);
    let doctor = node.guest.run(&["archctl", "doctor"]);
    assert_eq!(doctor.code, Some(1), "{}", doctor.stdout);
    for word in ["FAIL  disk", "-> make room"] {
        assert!(doctor.stdout.contains(word), "{}", doctor.stdout);
    }
    node.does(&format!("rm {STATE}/filler"));
    serves_again(node, &before);
    node.stopped();
    node.does(&format!(
        "mkdir /run/kept; cp -a {STATE}/. /run/kept; umount {STATE} /run/small
         cp -a /run/kept/. {STATE}; rm -r /run/kept"
    ));
}
