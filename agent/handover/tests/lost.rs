//! Files that do not arrive. Alone in its process, because it takes away from it what all tests need.

use std::fs::File;
use std::os::{fd::AsFd as _, unix::net::UnixStream};

use arch_handover::{ReceiveError, receive, send};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// The kernel drops files that a process may not have open, and says so in a flag that is easily missed.
#[test]
fn files_that_were_lost_on_the_way_are_missed() {
    let (ours, theirs) = UnixStream::pair().unwrap();
    let files = [0; 4].map(|_| File::open("/dev/null").unwrap());
    assert_eq!(send(ours.as_fd(), b"x", &files).unwrap(), 1);
    let before = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: Some(3), maximum: before.maximum }).unwrap();
    let received = receive(theirs.as_fd(), &mut [0]);
    setrlimit(Resource::Nofile, before).unwrap();
    assert!(matches!(received, Err(ReceiveError::TooMany)), "{received:?}");
}
