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
    close = SYS_close,
    exit = SYS_exit,
    exit_group = SYS_exit_group,
    fcntl = SYS_fcntl,
    fstat = SYS_fstat,
    fstatfs = SYS_fstatfs,
    fsync = SYS_fsync,
    ftruncate = SYS_ftruncate,
    futex = SYS_futex,
    getdents64 = SYS_getdents64,
    getrandom = SYS_getrandom,
    getrusage = SYS_getrusage,
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
    openat2 = SYS_openat2,
    ppoll = SYS_ppoll,
    pread64 = SYS_pread64,
    pwrite64 = SYS_pwrite64,
    read = SYS_read,
    recvmsg = SYS_recvmsg,
    renameat = SYS_renameat,
    renameat2 = SYS_renameat2,
    restart_syscall = SYS_restart_syscall,
    rt_sigprocmask = SYS_rt_sigprocmask,
    rt_sigreturn = SYS_rt_sigreturn,
    sched_yield = SYS_sched_yield,
    sendmsg = SYS_sendmsg,
    setitimer = SYS_setitimer,
    sigaltstack = SYS_sigaltstack,
    statx = SYS_statx,
    unlinkat = SYS_unlinkat,
    write = SYS_write;
    only x86_64:
    poll = SYS_poll,
    rename = SYS_rename,
}
