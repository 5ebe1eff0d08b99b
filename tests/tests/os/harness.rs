//! A guest leaves nothing behind.

use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
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

/// The guard ends the guest when its standard input does; the kernel closes that when a test dies.
#[test]
fn a_guest_ends_with_the_test_that_booted_it_however_that_ends() {
    if let Some(why) = cannot_boot() {
        return skip(&why);
    }
    let guest = Booted::boot(env!("CARGO_BIN_EXE_booted"), &Seed::bare());
    let (folder, guard) = (guest.folder().to_owned(), guest.guard());
    // What is left when a test is killed: a pipe that is closed, and nobody who does anything else.
    let orphaned = guest.orphaned();
    let since = Instant::now();
    while folder.exists() || process::alive(i32::try_from(guard).unwrap()) {
        assert!(since.elapsed() < Duration::from_secs(60), "the guest lives on");
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(process::that_name(&folder), Vec::<String>::new());
    assert_eq!(cgroups(guard), Vec::<PathBuf>::new());
    drop(orphaned);
}
