//! Who is at the other end of a Unix socket, and sockets that only the right ones reach.

use std::{
    collections::BTreeSet,
    os::unix::fs::{FileTypeExt as _, PermissionsExt as _},
    path::Path,
};

use arch_problem::codes;
use rustix::process::geteuid;
use tokio::net::{UnixListener, UnixStream};

use crate::told::{Told, problem};

/// Somebody who may control the node.
#[derive(Debug)]
pub(crate) struct Peer {
    /// His user number.
    user: u32,
}

impl Peer {
    /// Asks the kernel (SO_PEERCRED), which cannot be lied to. Who calls from another namespace of
    /// processes has no process number, and a user all the same.
    pub(crate) fn of(stream: &UnixStream, users: &BTreeSet<u32>) -> Told<Self> {
        let credentials = stream
            .peer_cred()
            .map_err(|error| problem(codes::NOT_YOUR_SOCKET, error.to_string()))?;
        let user = credentials.uid();
        if user == 0 || user == geteuid().as_raw() || users.contains(&user) {
            return Ok(Self { user });
        }
        let text = format!("user {user} may not control this node");
        Err(problem(codes::NOT_YOUR_SOCKET, text))
    }

    /// Who, in the words of the ledger.
    pub(crate) fn name(&self) -> String {
        format!("uid:{}", self.user)
    }
}

/// A socket that the agent's own user can reach; everyone can, if the settings name other users,
/// and is asked who he is.
pub(crate) fn listen(path: &Path, users: &BTreeSet<u32>) -> Told<UnixListener> {
    let told = |error: std::io::Error| {
        problem(codes::SOCKET_UNUSABLE, format!("`{}`: {error}", path.display()))
    };
    // The ledger's lock is ours, so a socket here is one that a dead agent left.
    match std::fs::symlink_metadata(path) {
        Ok(there) if there.file_type().is_socket() => std::fs::remove_file(path).map_err(told)?,
        Ok(_) => {
            let text = format!("`{}` is there and is no socket", path.display());
            return Err(problem(codes::SOCKET_UNUSABLE, text));
        }
        Err(_) => {}
    }
    let listener = UnixListener::bind(path).map_err(told)?;
    let mode = if users.is_empty() { 0o600 } else { 0o666 };
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).map_err(told)?;
    Ok(listener)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_socket_is_ours_alone_and_replaces_a_dead_one_but_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("s");
        drop(listen(&path, &BTreeSet::new()).unwrap());
        let listener = listen(&path, &BTreeSet::new()).unwrap();
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        let stream = UnixStream::connect(&path).await.unwrap();
        let (theirs, _) = listener.accept().await.unwrap();
        assert_eq!(Peer::of(&theirs, &BTreeSet::new()).unwrap().user, geteuid().as_raw());
        drop(stream);
        let file = folder.path().join("f");
        std::fs::write(&file, "x").unwrap();
        assert_eq!(listen(&file, &BTreeSet::new()).unwrap_err().code, codes::SOCKET_UNUSABLE);
        assert_eq!(std::fs::read(&file).unwrap(), b"x");
    }
}
