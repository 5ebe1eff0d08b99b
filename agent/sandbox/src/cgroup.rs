//! A cgroup of version 2 for each child, where the service manager has delegated one to us.
//!
//! ```text
//! BASE (Delegate=yes, only we are in it)      +memory +pids
//!   ├ main/     this process
//!   └ run-N/    one compiler or worker: memory.max, pids.max 1, killed and removed with it
//! ```
//!
//! Without delegation there is none of this, and the limits of [`crate::confine`] stand alone:
//! they do not count memfds, so a worker that was taken over could fill memory with them.
//! KNOWN GAP there; `docs/THREATS.md` says so.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::process::Child;

/// Where cgroups of version 2 are.
const ROOT: &str = "/sys/fs/cgroup";
/// What we need delegated.
const CONTROLLERS: [&str; 2] = ["memory", "pids"];

/// A delegated cgroup, taken over; given back as it was when this is dropped.
#[derive(Debug)]
pub struct Cgroups {
    base: PathBuf,
    made: u64,
}

/// The cgroup of one child. Drop it after the child: it kills what is left and goes.
#[derive(Debug)]
pub struct Group {
    path: PathBuf,
}

impl Cgroups {
    /// Takes over the cgroup of this process, if it is ours alone and ours to divide.
    #[must_use]
    pub fn find() -> Option<Self> {
        let own = fs::read_to_string("/proc/self/cgroup").ok()?;
        let path = own.lines().find_map(|line| line.strip_prefix("0::/"))?;
        // The root is never ours alone.
        if path.is_empty() || path.split('/').any(|name| name == "..") {
            return None;
        }
        Self::take(&Path::new(ROOT).join(path)).ok()
    }

    fn take(base: &Path) -> io::Result<Self> {
        let us = std::process::id().to_string();
        let is = |file: &str| fs::read_to_string(base.join(file));
        let offered = is("cgroup.controllers")?;
        let all = CONTROLLERS.iter().all(|want| offered.split_whitespace().any(|has| has == *want));
        if !all || is("cgroup.procs")?.split_whitespace().ne([us.as_str()]) {
            return Err(io::ErrorKind::Unsupported.into());
        }
        let taken = Self { base: base.to_owned(), made: 0 };
        fs::create_dir(base.join("main"))?;
        // A cgroup that divides its controllers may have no process of its own.
        fs::write(base.join("main/cgroup.procs"), &us)?;
        fs::write(base.join("cgroup.subtree_control"), "+memory +pids")?;
        Ok(taken)
    }

    /// Puts a child into a cgroup of its own.
    // KNOWN GAP: the child runs already. What it takes in its first moments, while it closes
    // descriptors and hashes its inputs, is counted where the executor's own memory is.
    pub fn place(&mut self, child: &Child, memory: u64) -> io::Result<Group> {
        self.made = self.made.saturating_add(1);
        self.group(child.pid(), memory)
    }

    fn group(&self, pid: i32, memory: u64) -> io::Result<Group> {
        let path = self.base.join(format!("run-{}", self.made));
        fs::create_dir(&path)?;
        let group = Group { path };
        group.set("memory.max", &memory.to_string())?;
        // Kernels without swap accounting do not have the file.
        let _ = group.set("memory.swap.max", "0");
        group.set("memory.oom.group", "1")?;
        group.set("pids.max", "1")?;
        match group.set("cgroup.procs", &pid.to_string()) {
            // It has ended already; there is nothing left to limit.
            Err(error) if error.raw_os_error() == Some(libc::ESRCH) => Ok(group),
            other => other.map(|()| group),
        }
    }
}

impl Drop for Cgroups {
    fn drop(&mut self) {
        // In the order that undoes `take`. What the kernel refuses, the service manager removes.
        let _ = fs::write(self.base.join("cgroup.subtree_control"), "-memory -pids");
        let _ = fs::write(self.base.join("cgroup.procs"), std::process::id().to_string());
        let _ = fs::remove_dir(self.base.join("main"));
    }
}

impl Group {
    fn set(&self, file: &str, value: &str) -> io::Result<()> {
        fs::write(self.path.join(file), value)
    }

    /// Whether the kernel killed the child for lack of memory.
    #[must_use]
    pub fn ran_out_of_memory(&self) -> bool {
        let events = fs::read_to_string(self.path.join("memory.events")).unwrap_or_default();
        let kills = events.lines().find_map(|line| line.strip_prefix("oom_kill "));
        kills.is_some_and(|many| many.trim() != "0")
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        let _ = self.set("cgroup.kill", "1");
        let _ = fs::remove_dir(&self.path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // A plain folder that looks like a delegated cgroup.
    fn delegated(procs: &str, controllers: &str) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("cgroup.procs"), procs).unwrap();
        fs::write(dir.path().join("cgroup.controllers"), controllers).unwrap();
        dir
    }

    fn us() -> String {
        format!("{}\n", std::process::id())
    }

    #[test]
    fn a_cgroup_that_others_are_in_or_that_lacks_controllers_is_left_alone() {
        for (procs, controllers) in
            [(format!("1\n{}", us()), "memory pids"), (us(), "hugetlb pids"), (us(), "")]
        {
            let dir = delegated(&procs, controllers);
            assert!(Cgroups::take(dir.path()).is_err());
            assert!(!dir.path().join("main").exists());
        }
    }

    #[test]
    fn a_child_gets_its_memory_and_no_second_task() {
        let dir = delegated(&us(), "cpu memory pids");
        let taken = Cgroups::take(dir.path()).unwrap();
        let read = |file: &str| fs::read_to_string(dir.path().join(file)).unwrap();
        assert_eq!(read("cgroup.subtree_control"), "+memory +pids");
        let group = taken.group(77, 1_000).unwrap();
        for (file, value) in [("memory.max", "1000"), ("pids.max", "1"), ("cgroup.procs", "77")] {
            assert_eq!(read(&format!("run-0/{file}")), value);
        }
        assert!(!group.ran_out_of_memory());
        // The kernel refuses a second cgroup of that name: told, not passed over.
        assert!(taken.group(78, 1_000).is_err());
        fs::write(dir.path().join("run-0/memory.events"), "low 0\noom 1\noom_kill 1\n").unwrap();
        assert!(group.ran_out_of_memory());
        drop(group);
        assert_eq!(read("run-0/cgroup.kill"), "1");
        drop(taken);
        assert_eq!(read("cgroup.subtree_control"), "-memory -pids");
    }
}
