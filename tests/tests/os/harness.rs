//! A guest leaves nothing behind.

use std::{
    fs,
    path::{Path, PathBuf},
};

use arch_tests::{
    booted::{Booted, Seed, cannot_boot},
    process, skip,
};

/// The cgroups that a guard made for its guest.
fn cgroups(guard: u32) -> Vec<PathBuf> {
    fn below(folder: &Path, name: &str, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                if entry.file_name() == name {
                    found.push(entry.path());
                }
                below(&entry.path(), name, found);
            }
        }
    }
    let mut found = vec![];
    below(Path::new("/sys/fs/cgroup"), &format!("arch-booted-{guard}"), &mut found);
    found
}

#[test]
fn a_guest_is_another_machine_and_leaves_nothing_behind() {
    if let Some(why) = cannot_boot() {
        return skip(&why);
    }
    let guest = Booted::boot(env!("CARGO_BIN_EXE_booted"), &Seed::bare());
    assert_eq!(guest.good(&["cat", "/proc/1/comm"]), "systemd\n");
    guest.write("/etc/arch-written-in-a-guest", "x");
    assert_eq!(guest.good(&["cat", "/etc/arch-written-in-a-guest"]), "x");
    let interfaces = guest.good(&["ls", "/sys/class/net"]);
    assert!(interfaces.split_whitespace().all(|name| name == "lo"), "{interfaces}");
    let failed = guest.run(&["sh", "-c", "echo said; echo why >&2; exit 7"]);
    assert_eq!((failed.code, &*failed.stdout, &*failed.stderr), (Some(7), "said\n", "why\n"));
    let folder = guest.folder().to_owned();
    let guard = guest.guard();
    assert!(!process::that_name(&folder).is_empty() && !cgroups(guard).is_empty());
    drop(guest);
    assert_eq!(process::that_name(&folder), Vec::<String>::new());
    assert!(!folder.exists());
    assert!(!Path::new("/etc/arch-written-in-a-guest").exists());
    let mounts = fs::read_to_string("/proc/self/mountinfo").unwrap();
    assert!(!mounts.contains("arch-booted"), "{mounts}");
    assert_eq!(cgroups(guard), Vec::<PathBuf>::new());
}
