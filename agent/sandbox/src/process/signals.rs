//! Signals that a worker does without.
#![expect(unsafe_code, reason = "no safe wrapper offers signal dispositions")]

/// Has a write beyond RLIMIT_FSIZE answered with an error number (EFBIG) instead of ending the
/// process: the guest is told that there is no space, as on a full disk.
pub fn ignore_file_size() -> rustix::io::Result<()> {
    // WHY: no safe wrapper offers signal.
    // SAFETY: takes integers; SIG_IGN runs no code of ours.
    match unsafe { libc::signal(libc::SIGXFSZ, libc::SIG_IGN) } {
        libc::SIG_ERR => Err(rustix::io::Errno::INVAL),
        _ => Ok(()),
    }
}
