//! What each unit may take, whatever runs in it.

use super::node::{AGENT, EXECUTOR, GOOD, KILLED, Node};

pub(crate) fn a_unit_that_takes_more_than_its_memory_is_killed(node: &Node) {
    for unit in [AGENT, EXECUTOR] {
        for kind in ["memory", "files"] {
            let taken = format!("{kind} 64");
            let (said, ended) = node.inside(unit, &taken, "");
            assert_eq!((&*said, &*ended), ("took 64 MiB\n", GOOD), "{unit}, {kind}");
            let (said, ended) = node.inside(unit, &taken, "MemoryMax=32M\n");
            assert_eq!((&*said, &*ended), ("", KILLED), "{unit}, {kind}");
        }
    }
}

pub(crate) fn a_unit_that_has_all_its_tasks_gets_no_further_one(node: &Node) {
    assert_eq!(node.beside("tasks 1100").stdout, "1100 possible\n");
    for (unit, most) in [(AGENT, 512), (EXECUTOR, 1_024)] {
        let (said, ended) = node.inside(unit, "tasks 1100", "");
        assert_eq!((said, &*ended), (format!("{most} EAGAIN\n"), GOOD), "{unit}");
    }
}
