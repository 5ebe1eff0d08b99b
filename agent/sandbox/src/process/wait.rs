//! wait4: how a child ended and what it used.
#![expect(unsafe_code, reason = "no safe wrapper offers wait4 with its rusage")]

use rustix::process::Pid;

/// Status word and usage of a child that has ended; waits for its end.
pub(super) fn wait(pid: Pid) -> rustix::io::Result<(i32, libc::rusage)> {
    let mut status = 0;
    // WHY: waitid, which has a safe wrapper, does not tell the usage.
    // SAFETY: all-zero is a valid `rusage`: it is integers only.
    let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
    loop {
        // WHY: as above.
        // SAFETY: both pointers are to live, writable values of the types that the kernel fills.
        let ended =
            unsafe { libc::wait4(pid.as_raw_nonzero().get(), &raw mut status, 0, &raw mut usage) };
        if ended == pid.as_raw_nonzero().get() {
            return Ok((status, usage));
        }
        match rustix::io::Errno::from_io_error(&std::io::Error::last_os_error()) {
            Some(rustix::io::Errno::INTR) => {}
            errno => return Err(errno.unwrap_or(rustix::io::Errno::CHILD)),
        }
    }
}

/// What this process used so far: processor time in milliseconds, most resident bytes.
pub(super) fn own() -> (u64, u64) {
    // WHY: no safe wrapper offers getrusage.
    // SAFETY: all-zero is a valid `rusage`: it is integers only.
    let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
    // WHY: as above.
    // SAFETY: the pointer is to a live, writable value of the type that the kernel fills.
    unsafe { libc::getrusage(libc::RUSAGE_SELF, &raw mut usage) };
    amounts(&usage)
}

/// Processor time in milliseconds, most resident bytes.
pub(super) fn amounts(usage: &libc::rusage) -> (u64, u64) {
    let number = |value: i64| u64::try_from(value).unwrap_or(0);
    let millis = |time: libc::timeval| {
        number(time.tv_sec).saturating_mul(1_000).saturating_add(number(time.tv_usec) / 1_000)
    };
    let cpu = millis(usage.ru_utime).saturating_add(millis(usage.ru_stime));
    (cpu, number(usage.ru_maxrss).saturating_mul(1_024))
}
