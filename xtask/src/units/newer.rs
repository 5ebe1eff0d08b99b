//! What newer systemds can and 252 cannot, as drop-ins that a package installs where they hold. They
//! are not in the units because 252 warns of some of it and silently makes something else of the rest.

use super::choices::drop_in;
use super::unit::{Line, set, why};

/// Files below a folder that is named after the systemd which they need at least.
pub(super) fn all() -> Vec<(String, String)> {
    let reload = [
        why("A reload is over when the agent says so. It must have its SIGHUP handler by then."),
        set("Type", "notify-reload"),
        set("ExecReload", ""),
    ];
    let patience = [
        why("An agent that dies again and again is started again ever more slowly."),
        set("RestartSteps", "8"),
        set("RestartMaxDelaySec", "1min"),
    ];
    let users = [
        why("Who calls at the control socket has his own number again; still no right over it."),
        set("PrivateUsers", "identity"),
    ];
    vec![
        agent("253", "reload", "a reload that says when it is over", &reload),
        agent("254", "patience", "pauses that grow", &patience),
        agent("257", "users", "users by their numbers", &users),
    ]
}

fn agent(since: &str, idea: &str, about: &str, lines: &[Line]) -> (String, String) {
    let about = format!("From systemd {since} on: {about}");
    drop_in(&format!("since-{since}"), &format!("50-{idea}"), &about, lines)
}
