//! File systems of our own, each in a file.

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

/// Mounts, says so, and waits until whoever asked lets go of it or is gone, however it went: its end
/// of the pipe closes then. The loop device goes with the mount.
const KEEPER: &str = r#"trap '' INT TERM HUP
mount -o loop "$0" "$1" || exit 1
echo mounted
read -r _
tries=0
until umount "$1" 2>/dev/null; do
  tries=$((tries + 1))
  if [ "$tries" -gt 100 ]; then umount -l "$1"; break; fi
  sleep 0.1
done"#;

/// Which file system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Ext4,
    Xfs,
    Btrfs,
}

impl Kind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Ext4 => "ext4",
            Self::Xfs => "xfs",
            Self::Btrfs => "btrfs",
        }
    }

    /// The program that makes one, told to ask nothing.
    fn make(self) -> Command {
        let mut command = Command::new(format!("mkfs.{}", self.name()));
        command.args(match self {
            Self::Ext4 => ["-q", "-F"],
            Self::Xfs | Self::Btrfs => ["-q", "-f"],
        });
        command
    }
}

/// A mounted file system. It is unmounted when this value is dropped, and when this process ends in
/// any other way.
#[derive(Debug)]
pub(crate) struct Image {
    // Before the folder, so that it is unmounted when that is removed.
    keeper: Keeper,
    folder: TempDir,
}

#[derive(Debug)]
struct Keeper(Child);

impl Drop for Keeper {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        let _ended = self.0.wait();
    }
}

impl Image {
    /// A new file system of so many MiB.
    ///
    /// # Errors
    /// Why it cannot be had here.
    pub(crate) fn new(kind: Kind, size: u64) -> Result<Self, String> {
        let folder = tempfile::tempdir().unwrap();
        let (image, mount) = (folder.path().join("image"), folder.path().join("mount"));
        std::fs::create_dir(&mount).unwrap();
        std::fs::File::create(&image).unwrap().set_len(size << 20).unwrap();
        let made = kind.make().arg(&image).stdin(Stdio::null()).output();
        let made = made.map_err(|error| format!("mkfs.{}: {error}", kind.name()))?;
        if !made.status.success() {
            let why = String::from_utf8_lossy(&made.stderr);
            return Err(format!("mkfs.{} makes nothing: {}", kind.name(), why.trim()));
        }
        let mut keeper = Command::new("sh");
        keeper.args(["-c", KEEPER]).arg(&image).arg(&mount);
        keeper.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut keeper = Keeper(keeper.spawn().unwrap());
        let mut said = String::new();
        let mut out = BufReader::new(keeper.0.stdout.take().unwrap());
        out.read_line(&mut said).unwrap();
        if said.trim() == "mounted" {
            return Ok(Self { keeper, folder });
        }
        drop(keeper.0.stdin.take());
        keeper.0.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        Err(format!("no {} image can be mounted: {}", kind.name(), said.trim()))
    }

    /// Where it is mounted.
    pub(crate) fn path(&self) -> PathBuf {
        debug_assert!(self.keeper.0.stdin.is_some(), "held until it is dropped");
        self.folder.path().join("mount")
    }
}

#[test]
fn an_image_is_unmounted_when_its_test_fails() {
    let mut mount = PathBuf::new();
    let failed = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let image = match Image::new(Kind::Ext4, 24) {
            Ok(image) => image,
            Err(why) => return arch_tests::skip(&why),
        };
        mount = image.path();
        std::fs::write(mount.join("file"), "text").unwrap();
        assert!(mounts().contains(mount.to_str().unwrap()));
        panic!("a test that fails");
    }));
    if failed.is_err() {
        assert!(!mount.as_os_str().is_empty() && !mount.exists());
        assert!(!mounts().contains(mount.to_str().unwrap()));
    }
}

fn mounts() -> String {
    std::fs::read_to_string("/proc/self/mounts").unwrap()
}
