//! What has a name in the file system: files, devices, other processes, the kernel's settings.

use std::{
    fs::{self, File, OpenOptions},
    io,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

use super::Tries;

pub(super) const TRIES: Tries = &[
    ("read the users' passwords", || read("/etc/shadow")),
    ("read the list of users", || read("/etc/passwd")),
    ("list the root folder's programs", || list("/usr/sbin")),
    ("list people's homes", || list("/home")),
    ("list root's home", || list("/root")),
    ("list other programs' state", || list("/var/log")),
    ("read the node's key store", || list("/etc/credstore")),
    ("look into the agent's state", || list("/var/lib/archagent")),
    ("look into the executor's cache", || list("/var/cache/arch-executor-wasm")),
    ("look at the keys to prove with", || list("/var/lib/arch-circuits")),
    ("add a key to prove with", || write("/var/lib/arch-circuits/written")),
    ("change the configuration", || write("/etc/arch/written")),
    ("read the configuration", || list("/etc/arch")),
    ("change a program", || write("/usr/bin/written")),
    ("change a library", || write("/usr/lib/written")),
    ("make a file at the root", || write("/written")),
    ("look at the first process", || read("/proc/1/environ")),
    ("see the first process", || list("/proc/1")),
    ("reach the root of the first process", || list("/proc/1/root/etc")),
    ("read how much memory the machine has", || read("/proc/meminfo")),
    ("read the kernel's symbols", || read("/proc/kallsyms")),
    ("read the kernel's settings", || read("/proc/sys/kernel/core_pattern")),
    ("change the kernel's settings", || open_to_write("/proc/sys/kernel/core_pattern")),
    ("trigger the kernel's emergencies", || open_to_write("/proc/sysrq-trigger")),
    ("change the kernel's devices", || open_to_write("/sys/kernel/uevent_helper")),
    ("make a cgroup at the root", || make("/sys/fs/cgroup/arch-probe")),
    ("leave for the root cgroup", || open_to_write("/sys/fs/cgroup/cgroup.procs")),
    ("make a cgroup beside its own", || make("/sys/fs/cgroup/arch.slice/arch-probe")),
    ("make a cgroup below its own", cgroup_below),
    ("write into the kernel's log", || open_to_write("/dev/kmsg")),
    ("reach the machine's memory", || read("/dev/mem")),
    ("reach a disk", || disk()),
    ("reach a terminal", || read("/dev/tty0")),
    ("reach the system bus", || reach("/run/dbus/system_bus_socket")),
    ("reach the service manager", || reach("/run/systemd/private")),
    ("reach the container's folder", || list("/out")),
    ("make a device", device),
    ("give a file its owner's rights", setuid_file),
    // What it needs.
    ("may write its own folder", || write(own_folder().join("written"))),
    ("may reach the executor", || reach("/run/archagent/executor-wasm.sock")),
    ("may reach the prover", || reach("/run/archagent/prover.sock")),
];

/// The folder that the unit lets it write: the first that is named by the service manager.
pub(super) fn own_folder() -> PathBuf {
    let named = |name: &str| std::env::var_os(name).map(PathBuf::from);
    named("STATE_DIRECTORY")
        .or_else(|| named("CACHE_DIRECTORY"))
        .unwrap_or_else(|| "/var/tmp".into())
}

fn read(path: &str) -> io::Result<()> {
    File::open(path).map(drop)
}

fn list(path: &str) -> io::Result<()> {
    fs::read_dir(path).map(drop)
}

fn open_to_write(path: &str) -> io::Result<()> {
    OpenOptions::new().write(true).open(path).map(drop)
}

fn write(path: impl AsRef<Path>) -> io::Result<()> {
    fs::write(&path, "written by the probe")?;
    fs::remove_file(path)
}

fn make(path: &str) -> io::Result<()> {
    fs::create_dir(path)?;
    fs::remove_dir(path)
}

fn cgroup_below() -> io::Result<()> {
    let own = fs::read_to_string("/proc/self/cgroup")?;
    let own = own.lines().find_map(|line| line.strip_prefix("0::")).unwrap_or_default();
    make(&format!("/sys/fs/cgroup{own}/arch-probe"))
}

/// Whether the name of a socket is there for it; whether it may be called is another question.
fn reach(path: &str) -> io::Result<()> {
    fs::metadata(path).map(drop)
}

fn disk() -> io::Result<()> {
    let disks = ["/dev/vda", "/dev/sda", "/dev/nvme0n1"];
    let outcomes = disks.map(read);
    outcomes.into_iter().reduce(|a, b| a.or(b)).unwrap_or(Ok(()))
}

fn device() -> io::Result<()> {
    let path = own_folder().join("device");
    let path = std::ffi::CString::new(path.into_os_string().into_encoded_bytes())?;
    // WHY: the very call is what is asked about.
    // SAFETY: the path is a live string that ends in NUL.
    let rc = unsafe { libc::mknod(path.as_ptr(), libc::S_IFCHR | 0o600, libc::makedev(1, 3)) };
    let refused = io::Error::last_os_error();
    let _as_before = fs::remove_file(Path::new(path.to_str().unwrap_or_default()));
    if rc < 0 { Err(refused) } else { Ok(()) }
}

fn setuid_file() -> io::Result<()> {
    let path = own_folder().join("setuid");
    fs::write(&path, "")?;
    let changed = fs::set_permissions(&path, fs::Permissions::from_mode(0o4700));
    let _as_before = fs::remove_file(&path);
    changed
}
