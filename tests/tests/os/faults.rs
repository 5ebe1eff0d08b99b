//! What is wrong with an installation is told in the journal, with a code and what to do, and costs nothing.

use arch_tests::{
    World,
    booted::{Booted, Seed},
};
use serde_json::Value;

use super::installed::{AGENT, boot, journal, show, start, started};

/// Something wrong: how it comes about, how it is mended, and what is to be told.
struct Fault {
    name: &'static str,
    breaks: &'static str,
    mends: &'static str,
    /// How the agent ends.
    code: &'static str,
    told: &'static [&'static str],
}

const fn fault(
    name: &'static str,
    [breaks, mends]: [&'static str; 2],
    code: &'static str,
    told: &'static [&'static str],
) -> Fault {
    Fault { name, breaks, mends, code, told }
}

/// The settings or the trust documents are wrong; it is not tried again.
const CONFIGURATION: &str = "78";

/// It could not start; it is tried again, for a while.
const COULD_NOT: &str = "3";

const FAULTS: [Fault; 13] = [
    fault(
        "no policy",
        ["mv policy.yaml kept", "mv kept policy.yaml"],
        CONFIGURATION,
        &["policy.yaml", "is not there"],
    ),
    fault(
        "a policy that is a link",
        ["mv policy.yaml kept; ln -s kept policy.yaml", "mv kept policy.yaml"],
        CONFIGURATION,
        &["policy.yaml", "symbolic link"],
    ),
    fault(
        "a policy that only root may read",
        ["chmod 0600 policy.yaml", "chmod 0644 policy.yaml"],
        CONFIGURATION,
        &["policy.yaml", "Permission denied"],
    ),
    fault("no root", ["mv root.yaml kept", "mv kept root.yaml"], CONFIGURATION, &["root.yaml"]),
    fault(
        "a root that is a link",
        ["mv root.yaml kept; ln -s kept root.yaml", "mv kept root.yaml"],
        CONFIGURATION,
        &["root.yaml", "symbolic link"],
    ),
    fault(
        "another root is pinned",
        ["sed -i.kept s/sha256:..../sha256:0000/ node.yaml", "mv node.yaml.kept node.yaml"],
        CONFIGURATION,
        &["ARCH-"],
    ),
    fault(
        "no root is pinned",
        ["sed -i.kept /trustRoot/d node.yaml", "mv node.yaml.kept node.yaml"],
        CONFIGURATION,
        &["error[ARCH-N002]"],
    ),
    fault(
        "two sockets of one name",
        [
            "install -d /run/systemd/system/arch-node-agent-metrics.socket.d; \
             printf '[Socket]\\nFileDescriptorName=control\\n' \
             > /run/systemd/system/arch-node-agent-metrics.socket.d/twice.conf; \
             systemctl daemon-reload; systemctl restart arch-node-agent-metrics.socket",
            "rm -r /run/systemd/system/arch-node-agent-metrics.socket.d; \
             systemctl daemon-reload; systemctl restart arch-node-agent-metrics.socket",
        ],
        CONFIGURATION,
        &["error[ARCH-N010]", "two are named `control`"],
    ),
    fault(
        "a key that others can read",
        ["chmod 0644 /var/lib/archagent/node.key", "chmod 0600 /var/lib/archagent/node.key"],
        COULD_NOT,
        &["node.key", "open to others"],
    ),
    fault(
        "a key that is a link",
        [
            "cd /var/lib/archagent; mv node.key kept; ln -s kept node.key",
            "cd /var/lib/archagent; mv kept node.key",
        ],
        COULD_NOT,
        &["node.key", "symbolic link"],
    ),
    fault(
        "no key beside a ledger",
        ["cd /var/lib/archagent; mv node.key kept", "cd /var/lib/archagent; mv kept node.key"],
        COULD_NOT,
        &["error[ARCH-"],
    ),
    fault(
        "a ledger of a newer version",
        [
            "cd /var/lib/archagent/ledger; cp -p journal kept; \
             printf ARCHLJ9 | dd of=journal conv=notrunc status=none",
            "cd /var/lib/archagent/ledger; mv kept journal",
        ],
        COULD_NOT,
        &["error[ARCH-L"],
    ),
    fault(
        "a state folder that cannot be written",
        [
            "mount --bind /var/lib/archagent /var/lib/archagent; \
             mount -o remount,bind,ro /var/lib/archagent",
            "umount /var/lib/archagent",
        ],
        COULD_NOT,
        &["error[ARCH-"],
    ),
];

