//! Users and folders.

use super::places::{
    AGENT_ROOT, CIRCUITS, CONFIGURATION, EXECUTOR_CACHE, EXECUTOR_ROOT, EXECUTOR_USER,
    PROVER_CACHE, PROVER_ROOT, PROVER_USER, RUNTIME, STATE, USER,
};
use super::unit::WRITTEN;

/// Files beside the units.
pub(super) fn all() -> Vec<(String, String)> {
    [("sysusers.conf", users()), ("tmpfiles.conf", folders())]
        .map(|(name, text)| (name.to_owned(), text))
        .to_vec()
}

fn users() -> String {
    format!(
        "# sysusers.d(5): the users that the units run as\n{WRITTEN}\n\n\
         u {USER} - \"Arch node agent\" /var/lib/{STATE} -\n\
         u {EXECUTOR_USER} - \"Arch executor\" - -\n\
         u {PROVER_USER} - \"Arch prover\" - -\n"
    )
}

/// The empty roots must be there before a unit starts, with a place for each folder that can be
/// written, because systemd looks for those before it mounts anything. The other folders the units
/// make too; they are for whoever looks before the first start.
fn folders() -> String {
    let empty = |root: &str, own: &str| {
        ["", "/run", "/tmp", "/var/tmp", own].map(|at| format!("d {root}{at} 0755 root root -\n"))
    };
    let agent = empty(AGENT_ROOT, &format!("/var/lib/{STATE}")).concat();
    let executor = empty(EXECUTOR_ROOT, &format!("/var/cache/{EXECUTOR_CACHE}")).concat();
    let prover = empty(PROVER_ROOT, &format!("/var/cache/{PROVER_CACHE}")).concat();
    format!(
        "# tmpfiles.d(5): folders of the node. /etc/arch is the operator's; the agent only reads it.\n\
         {WRITTEN}\n\n\
         d /etc/{CONFIGURATION} 0755 root root -\n\
         d /etc/{CONFIGURATION}/jobs 0755 root root -\n\
         d /etc/{CONFIGURATION}/modules 0755 root root -\n\
         d /run/{RUNTIME} 0755 {USER} {USER} -\n\
         d /var/lib/{STATE} 0700 {USER} {USER} -\n\
         d /var/cache/{EXECUTOR_CACHE} 0700 {EXECUTOR_USER} {EXECUTOR_USER} -\n\
         d /var/lib/{CIRCUITS} 0755 root root -\n\n\
         # Roots of the services. Nothing but places to mount things on.\n\
         {agent}{executor}{prover}"
    )
}
