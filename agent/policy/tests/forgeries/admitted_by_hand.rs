use arch_document::{Job, Verified};
use arch_policy::Admitted;

fn forge(job: Verified<Job>) -> Admitted {
    Admitted { job, ..Default::default() }
}

fn main() {
    let _ = forge;
}
