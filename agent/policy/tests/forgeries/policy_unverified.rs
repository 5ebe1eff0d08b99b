use arch_policy::{ActivePolicy, Here, Policy};

fn unsigned(policy: Policy, here: Here<'_>) -> Option<ActivePolicy> {
    ActivePolicy::activate(policy, here).ok()
}

fn main() {
    let _ = unsigned;
}
