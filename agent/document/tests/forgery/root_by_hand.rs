use arch_document::{Root, SignedDocument, TrustRoot};

fn forged(root: Root, document: SignedDocument) -> TrustRoot {
    TrustRoot::new(root, document)
}

fn main() {
    let _ = forged;
}
