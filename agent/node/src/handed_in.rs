//! Sockets that the service manager made and handed in, known by their names (sd_listen_fds(3):
//! LISTEN_PID, LISTEN_FDS, LISTEN_FDNAMES). systemd and Shepherd do it alike. An agent that gets its
//! sockets needs no right to make any, and loses no connection while it is started again.

use std::{collections::BTreeMap, io, os::unix::net::UnixListener};

use arch_problem::codes;

use crate::told::{Told, problem};

/// The control socket.
pub const CONTROL: &str = "control";

/// The metrics socket.
pub const METRICS: &str = "metrics";

const KNOWN: [&str; 2] = [CONTROL, METRICS];

/// More than anybody hands in.
const MOST: usize = 16;

/// Sockets by name, each until it is taken.
#[derive(Debug, Default)]
pub struct HandedIn(BTreeMap<&'static str, UnixListener>);

impl HandedIn {
    /// Takes over what was handed to this process. To be called once, before there are threads or
    /// open files: the descriptors are known by their numbers alone.
    ///
    /// # Errors
    /// [`codes::SOCKET_HANDED_IN`]: whoever wrote the units meant something else than we understand.
    pub fn take() -> Told<Self> {
        let told = |error: io::Error| refused(&error.to_string());
        let names: Vec<String> = sd_notify::listen_fds_with_names()
            .map_err(told)?
            .map(|(_, name)| name)
            .take(MOST.saturating_add(1))
            .collect();
        let names = known(&names)?;
        let mut listeners = listenfd::ListenFd::from_env();
        let mut sockets = BTreeMap::new();
        for (number, name) in names.into_iter().enumerate() {
            let listener = listeners.take_unix_listener(number);
            let listener = listener.map_err(|e| refused(&format!("`{name}`: {e}")))?;
            let listener = listener.ok_or_else(|| refused(&format!("`{name}` is not there")))?;
            if !is_listening(&listener) {
                return Err(refused(&format!("`{name}` does not listen")));
            }
            listener.set_nonblocking(true).map_err(told)?;
            sockets.insert(name, listener);
        }
        Ok(Self(sockets))
    }

    /// The socket of this name, if it was handed in and not taken yet.
    pub(crate) fn socket(&mut self, name: &str) -> Option<UnixListener> {
        self.0.remove(name)
    }

    /// The names of those that nobody took.
    pub(crate) fn left(&self) -> impl Iterator<Item = &str> {
        self.0.keys().copied()
    }
}

/// The names as we know them, each once.
pub(crate) fn known(names: &[String]) -> Told<Vec<&'static str>> {
    if names.len() > MOST {
        return Err(refused(&format!("there are more than {MOST}")));
    }
    let mut found = Vec::new();
    for name in names {
        let Some(known) = KNOWN.into_iter().find(|known| known == name) else {
            return Err(refused(&format!("the name `{}` is not known", name.escape_debug())));
        };
        if found.contains(&known) {
            return Err(refused(&format!("two are named `{known}`")));
        }
        found.push(known);
    }
    Ok(found)
}

fn is_listening(listener: &UnixListener) -> bool {
    rustix::net::sockopt::socket_acceptconn(listener).unwrap_or(false)
}

fn refused(text: &str) -> Box<arch_problem::Problem> {
    problem(codes::SOCKET_HANDED_IN, format!("of the sockets that were handed in, {text}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> Told<Vec<&'static str>> {
        known(&names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn names_are_known_and_stand_once() {
        assert_eq!(names(&[]).unwrap(), Vec::<&str>::new());
        assert_eq!(names(&["metrics", "control"]).unwrap(), [METRICS, CONTROL]);
        for (wrong, why) in [
            (&["control", "control"][..], "two are named `control`"),
            (&["unknown"], "the name `unknown` is not known"),
            (&["control", ""], "the name `` is not known"),
            (&["\n"], "the name `\\n` is not known"),
            (&["x"; 17], "more than 16"),
        ] {
            let problem = names(wrong).unwrap_err();
            assert_eq!(problem.code, codes::SOCKET_HANDED_IN);
            assert!(problem.message.contains(why), "{}", problem.message);
        }
    }
}
