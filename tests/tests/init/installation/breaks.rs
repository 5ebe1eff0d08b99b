//! What can be wrong with an installation, done for real, and mended.

use std::{
    fs::{self, File, Permissions},
    io::Write as _,
    os::unix::fs::{PermissionsExt as _, chown, symlink},
    path::{Path, PathBuf},
    process::Command,
};

use arch_tests::World;

/// Whom nothing of a world belongs to.
pub(crate) const SOMEBODY: u32 = 4242;

/// Something wrong with what stands at a place below the world's folder.
#[derive(Clone, Copy)]
pub(crate) enum Break {
    /// Nothing at all.
    Nothing,
    /// It is not there.
    Gone(&'static str),
    /// It is a link to where it really is.
    Link(&'static str),
    /// Its mode is another one.
    Mode(&'static str, u32),
    /// It belongs to somebody else.
    Owner(&'static str),
    /// It is a file that says something else.
    Says(&'static str, fn(&World, &str) -> Vec<u8>),
    /// The file system that it is on cannot be written.
    ReadOnly(&'static str),
    /// The clock shows an instant that a file of libfaketime's names.
    Clock(fn() -> String),
    /// The sockets that are handed in have these names.
    Sockets(&'static [&'static str]),
    /// An environment variable says so.
    Told(&'static str, &'static str),
}

/// What mends it again.
pub(crate) enum Mend {
    Nothing,
    Rename(PathBuf, PathBuf),
    Mode(PathBuf, Permissions),
    Owner(PathBuf),
    Says(PathBuf, Vec<u8>),
    Unmount { _mounted: Mount },
}

impl Break {
    /// Breaks it, or says why that cannot be done here.
    pub(crate) fn breaks(self, world: &World) -> Result<Mend, String> {
        Ok(match self {
            Self::Nothing | Self::Clock(_) | Self::Sockets(_) | Self::Told(..) => Mend::Nothing,
            Self::Gone(at) => aside(&world.path(at)),
            Self::Link(at) => {
                let path = world.path(at);
                let mend = aside(&path);
                symlink(kept(&path), &path).unwrap();
                mend
            }
            Self::Mode(at, bits) => {
                let path = world.path(at);
                let before = path.metadata().unwrap().permissions();
                fs::set_permissions(&path, Permissions::from_mode(bits)).unwrap();
                Mend::Mode(path, before)
            }
            Self::Owner(at) => {
                let path = world.path(at);
                chown(&path, Some(SOMEBODY), None)
                    .map_err(|_| "only root can give files away".to_owned())?;
                Mend::Owner(path)
            }
            Self::Says(at, says) => {
                let path = world.path(at);
                let before = fs::read(&path).unwrap();
                let new = says(world, &String::from_utf8_lossy(&before));
                overwrite(&path, &new);
                Mend::Says(path, before)
            }
            Self::ReadOnly(at) => {
                let path = world.path(at);
                mount(&["--bind", &text(&path), &text(&path)])?;
                let mend = Mend::Unmount { _mounted: Mount(path.clone()) };
                mount(&["-o", "remount,bind,ro", &text(&path)])?;
                mend
            }
        })
    }
}

impl Mend {
    /// As it was before.
    pub(crate) fn mends(&mut self) {
        match self {
            Self::Nothing => {}
            Self::Rename(from, to) => {
                // What was made in its place meanwhile goes; a link is one file.
                match to.symlink_metadata() {
                    Ok(found) if found.is_dir() => fs::remove_dir_all(&*to).unwrap(),
                    Ok(_) => fs::remove_file(&*to).unwrap(),
                    Err(_) => {}
                }
                fs::rename(from, to).unwrap();
            }
            Self::Mode(path, mode) => fs::set_permissions(path, mode.clone()).unwrap(),
            Self::Owner(path) => chown(path, Some(0), None).unwrap(),
            Self::Says(path, bytes) => overwrite(path, bytes),
            Self::Unmount { .. } => {}
        }
        *self = Self::Nothing;
    }
}

/// Something mounted, as long as the value lives, however a test ends.
pub(crate) struct Mount(PathBuf);

impl Mount {
    /// A small file system in memory.
    pub(crate) fn small(folder: &Path) -> Result<Self, String> {
        mount(&["-t", "tmpfs", "-o", "size=24m,mode=0700", "tmpfs", &text(folder)])?;
        Ok(Self(folder.to_owned()))
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        let _gone_already = Command::new("umount").arg("--lazy").arg(&self.0).status();
    }
}

fn kept(path: &Path) -> PathBuf {
    path.with_extension("kept")
}

fn aside(path: &Path) -> Mend {
    fs::rename(path, kept(path)).unwrap();
    Mend::Rename(kept(path), path.to_owned())
}

/// The same file with other bytes: owner and mode stay.
fn overwrite(path: &Path, bytes: &[u8]) {
    let mut file = File::options().write(true).truncate(true).open(path).unwrap();
    file.write_all(bytes).unwrap();
}

fn text(path: &Path) -> String {
    path.display().to_string()
}

fn mount(arguments: &[&str]) -> Result<(), String> {
    let done = Command::new("mount").args(arguments).output();
    let done = done.map_err(|error| format!("mount cannot be started: {error}"))?;
    let said = String::from_utf8_lossy(&done.stderr).into_owned();
    let why = said.lines().next().unwrap_or_default();
    done.status.success().then_some(()).ok_or_else(|| format!("nothing can be mounted here: {why}"))
}
