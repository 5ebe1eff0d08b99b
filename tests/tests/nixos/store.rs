//! A store as Nix would have filled it: programs that name their loader and libraries by paths in it.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use arch_tests::{booted::Seed, program};

/// Where the programs are.
pub(crate) const PROGRAMS: &str = "/nix/store/ccc-arch-node-agent/bin";

/// What reloads before systemd 253.
const KILL: &str = "/nix/store/bbb-coreutils/bin";

/// The programs' closure, but for themselves.
const LIBRARIES: &str = "/nix/store/aaa-libraries";

/// Every path of the closure, as Nix lists them.
pub(crate) const CLOSURE: [&str; 3] =
    [LIBRARIES, "/nix/store/bbb-coreutils", "/nix/store/ccc-arch-node-agent"];

/// The seed with a store, and with something in it that is none of the programs' concern; patched
/// programs are kept in `folder`.
pub(crate) fn filled(seed: Seed, folder: &Path) -> Seed {
    let mut seed = seed
        .file(&format!("{PROGRAMS}/.kept"), "")
        .file(&format!("{KILL}/.kept"), "")
        .file(&format!("{LIBRARIES}/lib/.kept"), "")
        .file("/nix/store/ddd-secret/text", "not for jobs\n");
    let ours = ["arch-node-agent", "arch-executor", "arch-prover", "archctl"];
    let mut programs: Vec<_> = ours.map(|name| (program(name), PROGRAMS)).to_vec();
    programs.push(("/usr/bin/kill".into(), KILL));
    let mut libraries: Vec<PathBuf> = vec![];
    for (from, place) in programs {
        libraries.extend(linked(&from));
        let name = from.file_name().unwrap().to_str().unwrap().to_owned();
        seed = seed.bind(&patched(&from, folder), &format!("{place}/{name}"));
    }
    libraries.sort_unstable();
    libraries.dedup();
    for library in libraries {
        let name = library.file_name().unwrap().to_str().unwrap();
        seed = seed.bind(&library.canonicalize().unwrap(), &format!("{LIBRARIES}/lib/{name}"));
    }
    seed
}

/// What the loader maps for a program, the loader among it.
fn linked(program: &Path) -> Vec<PathBuf> {
    let said = Command::new("ldd").arg(program).output().unwrap();
    let said = String::from_utf8(said.stdout).unwrap();
    let paths = said.split_whitespace().filter(|word| word.starts_with('/'));
    paths.map(PathBuf::from).collect()
}

/// A copy that looks into the store and nowhere else.
fn patched(program: &Path, folder: &Path) -> PathBuf {
    let copy = folder.join(program.file_name().unwrap());
    fs::copy(program, &copy).unwrap();
    let loader = linked(program).into_iter().find(|path| path.to_str().unwrap().contains("/ld-"));
    let loader = loader.unwrap().file_name().unwrap().to_owned();
    let lib = format!("{LIBRARIES}/lib");
    let mut patch = Command::new("patchelf");
    patch.arg("--set-interpreter").arg(Path::new(&lib).join(loader));
    let done = patch.args(["--set-rpath", &lib]).arg(&copy).status().unwrap();
    assert!(done.success(), "{} cannot be patched", program.display());
    copy
}
