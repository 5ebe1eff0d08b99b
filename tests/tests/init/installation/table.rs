//! Every fault, what comes of it, and its code.

use arch_document::signing;
use arch_identity::{KeyKind, KeyPair, keyfile};
use arch_tests::World;

use super::breaks::Break;

/// What comes of a fault.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Comes {
    /// The agent ends with this exit code, and doctor says that it fails.
    Ends(i32),
    /// The agent goes on, and doctor warns.
    Warned,
    /// The agent goes on, and there is nothing to say.
    Good,
}

use Comes::{Ends, Good, Warned};

/// The settings, root or policy are wrong: no service manager is to try that again.
const CONFIGURATION: Comes = Ends(78);

/// The agent could not start.
const COULD_NOT: Comes = Ends(3);

pub(crate) type Row = (&'static str, Break, Comes, &'static str);

#[rustfmt::skip]
pub(crate) const TABLE: [Row; 53] = [
    ("no configuration folder", Break::Gone("config"), CONFIGURATION, "ARCH-F003"),
    ("a configuration folder that we may not read", Break::Mode("config", 0), CONFIGURATION, "ARCH-F005"),
    ("a configuration folder of somebody else's", Break::Owner("config"), CONFIGURATION, "ARCH-F004"),
    ("a configuration folder that everybody may write to", Break::Mode("config", 0o777), CONFIGURATION, "ARCH-F004"),
    ("a configuration folder behind a link of ours", Break::Link("config"), Good, ""),

    ("no folder of fragments", Break::Gone("config/node.d"), Good, ""),
    ("a folder of fragments of somebody else's", Break::Owner("config/node.d"), CONFIGURATION, "ARCH-F004"),
    ("a folder of fragments that everybody may write to", Break::Mode("config/node.d", 0o777), CONFIGURATION, "ARCH-F004"),
    ("a folder of fragments behind a link of ours", Break::Link("config/node.d"), Good, ""),

    ("no settings", Break::Gone("config/node.yaml"), CONFIGURATION, "ARCH-N002"),
    ("settings that we may not read", Break::Mode("config/node.yaml", 0), CONFIGURATION, "ARCH-F005"),
    ("settings of somebody else's", Break::Owner("config/node.yaml"), CONFIGURATION, "ARCH-F004"),
    ("settings that everybody may write to", Break::Mode("config/node.yaml", 0o666), CONFIGURATION, "ARCH-F004"),
    ("settings behind a link", Break::Link("config/node.yaml"), CONFIGURATION, "ARCH-F001"),
    ("settings that are none", Break::Says("config/node.yaml", |_, _| b"jobs: [".to_vec()), CONFIGURATION, "ARCH-N001"),
    ("settings that make no sense", Break::Says("config/node.yaml", |_, was| format!("{was}jobs: {{ attempts: 0 }}\n").into()), CONFIGURATION, "ARCH-N008"),
    ("no pinned root", Break::Says("config/node.yaml", unpinned), CONFIGURATION, "ARCH-N002"),
    ("another root is pinned", Break::Says("config/node.yaml", other_pin), CONFIGURATION, "ARCH-D018"),

    ("no root", Break::Gone("config/root.yaml"), CONFIGURATION, "ARCH-F003"),
    ("a root that we may not read", Break::Mode("config/root.yaml", 0), CONFIGURATION, "ARCH-F005"),
    ("a root of somebody else's", Break::Owner("config/root.yaml"), Warned, "ARCH-F004"),
    ("a root behind a link", Break::Link("config/root.yaml"), CONFIGURATION, "ARCH-F001"),
    ("a root that is not the pinned one", Break::Says("config/root.yaml", other_root), CONFIGURATION, "ARCH-D018"),

    ("no policy", Break::Gone("config/policy.yaml"), CONFIGURATION, "ARCH-F003"),
    ("a policy that we may not read", Break::Mode("config/policy.yaml", 0), CONFIGURATION, "ARCH-F005"),
    ("a policy of somebody else's", Break::Owner("config/policy.yaml"), Warned, "ARCH-F004"),
    ("a policy that everybody may write to", Break::Mode("config/policy.yaml", 0o666), Warned, "ARCH-F004"),
    ("a policy behind a link", Break::Link("config/policy.yaml"), CONFIGURATION, "ARCH-F001"),
    ("a policy of which a byte was changed", Break::Says("config/policy.yaml", changed), CONFIGURATION, "ARCH-D003"),
    ("a policy that a stranger signed", Break::Says("config/policy.yaml", strangers), CONFIGURATION, "ARCH-D002"),
    ("a policy whose time has not come", Break::Says("config/policy.yaml", early), CONFIGURATION, "ARCH-D009"),

    ("no key beside the ledger", Break::Gone("state/node.key"), COULD_NOT, "ARCH-N005"),
    ("a key that we may not read", Break::Mode("state/node.key", 0), COULD_NOT, "ARCH-F005"),
    ("a key that others may read", Break::Mode("state/node.key", 0o644), COULD_NOT, "ARCH-F004"),
    ("a key of somebody else's", Break::Owner("state/node.key"), COULD_NOT, "ARCH-F004"),
    ("a key behind a link", Break::Link("state/node.key"), COULD_NOT, "ARCH-F001"),
    ("a key that is none", Break::Says("state/node.key", |_, _| b"{}".to_vec()), COULD_NOT, "ARCH-N005"),
    ("a key of another node", Break::Says("state/node.key", other_key), COULD_NOT, "ARCH-L007"),

    ("no state folder", Break::Gone("state"), Good, ""),
    ("a state folder that we may not read", Break::Mode("state", 0), COULD_NOT, "ARCH-F005"),
    ("a state folder that others may write to", Break::Mode("state", 0o770), COULD_NOT, "ARCH-F004"),
    ("a state folder of somebody else's", Break::Owner("state"), COULD_NOT, "ARCH-F004"),
    ("a state folder behind a link", Break::Link("state"), COULD_NOT, "ARCH-F006"),
    ("a ledger's folder behind a link", Break::Link("state/ledger"), COULD_NOT, "ARCH-F006"),
    ("a state folder that cannot be written", Break::ReadOnly("state"), COULD_NOT, "ARCH-F005"),
    ("a ledger of a newer version", Break::Says("state/ledger/journal", |_, _| b"ARCHLJ3\nARCHCMT3".to_vec()), COULD_NOT, "ARCH-L016"),

    ("a clock in 1970", Break::Clock(|| "1970-01-01 00:01:00".to_owned()), COULD_NOT, "ARCH-D017"),
    ("a clock a day behind the ledger", Break::Clock(yesterday), COULD_NOT, "ARCH-D017"),

    ("two sockets of one name", Break::Sockets(&["control", "control"]), CONFIGURATION, "ARCH-N010"),
    ("a socket of an unknown name", Break::Sockets(&["control", "quic"]), CONFIGURATION, "ARCH-N010"),
    ("a socket without a name of its own", Break::Sockets(&["arch-node-agent.socket"]), CONFIGURATION, "ARCH-N010"),

    ("no executor", Break::Told("ARCH_EXECUTOR", "/nowhere"), COULD_NOT, "ARCH-N301"),
    ("nothing", Break::Nothing, Good, ""),
];

