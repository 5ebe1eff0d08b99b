use arch_document::{Job, Verified};
use arch_policy::Admitted;

/// Another job under the admission of the first.
fn swap(job: Verified<Job>, admitted: Admitted) -> Admitted {
    Admitted { job, ..admitted }
}

fn main() {
    let _ = swap;
}