/// In the folder of the configuration.
fn does(guest: &Booted, script: &str) {
    let _quiet = guest.good(&["sh", "-ec", &format!("cd /etc/arch; {script}")]);
}

/// How many entries there are, once the ledger is whole.
fn entries(guest: &Booted) -> usize {
    let ledger = "/var/lib/archagent/ledger";
    guest.until(0, &["archctl", "ledger", "verify", ledger]);
    guest.good(&["archctl", "ledger", "show", ledger]).lines().count()
}

/// Asked by root, who may see everything, for the user of the unit; with the unit's own arguments and
/// sockets.
fn doctor_says_the_same(guest: &Booted, name: &str, journal: &str) {
    let asked = guest.run(&["archctl", "doctor", "--json"]);
    assert_eq!(asked.code, Some(1), "{name}: {}", asked.stdout);
    let told: Value = serde_json::from_str(&asked.stdout).unwrap();
    let same = told["findings"].as_array().unwrap().iter().any(|finding| {
        let (code, remedy) = (finding["code"].as_str(), finding["remedy"].as_str());
        let (code, remedy) = (code.unwrap_or_default(), remedy.unwrap_or_default());
        finding["verdict"] == "fail"
            && journal.contains(&format!("error[{code}]: "))
            && journal.lines().any(|line| line == format!("help: {remedy}"))
    });
    assert!(same, "{name}: {told} is not {journal}");
}

/// Whoever asks for the code, as a field, finds why the agent ended.
fn is_found_by_its_code(guest: &Booted, journal: &str) {
    let (_, told) = journal.split_once("error[").unwrap();
    let (code, _) = told.split_once(']').unwrap();
    let asked = format!("journalctl CODE={code} PRIORITY=3 | grep -q 'cannot go on code={code}'");
    guest.until(0, &["sh", "-c", &asked]);
}

#[test]
fn whatever_is_wrong_is_told_with_its_code_and_a_remedy_and_nothing_is_lost() {
    let Some(guest) = boot(Seed::installed().configured(&World::new())) else { return };
    started(&guest, AGENT);
    for Fault { name, breaks, mends, code, told } in FAULTS {
        let _quiet = guest.good(&["systemctl", "stop", AGENT]);
        let before = entries(&guest);
        does(&guest, breaks);
        let _rotated = guest.good(&["journalctl", "--rotate", "--vacuum-time=1us"]);
        assert_eq!(start(&guest, AGENT), Some(1), "{name}: it starts");
        let _quiet = guest.run(&["systemctl", "stop", AGENT]);
        let journal = journal(&guest, AGENT);
        let state = show(&guest, AGENT, &["ExecMainStatus"]).concat();
        assert_eq!(state, code, "{name}: {journal}");
        for word in told.iter().chain(&["error[ARCH-", "help: "]) {
            assert!(journal.contains(word), "{name}: no {word} in {journal}");
        }
        is_found_by_its_code(&guest, &journal);
        doctor_says_the_same(&guest, name, &journal);
        does(&guest, mends);
        let _again = guest.run(&["systemctl", "reset-failed", AGENT]);
        started(&guest, AGENT);
        assert!(entries(&guest) >= before, "{name}");
        let well = guest.run(&["archctl", "doctor", "--json"]);
        assert_eq!(well.code, Some(0), "{name}, mended: {}", well.stdout);
    }
}
