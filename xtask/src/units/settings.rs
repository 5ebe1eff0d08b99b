//! What the agent has to be told of the units beside it, as settings: a file for `node.d` of its folder.

use super::sockets::prover_path;
use super::unit::WRITTEN;

/// Files by their path in this checkout.
pub(super) fn all() -> Vec<(String, String)> {
    let prover = format!(
        "# Where the agent calls the prover of arch-prover.socket, in a dispute, and where the policy says `marks: always`.\n\
         {WRITTEN}\n\
         prover:\n  socket: {}\n",
        prover_path()
    );
    vec![("dist/node.d/prover.yaml".to_owned(), prover)]
}
