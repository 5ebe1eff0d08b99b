use arch_policy::{ActivePolicy, Policy};

fn unsigned(policy: Policy) -> ActivePolicy {
    ActivePolicy::activate(policy)
}

fn main() {
    let _ = unsigned;
}
