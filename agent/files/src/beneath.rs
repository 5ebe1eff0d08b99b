//! Opening beneath a folder and nowhere else, one step after the other, each with O_NOFOLLOW.
//!
//! openat2(2) does the same in one call, and a service manager that forbids setuid files
//! (`RestrictSUIDSGID=`) has to answer it with ENOSYS: its filter cannot look behind a pointer.

use std::{
    ffi::OsStr,
    os::{
        fd::{AsFd, BorrowedFd, OwnedFd},
        unix::ffi::OsStrExt as _,
    },
};

use rustix::{
    fs::{AtFlags, FileType, Mode, OFlags, openat, statat},
    io::{Errno, retry_on_intr},
};

/// A folder on the way. O_PATH: it may be passed without the right to list it.
const STEP: OFlags =
    OFlags::PATH.union(OFlags::DIRECTORY).union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);

/// Opens `path` beneath `root`; `.` is the folder itself. Each step is held before the next is made,
/// so that whoever renames or replaces on the way gives us the old or the new, and never what a link
/// leads to. A link at the end is never followed either: what comes of it is what openat(2) says with
/// O_NOFOLLOW.
///
/// # Errors
/// `LOOP` for a link on the way, `XDEV` for `..` and for a path that starts at the top, else those of
/// openat(2).
pub fn open_beneath(
    root: impl AsFd,
    path: impl AsRef<OsStr>,
    flags: OFlags,
    mode: Mode,
) -> rustix::io::Result<OwnedFd> {
    let path = path.as_ref().as_bytes();
    let flags = flags | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let (steps, last) = split(path)?;
    // `a/` and `a/.` are the folder `a`.
    let a_folder = path.ends_with(b"/") || path.ends_with(b"/.");
    let flags = match (a_folder, flags.contains(OFlags::CREATE)) {
        (true, true) => return Err(Errno::ISDIR),
        (true, false) => flags | OFlags::DIRECTORY,
        (false, _) => flags,
    };
    let mut held: Option<OwnedFd> = None;
    for step in steps {
        let next = below(held.as_ref().map_or(root.as_fd(), AsFd::as_fd), step)?;
        held = Some(next);
    }
    let at = held.as_ref().map_or(root.as_fd(), AsFd::as_fd);
    retry_on_intr(|| openat(at, last, flags, mode))
}

/// The folders on the way, and the name at the end.
fn split(path: &[u8]) -> rustix::io::Result<(Vec<&[u8]>, &[u8])> {
    if path.is_empty() {
        return Err(Errno::NOENT);
    }
    if path.starts_with(b"/") {
        return Err(Errno::XDEV);
    }
    let names = path.split(|byte| *byte == b'/');
    let mut names: Vec<&[u8]> = names.filter(|name| !name.is_empty() && *name != b".").collect();
    if names.contains(&b"..".as_slice()) {
        return Err(Errno::XDEV);
    }
    let last = names.pop().unwrap_or(b".");
    Ok((names, last))
}

fn below(folder: BorrowedFd<'_>, name: &[u8]) -> rustix::io::Result<OwnedFd> {
    match retry_on_intr(|| openat(folder, name, STEP, Mode::empty())) {
        // A link is no folder, and neither is a file: only one of them is an attempt to lead us away.
        Err(Errno::NOTDIR) if is_link(folder, name) => Err(Errno::LOOP),
        other => other,
    }
}

fn is_link(folder: BorrowedFd<'_>, name: &[u8]) -> bool {
    let stat = retry_on_intr(|| statat(folder, name, AtFlags::SYMLINK_NOFOLLOW));
    stat.is_ok_and(|stat| FileType::from_raw_mode(stat.st_mode) == FileType::Symlink)
}

#[cfg(test)]
mod tests {
    use std::{
        fs::{self, File},
        io::Read as _,
        os::unix::fs::symlink,
        path::Path,
        sync::atomic::{AtomicBool, Ordering},
    };

    use super::*;

    fn folder(path: &Path) -> OwnedFd {
        rustix::fs::open(path, OFlags::RDONLY | OFlags::DIRECTORY, Mode::empty()).unwrap()
    }

    fn tell(root: &OwnedFd, path: &str) -> Result<String, Errno> {
        let mut text = String::new();
        let mut file = File::from(open_beneath(root, path, OFlags::RDONLY, Mode::empty())?);
        file.read_to_string(&mut text).unwrap();
        Ok(text)
    }

    /// `root/a/b/c/f` says `inside`, and so do the same names beside the root say `outside`.
    fn tree() -> (tempfile::TempDir, OwnedFd) {
        let place = tempfile::tempdir().unwrap();
        for side in ["inside", "outside"] {
            let at = place.path().join(side).join("a/b/c");
            fs::create_dir_all(&at).unwrap();
            fs::write(at.join("f"), side).unwrap();
        }
        let root = folder(&place.path().join("inside"));
        (place, root)
    }

