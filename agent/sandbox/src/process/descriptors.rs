//! What a child keeps open: what it was given by name, and nothing else.
#![expect(unsafe_code, reason = "no safe wrapper offers close_range")]

use std::os::fd::{AsRawFd, BorrowedFd, OwnedFd};

use rustix::fs::{Mode, OFlags};

/// `/dev/null`, opened while it still can be.
pub fn null() -> rustix::io::Result<OwnedFd> {
    rustix::fs::open("/dev/null", OFlags::RDWR | OFlags::CLOEXEC, Mode::empty())
}

/// Closes every descriptor from 3 on that is not in `keep`. For a fresh child only: descriptors
/// that the parent's values own are closed under them, and those values must never be used again.
pub fn close_except(keep: &[BorrowedFd<'_>]) -> rustix::io::Result<()> {
    let mut keep: Vec<_> =
        keep.iter().filter_map(|fd| u32::try_from(fd.as_raw_fd()).ok()).collect();
    keep.sort_unstable();
    let mut first = 3_u32;
    for fd in keep {
        if fd > first {
            close_range(first, fd.saturating_sub(1))?;
        }
        first = first.max(fd.saturating_add(1));
    }
    close_range(first, u32::MAX)
}

fn close_range(first: u32, last: u32) -> rustix::io::Result<()> {
    // WHY: no safe wrapper offers close_range, and libraries of the C library's age may lack it.
    // SAFETY: takes integers only. The caller is a fresh child that uses none of the values that
    // own these descriptors.
    match unsafe { libc::syscall(libc::SYS_close_range, first, last, 0_u32) } {
        0 => Ok(()),
        _ => Err(rustix::io::Errno::from_io_error(&std::io::Error::last_os_error())
            .unwrap_or(rustix::io::Errno::INVAL)),
    }
}
