//! The table of functions, and the gate that every call goes through.

use wasmtime::{Caller, Extern, Linker};

use super::memory::Memory;
use super::{Answer, Call, abi, file, folder, metadata, poll, process};
use crate::wasm::guest::Guest;
use crate::wasm::vfs::fault::Fault;

/// The import module of preview 1.
pub(crate) const MODULE: &str = "wasi_snapshot_preview1";

macro_rules! functions {
    ($linker:ident: $($name:literal ($($arg:ident: $kind:ty),*) $body:path;)*) => {
        $($linker.func_wrap(
            MODULE,
            $name,
            |mut caller: Caller<'_, Guest>, $($arg: $kind),*| -> wasmtime::Result<i32> {
                gate(&mut caller, |call| $body(call, $($arg),*))
            },
        )?;)*
    };
}

/// Defines preview 1 in `linker`.
pub(crate) fn link(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    functions! { linker:
        "args_get" (list: u32, text: u32) process::args_get;
        "args_sizes_get" (count: u32, size: u32) process::args_sizes_get;
        "environ_get" (list: u32, text: u32) process::environ_get;
        "environ_sizes_get" (count: u32, size: u32) process::environ_sizes_get;
        "clock_res_get" (clock: u32, out: u32) process::clock_res_get;
        "clock_time_get" (clock: u32, precision: u64, out: u32) process::clock_time_get;
        "fd_advise" (fd: u32, offset: u64, length: u64, advice: u32) file::advise;
        "fd_allocate" (fd: u32, offset: u64, length: u64) file::allocate;
        "fd_close" (fd: u32) file::close;
        "fd_datasync" (fd: u32) file::sync;
        "fd_fdstat_get" (fd: u32, out: u32) metadata::fdstat_get;
        "fd_fdstat_set_flags" (fd: u32, flags: u32) metadata::fdstat_set_flags;
        "fd_fdstat_set_rights" (fd: u32, base: u64, inheriting: u64) metadata::fdstat_set_rights;
        "fd_filestat_get" (fd: u32, out: u32) metadata::filestat_get;
        "fd_filestat_set_size" (fd: u32, size: u64) file::set_size;
        "fd_filestat_set_times" (fd: u32, atime: u64, mtime: u64, flags: u32) metadata::set_times;
        "fd_pread" (fd: u32, list: u32, count: u32, offset: u64, out: u32) file::pread;
        "fd_prestat_get" (fd: u32, out: u32) metadata::prestat_get;
        "fd_prestat_dir_name" (fd: u32, text: u32, length: u32) metadata::prestat_dir_name;
        "fd_pwrite" (fd: u32, list: u32, count: u32, offset: u64, out: u32) file::pwrite;
        "fd_read" (fd: u32, list: u32, count: u32, out: u32) file::read;
        "fd_readdir" (fd: u32, buffer: u32, length: u32, cookie: u64, out: u32) folder::readdir;
        "fd_renumber" (from: u32, to: u32) file::renumber;
        "fd_seek" (fd: u32, offset: i64, whence: u32, out: u32) file::seek;
        "fd_sync" (fd: u32) file::sync;
        "fd_tell" (fd: u32, out: u32) file::tell;
        "fd_write" (fd: u32, list: u32, count: u32, out: u32) file::write;
        "path_create_directory" (fd: u32, path: u32, length: u32) folder::create;
        "path_filestat_get"
            (fd: u32, follow: u32, path: u32, length: u32, out: u32) metadata::path_filestat_get;
        "path_filestat_set_times"
            (fd: u32, follow: u32, path: u32, length: u32, atime: u64, mtime: u64, flags: u32)
            metadata::path_set_times;
        "path_link"
            (fd: u32, follow: u32, path: u32, length: u32, to: u32, name: u32, name_length: u32)
            folder::hard_link;
        "path_open"
            (fd: u32, follow: u32, path: u32, length: u32, how: u32, base: u64, inheriting: u64,
             flags: u32, out: u32)
            folder::open;
        "path_readlink"
            (fd: u32, path: u32, length: u32, buffer: u32, room: u32, out: u32) folder::readlink;
        "path_remove_directory" (fd: u32, path: u32, length: u32) folder::remove;
        "path_rename"
            (fd: u32, path: u32, length: u32, to: u32, name: u32, name_length: u32) folder::rename;
        "path_symlink"
            (text: u32, text_length: u32, fd: u32, path: u32, length: u32) folder::symlink;
        "path_unlink_file" (fd: u32, path: u32, length: u32) folder::unlink;
        "poll_oneoff" (subscriptions: u32, events: u32, count: u32, out: u32) poll::oneoff;
        "proc_raise" (signal: u32) process::raise;
        "sched_yield" () process::yield_now;
        "random_get" (buffer: u32, length: u32) process::random_get;
        "sock_accept" (fd: u32, flags: u32, out: u32) process::accept;
        "sock_recv"
            (fd: u32, list: u32, count: u32, flags: u32, out: u32, out_flags: u32) process::recv;
        "sock_send" (fd: u32, list: u32, count: u32, flags: u32, out: u32) process::send;
        "sock_shutdown" (fd: u32, how: u32) process::shutdown;
    }
    // The one that never answers.
    linker.func_wrap(MODULE, "proc_exit", |mut caller: Caller<'_, Guest>, code: u32| {
        gate(&mut caller, |_| process::exit(code)).map(drop)
    })?;
    Ok(())
}

fn gate(
    caller: &mut Caller<'_, Guest>,
    work: impl FnOnce(&mut Call<'_>) -> Answer,
) -> wasmtime::Result<i32> {
    caller.data_mut().calls.spend(1)?;
    // A module without a memory has no address that is right.
    let (bytes, guest): (&mut [u8], &mut Guest) = match caller.get_export("memory") {
        Some(Extern::Memory(memory)) => memory.data_and_store_mut(caller),
        _ => (&mut [], caller.data_mut()),
    };
    match work(&mut Call { memory: Memory::new(bytes), guest }) {
        Ok(()) => Ok(0),
        Err(Fault::Errno(errno)) => Ok(i32::from(abi::number(errno))),
        Err(Fault::Stop(stop)) => Err(stop.into()),
    }
}
