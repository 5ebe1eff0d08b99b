use arch_document::{Job, Verified};
use arch_policy::{ActivePolicy, Admitted, Denied, Facts, Here, Policy};

fn the_only_way(
    policy: Verified<Policy>,
    job: Verified<Job>,
    facts: &Facts,
    here: Here<'_>,
) -> Option<Result<Admitted, Box<Denied>>> {
    Some(ActivePolicy::activate(policy, here).ok()?.admit(job, facts))
}

fn main() {
    let _ = the_only_way;
}
