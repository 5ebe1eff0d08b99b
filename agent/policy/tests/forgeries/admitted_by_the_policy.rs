use arch_document::{Job, Verified};
use arch_policy::{ActivePolicy, Admitted, Denied, Facts, Policy};

fn the_only_way(
    policy: Verified<Policy>,
    job: Verified<Job>,
    facts: &Facts,
) -> Result<Admitted, Box<Denied>> {
    ActivePolicy::activate(policy).admit(job, facts)
}

fn main() {
    let _ = the_only_way;
}