    #[test]
    fn what_is_beneath_is_opened_however_it_is_written() {
        let (_place, root) = tree();
        for path in ["a/b/c/f", "./a//b/./c/f"] {
            assert_eq!(tell(&root, path).unwrap(), "inside", "{path}");
        }
        for path in [".", "a", "a/", "a/b/.", "./"] {
            let opened = open_beneath(&root, path, OFlags::RDONLY, Mode::empty()).unwrap();
            let stat = rustix::fs::fstat(&opened).unwrap();
            assert_eq!(FileType::from_raw_mode(stat.st_mode), FileType::Directory, "{path}");
        }
        let made = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL;
        drop(open_beneath(&root, "a/new", made, Mode::RUSR).unwrap());
        let refused = |path, flags| open_beneath(&root, path, flags, Mode::RUSR).unwrap_err();
        assert_eq!(refused("a/new", made), Errno::EXIST);
        assert_eq!(refused("a/newer/", made), Errno::ISDIR);
        assert_eq!(refused("a/b/c/f/", OFlags::RDONLY), Errno::NOTDIR);
        assert_eq!(refused("a/b/c/f/g", OFlags::RDONLY), Errno::NOTDIR);
        assert_eq!(refused("a/none/f", OFlags::RDONLY), Errno::NOENT);
        assert_eq!(refused("", OFlags::RDONLY), Errno::NOENT);
        assert_eq!(refused("a/\0", OFlags::RDONLY), Errno::INVAL);
    }

    #[test]
    fn nothing_leads_up_or_starts_at_the_top() {
        let (place, root) = tree();
        let outside = place.path().join("outside/a/b/c/f");
        for path in ["..", "../outside/a/b/c/f", "a/..", "a/../a/b/c/f", "a/b/../../../outside/a"] {
            assert_eq!(tell(&root, path).unwrap_err(), Errno::XDEV, "{path}");
        }
        assert_eq!(tell(&root, outside.to_str().unwrap()).unwrap_err(), Errno::XDEV);
    }

    #[test]
    fn a_link_is_not_followed_wherever_it_stands_and_wherever_it_leads() {
        for at in ["a", "a/b", "a/b/c", "a/b/c/f"] {
            let (place, root) = tree();
            let (inside, outside) = (place.path().join("inside"), place.path().join("outside"));
            let real = place.path().join("real");
            fs::rename(inside.join(at), &real).unwrap();
            let up = "../".repeat(at.split('/').count());
            let leads = [outside.join(at), real, format!("{up}outside/{at}").into()];
            for to in leads {
                symlink(&to, inside.join(at)).unwrap();
                assert_ne!(fs::read_to_string(inside.join("a/b/c/f")).unwrap(), "");
                assert_eq!(tell(&root, "a/b/c/f").unwrap_err(), Errno::LOOP, "{at} -> {to:?}");
                // A slash at its end does not make a link a folder, and neither does a dot.
                for end in ["/", "/."] {
                    let told = tell(&root, &format!("{at}{end}")).unwrap_err();
                    assert!([Errno::LOOP, Errno::NOTDIR].contains(&told), "{at}{end}: {told}");
                }
                fs::remove_file(inside.join(at)).unwrap();
            }
        }
        // The kernel's own links, which lead to what is open in a process.
        let proc = folder(Path::new("/proc"));
        let (_place, root) = tree();
        use std::os::fd::AsRawFd as _;
        let magic = format!("{}/fd/{}/a/b/c/f", std::process::id(), root.as_raw_fd());
        assert_eq!(fs::read_to_string(format!("/proc/{magic}")).unwrap(), "inside");
        assert_eq!(tell(&proc, &magic).unwrap_err(), Errno::LOOP);
    }

    /// Somebody swaps folders and links under our feet as fast as he can.
    #[test]
    fn whoever_swaps_folders_for_links_meanwhile_never_leads_us_out() {
        let (place, root) = tree();
        let inside = place.path().join("inside");
        let (at, away) = (inside.join("a/b"), place.path().join("away"));
        let link = place.path().join("link");
        symlink(place.path().join("outside/a/b"), &link).unwrap();
        let over = AtomicBool::new(false);
        let (mut good, mut refused) = (0_u32, 0_u32);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while !over.load(Ordering::SeqCst) {
                    fs::rename(&at, &away).unwrap();
                    fs::rename(&link, &at).unwrap();
                    fs::rename(&at, &link).unwrap();
                    fs::rename(&away, &at).unwrap();
                }
            });
            // Until both were met often enough, which is soon.
            for _ in 0..2_000_000 {
                match tell(&root, "a/b/c/f") {
                    Ok(text) => {
                        good += 1;
                        if text != "inside" {
                            over.store(true, Ordering::SeqCst);
                            panic!("led to what is {text}");
                        }
                    }
                    Err(Errno::LOOP) => refused += 1,
                    Err(Errno::NOENT | Errno::NOTDIR) => {}
                    Err(other) => {
                        over.store(true, Ordering::SeqCst);
                        panic!("{other}");
                    }
                }
                if good >= 2_000 && refused >= 500 {
                    break;
                }
            }
            over.store(true, Ordering::SeqCst);
        });
        assert!(good > 0 && refused > 0, "{good} opened, {refused} refused");
    }
}
