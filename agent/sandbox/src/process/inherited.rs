//! A descriptor that the parent left open for us, named by its number.
#![expect(unsafe_code, reason = "a number becomes an owned descriptor")]

use std::os::fd::{BorrowedFd, FromRawFd, OwnedFd};

use rustix::net::{AddressFamily, SocketType, sockopt};

/// Takes over descriptor `number` if it is an open Unix stream socket, and marks it close-on-exec.
/// Call it once, before anything else was opened.
pub fn inherited(number: i32) -> rustix::io::Result<OwnedFd> {
    if number < 3 {
        return Err(rustix::io::Errno::BADF);
    }
    // WHY: the number came on the command line; nothing safe asks whether it is open.
    // SAFETY: the borrow lasts for the questions below, which fail with EBADF if it is not open.
    let asked = unsafe { BorrowedFd::borrow_raw(number) };
    rustix::io::fcntl_setfd(asked, rustix::io::FdFlags::CLOEXEC)?;
    if sockopt::socket_domain(asked)? != AddressFamily::UNIX
        || sockopt::socket_type(asked)? != SocketType::STREAM
    {
        return Err(rustix::io::Errno::NOTSOCK);
    }
    // WHY: see above.
    // SAFETY: it is open (asked just now), and nobody else in this process owns it: it was left by
    // our parent, and this is called once.
    Ok(unsafe { OwnedFd::from_raw_fd(number) })
}
