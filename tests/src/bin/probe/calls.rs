//! System calls.

use std::io;

use super::Tries;

pub(super) const TRIES: Tries = &[
    ("trace a process", || checked(libc::SYS_ptrace, [libc::PTRACE_SEIZE.into(), 1, 0, 0])),
    ("make a user namespace", || done(libc::SYS_unshare, [libc::CLONE_NEWUSER.into(), 0, 0, 0])),
    ("make a mount namespace", || done(libc::SYS_unshare, [libc::CLONE_NEWNS.into(), 0, 0, 0])),
    ("make a network namespace", || done(libc::SYS_unshare, [libc::CLONE_NEWNET.into(), 0, 0, 0])),
    ("make a pid namespace", || done(libc::SYS_unshare, [libc::CLONE_NEWPID.into(), 0, 0, 0])),
    ("enter a namespace", || checked(libc::SYS_setns, [-1, 0, 0, 0])),
    ("mount a file system", || checked(libc::SYS_mount, [0, 0, 0, 0])),
    ("take a mount away", || checked(libc::SYS_umount2, [0, 0, 0, 0])),
    ("open a mount", || checked(libc::SYS_open_tree, [-1, 0, 0, 0])),
    ("change the root by pivoting", || checked(libc::SYS_pivot_root, [0, 0, 0, 0])),
    ("change the root", || checked(libc::SYS_chroot, [0, 0, 0, 0])),
    ("load a program into the kernel", || checked(libc::SYS_bpf, [0, 0, 0, 0])),
    ("count events of the processor", || checked(libc::SYS_perf_event_open, [0, 0, 0, 0])),
    ("add a key to the kernel", || checked(libc::SYS_add_key, [0, 0, 0, 0])),
    ("ask the kernel for a key", || checked(libc::SYS_request_key, [0, 0, 0, 0])),
    ("look at the kernel's keys", || done(libc::SYS_keyctl, [0, -3, 1, 0])),
    ("make a ring for asynchronous calls", || checked(libc::SYS_io_uring_setup, [1, 0, 0, 0])),
    ("make an old asynchronous context", || checked(libc::SYS_io_setup, [1, 0, 0, 0])),
    ("handle page faults itself", || done(libc::SYS_userfaultfd, [1, 0, 0, 0])),
    ("read another process's memory", || checked(libc::SYS_process_vm_readv, [1, 0, 0, 0])),
    ("write another process's memory", || checked(libc::SYS_process_vm_writev, [1, 0, 0, 0])),
    ("take another process's descriptor", || checked(libc::SYS_pidfd_getfd, [-1, 0, 0, 0])),
    ("compare two processes", || checked(libc::SYS_kcmp, [1, 1, 0, 0])),
    ("change its personality", || done(libc::SYS_personality, [0x0004_0000, 0, 0, 0])),
    ("load a module", || checked(libc::SYS_init_module, [0, 0, 0, 0])),
    ("load another kernel", || checked(libc::SYS_kexec_load, [0, 0, 0, -1])),
    ("restart the machine", || checked(libc::SYS_reboot, [0, 0, 0, 0])),
    ("set the clock", || checked(libc::SYS_clock_settime, [-1, 0, 0, 0])),
    ("tune the clock", || checked(libc::SYS_adjtimex, [0, 0, 0, 0])),
    ("rename the machine", || checked(libc::SYS_sethostname, [0, -1, 0, 0])),
    ("swap to a file", || checked(libc::SYS_swapon, [0, 0, 0, 0])),
    ("read the kernel's log", || done(libc::SYS_syslog, [10, 0, 0, 0])),
    ("become root", || done(libc::SYS_setuid, [0, 0, 0, 0])),
    ("change its groups", || done(libc::SYS_setgroups, [0, 0, 0, 0])),
    ("set its capabilities", || checked(libc::SYS_capset, [0, 0, 0, 0])),
    ("take a processor for itself", || checked(libc::SYS_sched_setscheduler, [0, 1, 0, 0])),
    ("go before others", || done(libc::SYS_setpriority, [0, 0, -5, 0])),
    ("lock memory", || done(libc::SYS_mlockall, [1, 0, 0, 0])),
    ("open a file by its handle", || checked(libc::SYS_open_by_handle_at, [-1, 0, 0, 0])),
    ("ask for a file's handle", || checked(libc::SYS_name_to_handle_at, [-1, 0, 0, 0])),
    ("watch all files", || done(libc::SYS_fanotify_init, [0, 0, 0, 0])),
    ("make shared memory of System V", || done(libc::SYS_shmget, [0, 4096, 0o1600, 0])),
    ("make a queue of System V", || done(libc::SYS_msgget, [0, 0o1600, 0, 0])),
    ("make semaphores of System V", || done(libc::SYS_semget, [0, 1, 0o1600, 0])),
    ("make a queue of POSIX", || checked(libc::SYS_mq_open, [0, 0, 0, 0])),
    ("ask for quotas", || checked(libc::SYS_quotactl, [0, 0, 0, 0])),
    ("count processes for money", || checked(libc::SYS_acct, [1, 0, 0, 0])),
    ("hang up a terminal", || done(libc::SYS_vhangup, [0, 0, 0, 0])),
    ("reach ports of the machine", || done(libc::SYS_iopl, [3, 0, 0, 0])),
    ("signal the first process", || done(libc::SYS_kill, [1, 0, 0, 0])),
    // What the programs confine themselves with, and hand files over with.
    ("may close itself off by Landlock", || done(libc::SYS_landlock_create_ruleset, [0, 0, 1, 0])),
    ("may close itself off by seccomp", || checked(libc::SYS_seccomp, [1, 0, 0, 0])),
    ("may make files in memory", memory_file),
];

fn call(number: i64, arguments: [i64; 4]) -> io::Result<()> {
    let [a, b, c, d] = arguments;
    // WHY: the very call is what is asked about.
    // SAFETY: integers and null pointers; the process ends right after.
    let rc = unsafe { libc::syscall(number, a, b, c, d, 0, 0) };
    if rc < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

/// A call that can be completed.
fn done(number: i64, arguments: [i64; 4]) -> io::Result<()> {
    call(number, arguments)
}

/// A call with arguments that make no sense: that the kernel says so means that it may be made.
fn checked(number: i64, arguments: [i64; 4]) -> io::Result<()> {
    match call(number, arguments) {
        Err(error) if !is_refusal(&error) => Ok(()),
        other => other,
    }
}

fn is_refusal(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(libc::EPERM | libc::EACCES | libc::ENOSYS))
}

fn memory_file() -> io::Result<()> {
    // WHY: as in `call`.
    // SAFETY: the name is a live string that ends in NUL.
    let rc = unsafe { libc::memfd_create(c"probe".as_ptr(), libc::MFD_ALLOW_SEALING) };
    if rc < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}
