//! Things that a worker must not be able to do, as plain as an intruder would do them.
#![expect(unsafe_code, reason = "an intruder would not use safe wrappers either")]

use std::ptr::null_mut;

/// Tries something: 0 if it was possible, else the error number.
pub(super) type Try = fn() -> u8;

/// All attempts, by name.
pub const ATTEMPTS: &[(&str, Try)] = &[
    ("open a file", open),
    ("make a socket", socket),
    ("start a program", execve),
    ("trace a process", ptrace),
    ("fork", fork),
    ("make a page executable", mprotect),
    ("map executable memory", mmap),
    ("signal the executor", kill),
    ("make a namespace", unshare),
    ("load a program into the kernel", bpf),
    ("make a ring for asynchronous calls", io_uring),
    ("add a key to the kernel", add_key),
    ("look at another process", pidfd_open),
    ("handle page faults itself", userfaultfd),
    ("count events of the processor", perf_event_open),
    ("write another process's memory", process_vm_writev),
    ("enter a namespace", setns),
    ("mount a file system", mount),
    ("change its personality", personality),
    ("speak to the hypervisor", vsock),
    ("reach the kernel's ciphers", alg),
    ("reach the kernel's tables", netlink),
    ("reach a Unix socket by its name", unix),
    ("type into the terminal", terminal),
];

fn said(rc: i64) -> u8 {
    if rc >= 0 {
        return 0;
    }
    let errno = std::io::Error::last_os_error().raw_os_error().unwrap_or(0);
    u8::try_from(errno).unwrap_or(u8::MAX)
}

/// A call with integers and null pointers only.
fn raw(number: i64, arguments: [i64; 4]) -> u8 {
    let [a, b, c, d] = arguments;
    // WHY: the very call is what is asked about.
    // SAFETY: integers and null pointers; the process ends right after.
    said(unsafe { libc::syscall(number, a, b, c, d) })
}

fn open() -> u8 {
    // WHY: as in `raw`.
    // SAFETY: the path is a live string that ends in NUL.
    said(unsafe { libc::open(c"/etc/passwd".as_ptr(), libc::O_RDONLY) }.into())
}

fn execve() -> u8 {
    let arguments = [c"/bin/true".as_ptr(), std::ptr::null()];
    // WHY: as in `raw`.
    // SAFETY: a live string and a live list of them that ends in null.
    said(unsafe { libc::execv(c"/bin/true".as_ptr(), arguments.as_ptr()) }.into())
}

fn mprotect() -> u8 {
    let page = pages(libc::PROT_READ | libc::PROT_WRITE);
    // WHY: as in `raw`.
    // SAFETY: a page of ours that nothing else uses.
    said(unsafe { libc::mprotect(page, 4096, libc::PROT_READ | libc::PROT_EXEC) }.into())
}

fn mmap() -> u8 {
    let page = pages(libc::PROT_READ | libc::PROT_EXEC);
    if page == libc::MAP_FAILED { said(-1) } else { 0 }
}

fn pages(protection: i32) -> *mut libc::c_void {
    let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
    // WHY: as in `raw`.
    // SAFETY: a fresh mapping that overlaps nothing.
    unsafe { libc::mmap(null_mut(), 4096, protection, flags, -1, 0) }
}

fn fork() -> u8 {
    // WHY: as in `raw`.
    // SAFETY: one thread; the child leaves at once.
    match unsafe { libc::fork() } {
        // WHY: as in `raw`.
        // SAFETY: takes an integer; ends the process.
        0 => unsafe { libc::_exit(0) },
        pid => said(pid.into()),
    }
}

fn socket() -> u8 {
    raw(libc::SYS_socket, [libc::AF_INET.into(), libc::SOCK_STREAM.into(), 0, 0])
}

fn family(family: i32, kind: i32) -> u8 {
    raw(libc::SYS_socket, [family.into(), kind.into(), 0, 0])
}

fn vsock() -> u8 {
    family(libc::AF_VSOCK, libc::SOCK_STREAM)
}

fn alg() -> u8 {
    family(libc::AF_ALG, libc::SOCK_SEQPACKET)
}

fn netlink() -> u8 {
    family(libc::AF_NETLINK, libc::SOCK_RAW)
}

// Abstract names need no file, so file rules do not keep from them.
fn unix() -> u8 {
    family(libc::AF_UNIX, libc::SOCK_STREAM)
}

fn terminal() -> u8 {
    // TIOCSTI, which the C library's crate types by architecture.
    raw(libc::SYS_ioctl, [0, 0x5412, 0, 0])
}

fn userfaultfd() -> u8 {
    raw(libc::SYS_userfaultfd, [0, 0, 0, 0])
}

fn perf_event_open() -> u8 {
    raw(libc::SYS_perf_event_open, [0, 0, -1, -1])
}

fn process_vm_writev() -> u8 {
    let parent = rustix::process::getppid().map_or(0, |pid| pid.as_raw_nonzero().get());
    raw(libc::SYS_process_vm_writev, [parent.into(), 0, 0, 0])
}

fn setns() -> u8 {
    raw(libc::SYS_setns, [0, 0, 0, 0])
}

fn mount() -> u8 {
    raw(libc::SYS_mount, [0, 0, 0, 0])
}

fn personality() -> u8 {
    raw(libc::SYS_personality, [0xffff_ffff, 0, 0, 0])
}

fn ptrace() -> u8 {
    let parent = rustix::process::getppid().map_or(0, |pid| pid.as_raw_nonzero().get());
    raw(libc::SYS_ptrace, [libc::PTRACE_SEIZE.into(), parent.into(), 0, 0])
}

fn kill() -> u8 {
    let parent = rustix::process::getppid().map_or(0, |pid| pid.as_raw_nonzero().get());
    raw(libc::SYS_kill, [parent.into(), 0, 0, 0])
}

fn unshare() -> u8 {
    raw(libc::SYS_unshare, [libc::CLONE_NEWUSER.into(), 0, 0, 0])
}

fn bpf() -> u8 {
    raw(libc::SYS_bpf, [0, 0, 0, 0])
}

fn io_uring() -> u8 {
    raw(libc::SYS_io_uring_setup, [1, 0, 0, 0])
}

fn add_key() -> u8 {
    raw(libc::SYS_add_key, [0, 0, 0, 0])
}

fn pidfd_open() -> u8 {
    raw(libc::SYS_pidfd_open, [1, 0, 0, 0])
}
