use arch_document::Verified;
use arch_policy::{PinnedKey, Policy};

fn the_only_way(policy: &Verified<Policy>) -> Option<PinnedKey> {
    PinnedKey::of(policy, "arch-fold-v3", 1).ok()
}

fn main() {
    let _ = the_only_way;
}
