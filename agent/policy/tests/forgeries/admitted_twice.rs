use arch_document::{Job, Verified};
use arch_policy::{ActivePolicy, Facts};

fn twice(policy: &ActivePolicy, job: Verified<Job>, facts: &Facts) {
    let _ = policy.admit(job, facts);
    let _ = policy.admit(job, facts);
}

fn main() {
    let _ = twice;
}
