use arch_policy::{PinnedKey, Policy};

fn take(policy: &Policy) -> Option<PinnedKey> {
    PinnedKey::of(policy, "arch-fold-v3", 1).ok()
}

fn main() {
    let _ = take;
}
