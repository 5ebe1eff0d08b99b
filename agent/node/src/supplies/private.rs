//! The agent's own folder is shown to nobody, whatever a policy allows: with the node's key a guest
//! could sign as the node, and with the ledger's files it could change the past.

use std::path::{Path, PathBuf};

use arch_document::Grant;
use arch_policy::Admitted;
use arch_problem::codes;

use super::{Stores, at};
use crate::told::{Told, problem};

/// Refuses a job whose grants would show the agent's folder, something in it or a folder around it.
// KNOWN GAP: a bind mount that gives the folder a second name is not seen.
pub(super) fn keep_out(stores: &Stores, admitted: &Admitted) -> Told<()> {
    let state = without_links(stores);
    match admitted.grants().iter().find(|grant| touches(grant, &state)) {
        None => Ok(()),
        Some(grant) => {
            let text = format!("`{grant}` leads to the files of the node itself");
            Err(at(admitted, "/spec/capabilities", problem(codes::GRANT_INTO_STATE, text)))
        }
    }
}

/// Whether a file, which is opened without links, is one of the agent's own.
pub(super) fn is_own(stores: &Stores, file: &Path) -> bool {
    file.starts_with(without_links(stores))
}

/// Grants and inputs are followed without links, so the folder's own path must have none either.
fn without_links(stores: &Stores) -> PathBuf {
    stores.private.canonicalize().unwrap_or_else(|_| stores.private.clone())
}

fn touches(grant: &Grant, state: &Path) -> bool {
    match grant {
        Grant::Read(path) | Grant::Write(path) => {
            let path = Path::new(path.as_str());
            path.starts_with(state) || state.starts_with(path)
        }
        Grant::Egress(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grant_may_lie_beside_the_agents_folder_and_not_in_or_around_it() {
        let state = Path::new("/var/lib/arch");
        for (grant, refused) in [
            ("read:/", true),
            ("write:/var/lib", true),
            ("read:/var/lib/arch", true),
            ("read:/var/lib/arch/node.key", true),
            ("read:/var/lib/archive", false),
            ("write:/srv", false),
            ("egress:443", false),
        ] {
            assert_eq!(touches(&grant.parse().unwrap(), state), refused, "{grant}");
        }
    }
}
