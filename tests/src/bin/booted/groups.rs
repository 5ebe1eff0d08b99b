//! Cgroups of a guest, below those of the test: whatever nspawn and the guest make is made there,
//! and goes with them.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

/// How long processes that were killed may take to leave.
const LEAVING: Duration = Duration::from_secs(20);

/// One in each hierarchy that nspawn uses.
#[derive(Debug)]
pub(super) struct Groups(Vec<Group>);

#[derive(Debug)]
struct Group {
    above: PathBuf,
    own: PathBuf,
}

impl Groups {
    pub(super) fn make() -> io::Result<Self> {
        let name = format!("arch-booted-{}", std::process::id());
        let mut groups = Self(vec![]);
        for above in ours()? {
            let own = above.join(&name);
            fs::create_dir(&own)?;
            groups.0.push(Group { above, own });
        }
        Ok(groups)
    }

    pub(super) fn enter(&self) -> io::Result<()> {
        self.0.iter().try_for_each(|group| join(&group.own))
    }

    pub(super) fn leave(&self) -> io::Result<()> {
        self.0.iter().try_for_each(|group| join(&group.above))
    }

    pub(super) fn remove(&self) -> io::Result<()> {
        self.0.iter().try_for_each(|group| {
            let since = Instant::now();
            loop {
                match remove(&group.own) {
                    Err(error)
                        if error.kind() == io::ErrorKind::ResourceBusy
                            && since.elapsed() < LEAVING => {}
                    other => return other,
                }
                std::thread::sleep(Duration::from_millis(20));
            }
        })
    }
}

fn join(group: &Path) -> io::Result<()> {
    fs::write(group.join("cgroup.procs"), std::process::id().to_string())
}

/// From the bottom up: a cgroup goes when it has none below it and nobody in it.
fn remove(group: &Path) -> io::Result<()> {
    for entry in fs::read_dir(group)?.flatten() {
        if entry.file_type()?.is_dir() {
            remove(&entry.path())?;
        }
    }
    fs::remove_dir(group)
}

/// Where this process is: in the hierarchy of version 2, and in the one that systemd has for itself
/// beside controllers of version 1.
fn ours() -> io::Result<Vec<PathBuf>> {
    let membership = fs::read_to_string("/proc/self/cgroup")?;
    let mounts = fs::read_to_string("/proc/self/mountinfo")?;
    let mounted = |is: &dyn Fn(&str, &str) -> bool| {
        let mut lines = mounts.lines().filter_map(|line| line.split_once(" - "));
        lines.find_map(|(place, what)| {
            let (kind, options) = what.split_once(' ')?;
            is(kind, options).then(|| place.split(' ').nth(4).map(PathBuf::from))?
        })
    };
    let hierarchies = [
        ("0::/", mounted(&|kind, _| kind == "cgroup2")),
        ("1:name=systemd:/", mounted(&|_, options| options.contains("name=systemd"))),
    ];
    let own = |start: &str| {
        // The number of the second one differs.
        let (_, start) = start.split_once(':').unwrap_or_default();
        membership.lines().find_map(|line| line.split_once(':')?.1.strip_prefix(start))
    };
    let places =
        hierarchies.iter().filter_map(|(start, mount)| Some(mount.as_ref()?.join(own(start)?)));
    Ok(places.collect())
}