fn unpinned(_: &World, was: &str) -> Vec<u8> {
    let kept = was.lines().filter(|line| !line.starts_with("trustRoot"));
    kept.collect::<Vec<_>>().join("\n").into()
}

fn other_pin(_: &World, was: &str) -> Vec<u8> {
    let (before, digest) = was.split_once("sha256:").unwrap();
    format!("{before}sha256:0000{}", &digest[4..]).into()
}

fn other_root(world: &World, _: &str) -> Vec<u8> {
    let text = world.root_text(1).replace("name: test-root", "name: other-root");
    world.root.sign("root.yaml", &text).into()
}

fn changed(_: &World, was: &str) -> Vec<u8> {
    was.replacen("512Mi", "513Mi", 1).into()
}

fn strangers(world: &World, _: &str) -> Vec<u8> {
    world.stranger.sign("policy.yaml", &world.policy_text(1)).into()
}

fn early(world: &World, _: &str) -> Vec<u8> {
    let from = format!("version: 2, notBefore: \"{}\"", World::now().plus(3_600));
    let text = world.policy_text(2).replace("version: 2", &from);
    signing::sign("policy.yaml", text.as_bytes(), &world.policy.pair).unwrap().into()
}

fn other_key(_: &World, _: &str) -> Vec<u8> {
    keyfile::write_plain(&KeyPair::from_seed(KeyKind::Hybrid, &[9; 32])).into()
}

fn yesterday() -> String {
    World::now().minus(86_400).to_string().replace('T', " ").replace('Z', "")
}
