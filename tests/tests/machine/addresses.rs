//! Nobody is reached by an address of the internet: by all that a unit says together, and by each
//! thing that it says alone.

use super::node::{AGENT, EXECUTOR, GLUTTON, Node};

/// Somebody on the machine, and somebody else on its network. Both send back what they are sent.
const SOMEBODY: [&str; 2] = ["127.0.0.1:7", "10.0.2.100:7"];

/// Takes the three walls down, and the executor's fourth, that it may not call at all.
const NO_WALL: &str = "PrivateNetwork=no\nIPAddressDeny=\nRestrictAddressFamilies=\n\
    SystemCallFilter=connect bind listen setsockopt\n";

/// Each wall, what is heard of it, and what says so when it stands alone.
const WALLS: [(&str, [&str; 2]); 3] = [
    // Its own loopback is there, and nobody on it.
    ("PrivateNetwork=yes\n", ["ECONNREFUSED", "ENETUNREACH"]),
    ("IPAddressDeny=any\n", ["EPERM", "EPERM"]),
    ("RestrictAddressFamilies=AF_UNIX\n", ["EAFNOSUPPORT", "EAFNOSUPPORT"]),
];

pub(crate) fn no_unit_reaches_anybody_by_an_address(node: &Node) {
    let network = "ip address add 10.0.2.15/24 dev eth0 && ip link set eth0 up";
    let _quiet = node.guest.good(&["sh", "-c", network]);
    let listen = ["systemd-run", "--quiet", GLUTTON, "listen", SOMEBODY[0]];
    let _quiet = node.guest.good(&listen);
    let call = format!("call {}", SOMEBODY.join(" "));
    let both = |word: &str| format!("{word}\n{word}\n");
    node.holds(&format!("{GLUTTON} {call} | sort -u | grep -qx possible"));
    assert_eq!(node.beside(&call).stdout, both("possible"));
    for unit in [AGENT, EXECUTOR] {
        let called = |more: &str| node.inside(unit, &call, more).0;
        assert_eq!(called(""), both("EAFNOSUPPORT"), "{unit} as it is shipped");
        assert_eq!(called(NO_WALL), both("possible"), "{unit} without a wall");
        for (wall, words) in WALLS {
            let alone = called(&format!("{NO_WALL}{wall}"));
            assert_eq!(alone, format!("{}\n{}\n", words[0], words[1]), "{wall} of {unit}");
        }
    }
}
