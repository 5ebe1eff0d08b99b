use arch_document::{History, Job, Moment, Refusal, SignedDocument, TrustRoot, Verified};

fn honest(
    root: &TrustRoot,
    document: SignedDocument,
    moment: &Moment,
    history: &dyn History,
) -> Result<Verified<Job>, Box<Refusal>> {
    root.verify(document, moment, history)
}

fn main() {
    let _ = honest;
}
