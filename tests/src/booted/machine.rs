//! A machine that QEMU emulates, instruction by instruction: Debian's own kernel with cgroups of
//! version 2 and BPF, whatever this machine's kernel has. About ten times slower than this one.
//!
//! ```text
//! ARCH_MACHINE (cargo xtask test os-guest)     the test
//!   vmlinuz, base.img ──> first disk,            seed ──> second disk, copied over the first
//!   qemu/                 never written to                before systemd starts
//! ```
//!
//! It has one network card, at whose other end there is a single address that sends back what it is
//! sent, and nothing else.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use super::Seed;

/// Names the folder that has kernel, disk and QEMU.
const MACHINE: &str = "ARCH_MACHINE";

/// What the guard starts; each line an argument.
pub const LINE: &str = "machine";

/// As in a guest, with a serial line for the socket.
const SERVICE: &str = "[Unit]\nDescription=Runs what the test asks for\nAfter=basic.target\n\
    [Service]\nTasksMax=infinity\nExecStartPre=/usr/bin/stty -F /dev/ttyS1 raw -echo 115200\n\
    ExecStart=/usr/bin/arch-booted inside /dev/ttyS1\n";

const KERNEL: &str = "root=/dev/nvme0n1 rw init=/arch-init console=ttyS0 quiet panic=-1 net.ifnames=0 \
    systemd.unit=booted.target systemd.show_status=no";

/// Somebody else on the machine's network, who sends back what he is sent.
const ECHO: &str = "user,id=card,restrict=on,guestfwd=tcp:10.0.2.100:7-cmd:cat";

/// What a machine is made of.
#[derive(Debug)]
pub struct Machine {
    folder: PathBuf,
}

impl Machine {
    /// The machine that was made for this run.
    ///
    /// # Errors
    /// Why there is none.
    pub fn found() -> Result<Self, String> {
        let remedy = "`cargo xtask test os-guest` makes it";
        let folder = env::var_os(MACHINE).map(PathBuf::from);
        let folder = folder.ok_or_else(|| format!("{MACHINE} names no machine; {remedy}"))?;
        if folder.join("base.img").is_file() {
            Ok(Self { folder })
        } else {
            Err(format!("there is no machine in {}; {remedy}", folder.display()))
        }
    }

    /// Lays down what the guard starts, and the second disk.
    pub(super) fn write(&self, folder: &Path, seed: &Seed, booted: &Path) {
        seed.write(folder, booted);
        let root = folder.join("seed");
        let bound = fs::read_to_string(folder.join("bound")).expect("a seed has been written");
        for line in bound.lines() {
            let (from, to) = line.rsplit_once(':').expect("a line has two places");
            let place = root.join(to.trim_start_matches('/'));
            fs::create_dir_all(place.parent().expect("a file has a folder")).expect("a new folder");
            fs::copy(from, place).expect("a program is copied");
        }
        let service = root.join("usr/lib/systemd/system/booted.service");
        fs::write(service, SERVICE).expect("a new file");
        let disk = folder.join("seed.img");
        let made = Command::new("mke2fs")
            .args(["-q", "-t", "ext4", "-O", "^has_journal", "-m", "0", "-d"])
            .arg(root)
            .arg(&disk)
            .arg("1G")
            .stdout(Stdio::null())
            .status();
        assert!(made.is_ok_and(|ended| ended.success()), "mke2fs makes no disk");
        let line = self.line(folder, &disk).join("\n");
        fs::write(folder.join(LINE), line).expect("a new file");
    }

    fn line(&self, folder: &Path, seed: &Path) -> Vec<String> {
        let at = |below: &str| self.folder.join(below).display().to_string();
        let out = folder.join("out");
        let mut line = vec![];
        if self.folder.join("qemu").is_dir() {
            let libraries = ["qemu/usr/lib/x86_64-linux-gnu", "qemu/lib/x86_64-linux-gnu"].map(at);
            line.push("env".to_owned());
            line.push(format!("LD_LIBRARY_PATH={}", libraries.join(":")));
            line.push(at("qemu/usr/bin/qemu-system-x86_64"));
            let data = ["qemu/usr/share/qemu", "qemu/usr/share/seabios"];
            line.extend(data.iter().flat_map(|below| ["-L".to_owned(), at(below)]));
        } else {
            line.push("qemu-system-x86_64".to_owned());
        }
        let mut add = |words: &str| line.extend(words.split(' ').map(str::to_owned));
        add("-nodefaults -display none -no-reboot -M pc -accel tcg,thread=multi");
        add("-cpu max -smp 2 -m 2048");
        add(&format!("-kernel {} -device nvme,id=disks,serial=disks", at("vmlinuz")));
        // Two disks of one controller: which is which does not depend on who is found first.
        for (number, disk) in [at("base.img"), seed.display().to_string()].iter().enumerate() {
            add(&format!("-drive file={disk},if=none,id=disk{number},format=raw,snapshot=on"));
            add(&format!("-device nvme-ns,bus=disks,drive=disk{number}"));
        }
        add(&format!("-serial file:{} -serial chardev:talk", out.join("serial").display()));
        let talk = out.join("inside.sock");
        add(&format!("-chardev socket,id=talk,path={},server=on,wait=off", talk.display()));
        add(&format!("-netdev {ECHO} -device virtio-net-pci,netdev=card,romfile="));
        line.extend(["-append".to_owned(), KERNEL.to_owned()]);
        line
    }
}
