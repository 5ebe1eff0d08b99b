use arch_identity::Digest;
use arch_policy::PinnedKey;

/// Another key in the place of the one that was signed.
fn swap(key: PinnedKey) -> PinnedKey {
    PinnedKey { digest: Digest::of(b"mine"), ..key }
}

fn main() {
    let _ = swap;
}
