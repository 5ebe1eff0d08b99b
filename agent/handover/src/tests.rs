use std::fs::File;
use std::io::{Read as _, Seek as _, Write as _};
use std::os::unix::net::UnixStream;

use rustix::io::{FdFlags, fcntl_getfd};

use super::*;

const NONE: [OwnedFd; 0] = [];

fn file(text: &[u8]) -> File {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(text).unwrap();
    file.rewind().unwrap();
    file
}

#[test]
fn files_come_with_the_bytes_that_they_went_with_and_close_on_exec() {
    let (ours, theirs) = UnixStream::pair().unwrap();
    assert_eq!(send(ours.as_fd(), b"one", &[file(b"a"), file(b"b")]).unwrap(), 3);
    assert_eq!(send(ours.as_fd(), b"two", &NONE).unwrap(), 3);
    assert_eq!(send(ours.as_fd(), b"three", &[file(b"c")]).unwrap(), 5);
    let mut texts = Vec::new();
    let mut room = [0; 3];
    for expected in [(3, 2), (3, 0), (3, 1), (2, 0)] {
        let received = receive(theirs.as_fd(), &mut room).unwrap();
        assert_eq!((received.bytes, received.files.len()), expected);
        for fd in received.files {
            assert_eq!(fcntl_getfd(&fd).unwrap(), FdFlags::CLOEXEC);
            let mut text = String::new();
            File::from(fd).read_to_string(&mut text).unwrap();
            texts.push(text);
        }
    }
    assert_eq!(texts, ["a", "b", "c"]);
}

#[test]
fn as_many_files_go_as_the_kernel_takes_and_no_more() {
    let (ours, theirs) = UnixStream::pair().unwrap();
    let null = || File::open("/dev/null").unwrap();
    let mut files: Vec<_> = (0..MOST_FILES).map(|_| null()).collect();
    assert_eq!(send(ours.as_fd(), b"x", &files).unwrap(), 1);
    assert_eq!(receive(theirs.as_fd(), &mut [0]).unwrap().files.len(), MOST_FILES);
    files.push(null());
    assert_eq!(send(ours.as_fd(), b"x", &files).unwrap_err(), Errno::MSGSIZE);
    assert!(matches!(
        receive_now(theirs.as_fd(), &mut [0]),
        Err(ReceiveError::Socket(Errno::AGAIN))
    ));
}

#[test]
fn what_is_full_empty_or_gone_is_told_apart() {
    let (ours, theirs) = UnixStream::pair().unwrap();
    let mut sent = 0_usize;
    let full = loop {
        match send_now(ours.as_fd(), &[7; 1 << 16], &NONE) {
            Ok(more) => sent += more,
            Err(errno) => break errno,
        }
    };
    assert_eq!(full, Errno::AGAIN);
    let mut room = vec![0; 1 << 20];
    while sent > 0 {
        sent -= receive(theirs.as_fd(), &mut room).unwrap().bytes;
    }
    assert!(matches!(
        receive_now(theirs.as_fd(), &mut room),
        Err(ReceiveError::Socket(Errno::AGAIN))
    ));
    drop(ours);
    assert_eq!(receive(theirs.as_fd(), &mut room).unwrap().bytes, 0);
    assert_eq!(send(theirs.as_fd(), b"x", &NONE).unwrap_err(), Errno::PIPE);
}
