use arch_document::{Job, SignedDocument, Verified};

fn forged(inner: Job, document: SignedDocument) -> Verified<Job> {
    Verified { inner, document, roles: vec![], signers: vec![], at: "2026-11-23T00:00:00Z".parse().unwrap() }
}

fn main() {
    let _ = forged;
}
