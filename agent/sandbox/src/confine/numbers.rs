//! Numbers of the system calls that our lists may name.

macro_rules! table {
    ($($name:ident = $number:ident),* $(,)? ; only x86_64: $($old:ident = $old_number:ident),* $(,)?) => {
        /// The number of a call; `None` if we do not know the name, `Some(None)` if this
        /// architecture has no such call.
        pub(super) fn number(name: &str) -> Option<Option<i64>> {
            match name {
                $(stringify!($name) => Some(Some(libc::$number)),)*
                #[cfg(target_arch = "x86_64")]
                $(stringify!($old) => Some(Some(libc::$old_number)),)*
                #[cfg(not(target_arch = "x86_64"))]
                $(stringify!($old) => Some(None),)*
                _ => None,
            }
        }
    };
}

table! {
    brk = SYS_brk,
    clock_gettime = SYS_clock_gettime,
    clock_nanosleep = SYS_clock_nanosleep,
    clone = SYS_clone,
    close = SYS_close,
    close_range = SYS_close_range,
    dup3 = SYS_dup3,
    exit = SYS_exit,
    exit_group = SYS_exit_group,
    fcntl = SYS_fcntl,
    fstat = SYS_fstat,
    fstatfs = SYS_fstatfs,
    fsync = SYS_fsync,
    ftruncate = SYS_ftruncate,
    futex = SYS_futex,
    getdents64 = SYS_getdents64,
    geteuid = SYS_geteuid,
    getpid = SYS_getpid,
    getppid = SYS_getppid,
    getrandom = SYS_getrandom,
    getrusage = SYS_getrusage,
    gettid = SYS_gettid,
    kill = SYS_kill,
    landlock_add_rule = SYS_landlock_add_rule,
    landlock_create_ruleset = SYS_landlock_create_ruleset,
    landlock_restrict_self = SYS_landlock_restrict_self,
    lseek = SYS_lseek,
    madvise = SYS_madvise,
    membarrier = SYS_membarrier,
    memfd_create = SYS_memfd_create,
    mkdirat = SYS_mkdirat,
    mmap = SYS_mmap,
    mprotect = SYS_mprotect,
    mremap = SYS_mremap,
    munmap = SYS_munmap,
    newfstatat = SYS_newfstatat,
    openat = SYS_openat,
    openat2 = SYS_openat2,
    pidfd_open = SYS_pidfd_open,
    pidfd_send_signal = SYS_pidfd_send_signal,
    ppoll = SYS_ppoll,
    prctl = SYS_prctl,
    pread64 = SYS_pread64,
    prlimit64 = SYS_prlimit64,
    pwrite64 = SYS_pwrite64,
    read = SYS_read,
    recvmsg = SYS_recvmsg,
    renameat = SYS_renameat,
    renameat2 = SYS_renameat2,
    restart_syscall = SYS_restart_syscall,
    rseq = SYS_rseq,
    rt_sigaction = SYS_rt_sigaction,
    rt_sigprocmask = SYS_rt_sigprocmask,
    rt_sigreturn = SYS_rt_sigreturn,
    sched_yield = SYS_sched_yield,
    seccomp = SYS_seccomp,
    sendmsg = SYS_sendmsg,
    set_robust_list = SYS_set_robust_list,
    setitimer = SYS_setitimer,
    sigaltstack = SYS_sigaltstack,
    socketpair = SYS_socketpair,
    statx = SYS_statx,
    tgkill = SYS_tgkill,
    unlinkat = SYS_unlinkat,
    utimensat = SYS_utimensat,
    wait4 = SYS_wait4,
    write = SYS_write;
    only x86_64:
    dup2 = SYS_dup2,
    mkdir = SYS_mkdir,
    poll = SYS_poll,
    rename = SYS_rename,
    rmdir = SYS_rmdir,
}
