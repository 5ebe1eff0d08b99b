use arch_document::{Job, Verified};

fn forged(honest: &Verified<Job>) -> Verified<Job> {
    honest.clone()
}

fn main() {
    let _ = forged;
}
