//! The named points of a job's path (`agent/node/src/point.rs`), and what the ledger says of a job
//! during which the agent was killed at one of them.

/// How a job comes to a point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// Every job does.
    Straight,
    /// When the agent was killed right after its start.
    AfterADeath,
    /// When its worker was killed.
    AfterALoss,
    /// When an operator calls it off while it runs.
    CalledOff,
    /// When it asks for a product.
    Product,
    /// When a worker lies about a product.
    Lie,
    /// When that is disputed.
    Dispute,
}

/// Run at one go.
const ONCE: &[&str] = &["accepted", "started", "finished"];
/// Cut off and run again.
const TWICE: &[&str] = &["accepted", "started", "interrupted", "started", "finished"];
/// Called off while it ran.
const CALLED_OFF: &[&str] = &["accepted", "started", "cancelled", "finished"];

/// A product that was not committed to yet.
const HALF_A_PRODUCT: &[&str] =
    &["accepted", "started", "interrupted", "started", "committed", "finished"];
/// A product: the commitments are made anew, and what is looked at is drawn anew.
const PRODUCT: &[&str] =
    &["accepted", "started", "committed", "interrupted", "started", "committed", "finished"];
/// A lie that was found stays found.
const LIE: &[&str] = &["accepted", "started", "committed", "diverged", "finished"];

/// In the order of the path: the point, how a job comes there, what the ledger says of it in the end
/// when the agent was killed there.
pub(crate) const POINTS: [(&str, Way, &[&str]); 29] = [
    ("Parsed", Way::Straight, ONCE),
    ("Verified", Way::Straight, ONCE),
    ("Admitted", Way::Straight, ONCE),
    ("Fed", Way::Straight, ONCE),
    ("Secured", Way::Straight, ONCE),
    ("Placed", Way::Straight, ONCE),
    ("Accepted", Way::Straight, ONCE),
    ("FoundRunning", Way::AfterADeath, TWICE),
    ("TakenUp", Way::AfterADeath, TWICE),
    ("Gathered", Way::Straight, ONCE),
    ("Starting", Way::Straight, ONCE),
    ("Started", Way::Straight, TWICE),
    ("HandedOver", Way::Straight, TWICE),
    ("Running", Way::Straight, TWICE),
    ("Answered", Way::Straight, TWICE),
    ("Hashed", Way::Product, HALF_A_PRODUCT),
    ("Promised", Way::Product, PRODUCT),
    ("Diverged", Way::Lie, LIE),
    ("Validated", Way::Straight, TWICE),
    ("Finished", Way::Straight, ONCE),
    ("Lost", Way::AfterALoss, TWICE),
    ("Interrupted", Way::AfterALoss, TWICE),
    ("CalledOff", Way::CalledOff, CALLED_OFF),
    ("DisputeTakenUp", Way::Dispute, LIE),
    ("Challenged", Way::Dispute, LIE),
    ("Saying", Way::Dispute, LIE),
    ("Said", Way::Dispute, LIE),
    ("Settling", Way::Dispute, LIE),
    ("Settled", Way::Dispute, LIE),
];

#[test]
fn the_points_are_those_of_the_agent() {
    let source = arch_tests::checkout().join("agent/node/src/point.rs");
    let source = std::fs::read_to_string(source).unwrap();
    let (_, list) = source.split_once("enum Point {").unwrap();
    let (list, _) = list.split_once('}').unwrap();
    let names = list.lines().map(str::trim).filter(|line| !line.starts_with("///"));
    let names: Vec<&str> = names.filter_map(|line| line.strip_suffix(',')).collect();
    assert_eq!(names, POINTS.map(|(name, ..)| name));
}
