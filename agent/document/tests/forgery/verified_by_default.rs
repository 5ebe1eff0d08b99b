use arch_document::{Job, Verified};

fn forged() -> Verified<Job> {
    Default::default()
}

fn main() {
    let _ = forged;
}
