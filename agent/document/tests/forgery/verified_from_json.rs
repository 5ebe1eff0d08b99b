use arch_document::{Job, Verified};

fn forged(text: &str) -> Verified<Job> {
    serde_json::from_str(text).unwrap()
}

fn main() {
    let _ = forged;
}
