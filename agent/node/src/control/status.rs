//! What the agent shows of itself.

use std::sync::Arc;

use arch_document::{SignedDocument, Validity};
use arch_schedule::Inventory;
use arch_wire::control::{Amounts, DocumentState, ExecutorState, LedgerState, Status};

use crate::{node::Node, told::Told};

pub(super) async fn status(node: &Arc<Node>) -> Told<Status> {
    let head = node.anchors.head().await.map_err(|error| error.problem())?;
    let authority = node.authority();
    let executor = node.executor.state();
    let (whole, free) = node.desk.room();
    let why = node.gate.why();
    let counts = node.anchors.memory().counts();
    Ok(Status {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        node: node.did.clone(),
        since: node.since,
        accepting: why.is_none(),
        why: why.map(|shut| shut.why().to_owned()),
        root: document(authority.root.root(), authority.root.document()),
        policy: document(authority.policy.policy(), authority.policy.document()),
        ledger: LedgerState { origin: head.origin, size: head.size, root: head.root },
        executor: ExecutorState {
            ready: executor.is_ready(),
            engine: executor.engine,
            environment: executor.environment,
            restarts: executor.restarts,
        },
        jobs: counts.into_iter().map(|(state, count)| (state.to_owned(), count)).collect(),
        lends: amounts(&whole),
        free: amounts(&free),
        listen: node
            .listen
            .as_ref()
            .map(|address| format!("not listening on {address}: listening comes with the mesh")),
    })
}

fn document(typed: &impl arch_document::Document, document: &SignedDocument) -> DocumentState {
    let (name, version) = typed.version().unwrap_or_default();
    let Validity { not_after, .. } = typed.validity();
    DocumentState { name, version, digest: document.digest(), not_after }
}

fn amounts(inventory: &Inventory) -> Amounts {
    Amounts {
        cpu: inventory.cpu.to_string(),
        memory: inventory.memory.to_string(),
        gpu: inventory.gpu.to_string(),
        watts: inventory.watts.watts(),
    }
}
