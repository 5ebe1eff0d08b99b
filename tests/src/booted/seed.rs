//! What a guest has that this machine does not: files that are copied in, programs that are bound.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use crate::{World, checkout, process, program};

/// Names a folder with another system than this machine's, such as a newer Debian.
const ROOT: &str = "ARCH_GUEST_ROOT";

/// What starts the side of the test in the guest.
const SERVICE: &str = "[Unit]\nDescription=Runs what the test asks for\nAfter=basic.target\n\
    [Service]\nExecStart=/usr/bin/arch-booted inside /out/inside.sock\n";

/// What is booted: no more than what sockets and services stand on.
const TARGET: &str = "[Unit]\nDescription=A guest of the tests\nRequires=basic.target booted.service\n\
    After=basic.target\nAllowIsolate=yes\n";

/// The files of a guest.
#[derive(Debug, Default)]
pub struct Seed {
    files: Vec<(String, Vec<u8>)>,
    /// On this machine, and where the guest has it.
    bound: Vec<(PathBuf, String)>,
}

impl Seed {
    /// Nothing but this machine.
    #[must_use]
    pub fn bare() -> Self {
        Self::default()
            .file("/usr/lib/systemd/system/booted.service", SERVICE)
            .file("/usr/lib/systemd/system/booted.target", TARGET)
    }

    /// The units as they are shipped, and our programs, as a package would install them.
    ///
    /// # Panics
    /// When dist/systemd cannot be read, or the programs do not build.
    #[must_use]
    pub fn installed() -> Self {
        let folder = checkout().join("dist/systemd");
        let catalogue = checkout().join("dist/journal/arch.catalog");
        let mut seed = Self::bare().file(
            "/usr/lib/systemd/catalog/arch.catalog",
            fs::read(catalogue).expect("the catalogue is there"),
        );
        for entry in fs::read_dir(&folder).expect("dist/systemd is there").flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let place = match name.as_str() {
                "sysusers.conf" => "/usr/lib/sysusers.d/arch.conf".to_owned(),
                "tmpfiles.conf" => "/usr/lib/tmpfiles.d/arch.conf".to_owned(),
                _ if entry.path().is_file() => format!("/usr/lib/systemd/system/{name}"),
                _ => continue,
            };
            seed = seed.file(&place, fs::read(entry.path()).expect("a file of dist/systemd"));
        }
        let settings = checkout().join("dist/node.d");
        for path in process::files(&settings) {
            let below = path.strip_prefix(&settings).expect("found below it").display();
            let bytes = fs::read(&path).expect("a file of dist/node.d");
            seed = seed.file(&format!("/etc/arch/node.d/{below}"), bytes);
        }
        let programs = ["arch-node-agent", "arch-executor", "arch-prover", "archctl"];
        programs
            .into_iter()
            .fold(seed, |seed, name| seed.bind(&program(name), &format!("/usr/bin/{name}")))
    }

    /// Configured like this world: its signed documents and settings are those of the guest's node.
    ///
    /// # Panics
    /// When the world's files cannot be read.
    #[must_use]
    pub fn configured(self, world: &World) -> Self {
        let from = world.path("config");
        process::files(&from).iter().fold(self, |seed, path| {
            let below = path.strip_prefix(&from).expect("found below it");
            let bytes = fs::read(path).expect("a file of the world");
            seed.file(&format!("/etc/arch/{}", below.display()), bytes)
        })
    }

    /// With a file.
    #[must_use]
    pub fn file(mut self, place: &str, bytes: impl AsRef<[u8]>) -> Self {
        self.files.push((place.to_owned(), bytes.as_ref().to_vec()));
        self
    }

    /// With a program of this machine, read-only; instead of another that was to have this place.
    #[must_use]
    pub fn bind(mut self, program: &Path, place: &str) -> Self {
        self.bound.retain(|(_, taken)| taken != place);
        self.bound.push((program.to_owned(), place.to_owned()));
        self
    }

    /// Lays it down where the guard finds it.
    pub(super) fn write(&self, folder: &Path, booted: &Path) {
        fs::create_dir_all(folder.join("out")).expect("a new folder");
        for (place, bytes) in &self.files {
            let path = folder.join("seed").join(place.trim_start_matches('/'));
            let above = path.parent().expect("a file has a folder");
            fs::create_dir_all(above).expect("a new folder");
            fs::write(path, bytes).expect("a new file");
        }
        let below = env::var_os(ROOT).map_or_else(|| "/".into(), PathBuf::from);
        fs::write(folder.join("below"), below.as_os_str().as_encoded_bytes()).expect("a new file");
        let own = (booted.to_owned(), "/usr/bin/arch-booted".to_owned());
        let bound = self.bound.iter().chain(std::iter::once(&own));
        let lines = bound.map(|(from, to)| format!("{}:{to}\n", from.display()));
        fs::write(folder.join("bound"), lines.collect::<String>()).expect("a new file");
    }
}
