//! A machine that QEMU emulates, for tests that need another kernel than this one's: a disk with
//! Debian 12, its kernel, and QEMU itself, all in cargo's target folder.
//!
//! QEMU is unpacked there and not installed: on some machines installing it would take other
//! packages away.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::guests::Install;
use crate::{apt, house, process, referees};

/// What is in it beside Debian's smallest set: a service manager, and what the tests call.
const PACKAGES: &str = "systemd,systemd-sysv,libseccomp2,procps,dbus,kmod,udev,iproute2";

/// The kernel for machines that are emulated. It has NVMe and ext4 built in, and so boots without
/// an initial file system.
const KERNEL: &str = "linux-image-cloud-amd64";

/// The first program of the machine: lays the second disk, with what a test brings, over the first.
const FIRST: &str = "#!/bin/sh
mount -t devtmpfs dev /dev || exit 1
while [ ! -b /dev/nvme0n2 ]; do sleep 0.1; done
mount -t ext4 -o ro /dev/nvme0n2 /mnt && cp -a /mnt/. / && umount /mnt || exit 1
exec /lib/systemd/systemd
";

/// Run in the new root by mmdebstrap. The kernel's package is unpacked and not installed: what it
/// depends on would make an initial file system, for minutes. What a machine without a past, a
/// terminal or a second start has no use for does not start with it: each second of this one's is
/// ten of ours, and its manager runs the generators whenever it reads a unit again.
const FINISH: &str = r#"set -e; cd "$1"
rm usr/lib/systemd/system-generators/*
rm -r etc/systemd/system/timers.target.wants usr/lib/systemd/system/timers.target.wants
cd usr/lib/systemd/system/sysinit.target.wants
rm *.mount *.automount *setup.target kmod-static-nodes.service systemd-firstboot.service \
  systemd-machine-id-commit.service systemd-pcr* systemd-random-seed.service \
  systemd-repart.service systemd-update-utmp.service
cd "$1"
package=$(apt-cache depends KERNEL | sed -n 's/.*Depends: \(linux-image-[0-9].*\)/\1/p' | head -1)
apt-get download "$package"
dpkg-deb --fsys-tarfile linux-image-*.deb | tar -x --keep-directory-symlink
rm linux-image-*.deb
for modules in lib/modules/*; do chroot . depmod "${modules##*/}"; done
ln boot/vmlinuz-* vmlinuz"#;

/// Large enough for what the tests lay over it.
const DISK: &str = "2G";

/// The folder of the machine, for `ARCH_MACHINE`; made unless it was made so before.
pub(crate) fn prepare(install: Install) -> Result<PathBuf, String> {
    if std::env::consts::ARCH != "x86_64" {
        return Err("the emulated machine is one of x86-64, as its programs are".to_owned());
    }
    let folder = house::kept("machine")?;
    let stamp = folder.join("made");
    let recipe = [PACKAGES, KERNEL, FIRST, FINISH, DISK].join("\n");
    if std::fs::read_to_string(&stamp).is_ok_and(|made| made == recipe) {
        return Ok(folder);
    }
    if install == Install::Forbidden {
        return Err("a Debian for an emulated machine may not be fetched".to_owned());
    }
    // Until all is there again.
    let _made_otherwise = std::fs::remove_file(&stamp);
    qemu(&folder)?;
    disk(&folder)?;
    std::fs::write(&stamp, recipe).map_err(|error| format!("{}: {error}", stamp.display()))?;
    Ok(folder)
}

fn qemu(folder: &Path) -> Result<(), String> {
    let to = folder.join("qemu");
    remove(&to)?;
    if process::exists("qemu-system-x86_64") {
        return Ok(());
    }
    apt::unpack("qemu-system-x86", &to)
}

fn disk(folder: &Path) -> Result<(), String> {
    referees::bring(&[("mmdebstrap", "mmdebstrap"), ("mke2fs", "e2fsprogs")])?;
    let root = folder.join("root");
    remove(&root)?;
    eprintln!("fetching Debian 12 and its kernel");
    let mut debian = Command::new("mmdebstrap");
    debian.args(["--quiet", "--variant=minbase", "--include", PACKAGES]);
    debian.arg(format!("--customize-hook={}", FINISH.replace("KERNEL", KERNEL)));
    debian.arg("bookworm").arg(&root).arg("http://deb.debian.org/debian");
    process::output(&mut debian).map_err(|why| format!("Debian 12 is not to be had: {why}"))?;
    let told = |error: std::io::Error| format!("{}: {error}", root.display());
    std::fs::rename(root.join("vmlinuz"), folder.join("vmlinuz")).map_err(told)?;
    let first = root.join("arch-init");
    std::fs::write(&first, FIRST).map_err(told)?;
    process::output(Command::new("chmod").arg("0755").arg(&first))?;
    let mut disk = Command::new("mke2fs");
    // Without a journal: it is thrown away as it is, whatever happens.
    disk.args(["-q", "-F", "-t", "ext4", "-O", "^has_journal", "-m", "0", "-d"]).arg(&root);
    process::output(disk.arg(folder.join("base.img")).arg(DISK))?;
    remove(&root)
}

fn remove(folder: &Path) -> Result<(), String> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(format!("{}: {error}", folder.display()))
        }
        _ => Ok(()),
    }
}
