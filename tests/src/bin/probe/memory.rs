//! Memory that becomes code, and programs that come from files.

use std::{
    fs::{self, File, OpenOptions},
    io,
    os::{fd::AsRawFd as _, unix::fs::OpenOptionsExt as _},
    process::Command,
    ptr::null_mut,
};

use super::{Tries, names::own_folder};

pub(super) const TRIES: Tries = &[
    ("map memory that can be written and run", || map(READ | WRITE | RUN)),
    ("make what it wrote runnable", || turn(READ | WRITE, READ | RUN)),
    ("make what runs writable", || turn(READ | RUN, READ | WRITE | RUN)),
    ("start a program that it wrote", start_own),
    ("map a file that it wrote as a program", map_own),
    ("start a shell", || Command::new("/bin/sh").args(["-c", "true"]).status().map(drop)),
    ("start the service manager's tool", || {
        Command::new("/usr/bin/systemctl").arg("--version").output().map(drop)
    }),
];

const READ: i32 = libc::PROT_READ;
const WRITE: i32 = libc::PROT_WRITE;
const RUN: i32 = libc::PROT_EXEC;
const PAGE: usize = 4096;

fn page(protection: i32) -> io::Result<*mut libc::c_void> {
    let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
    // WHY: the very call is what is asked about.
    // SAFETY: new pages at a place that the kernel chooses.
    let page = unsafe { libc::mmap(null_mut(), PAGE, protection, flags, -1, 0) };
    if page == libc::MAP_FAILED { Err(io::Error::last_os_error()) } else { Ok(page) }
}

fn map(protection: i32) -> io::Result<()> {
    page(protection).map(drop)
}

fn turn(first: i32, then: i32) -> io::Result<()> {
    let page = page(first)?;
    // WHY: as in `page`.
    // SAFETY: a page of ours that nothing else uses.
    let rc = unsafe { libc::mprotect(page, PAGE, then) };
    if rc < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

fn start_own() -> io::Result<()> {
    let path = own_folder().join("program");
    let _from_before = fs::remove_file(&path);
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o700).open(&path)?;
    io::copy(&mut File::open("/proc/self/exe")?, &mut file)?;
    drop(file);
    let started = Command::new(&path).arg("may make files in memory").output();
    let _tried = fs::remove_file(&path);
    started.map(drop)
}

fn map_own() -> io::Result<()> {
    let path = own_folder().join("library");
    fs::write(&path, [0xc3; PAGE])?;
    let file = File::open(&path)?;
    let _open_still = fs::remove_file(&path);
    // WHY: as in `page`.
    // SAFETY: new pages at a place that the kernel chooses.
    let page =
        unsafe { libc::mmap(null_mut(), PAGE, READ | RUN, libc::MAP_PRIVATE, file.as_raw_fd(), 0) };
    if page == libc::MAP_FAILED { Err(io::Error::last_os_error()) } else { Ok(()) }
}
