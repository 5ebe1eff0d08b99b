//! Looks through the sources of one package.

use std::fs::{self, File};
use std::io::{self, Read};

use crate::counts::Counts;
use crate::lock::Locked;
use crate::manifest;
use crate::scan;
use crate::walk;

/// Larger files are counted as left out; the largest real one seen is under 2 MiB.
const FILE_MAX: usize = 16 << 20;

/// Folders of a package that are no part of what is built for those who depend on it.
const APART: [&str; 4] = ["tests", "benches", "examples", "fuzz"];

/// What was found of one package.
#[derive(Debug)]
pub struct Package {
    pub locked: Locked,
    pub licence: String,
    pub build_script: bool,
    pub proc_macro: bool,
    pub links: Option<String>,
    pub counts: Counts,
    /// Rust files in tests, benches, examples and fuzz folders: not read.
    pub apart: u64,
    /// Links, files too large, files and folders that could not be read.
    pub left_out: u64,
}

/// Reads the package's folder, or gives `None` when it is not there. `buffer` is used again for
/// every file.
pub fn package(sources: &str, locked: &Locked, buffer: &mut Buffer) -> Option<Package> {
    let folder = format!("{}/{}-{}", sources, locked.name, locked.version);
    let text = fs::read(format!("{folder}/Cargo.toml")).ok()?;
    let manifest = manifest::read(&String::from_utf8_lossy(&text));
    let mut counts = Counts::default();
    let (mut apart, mut left_out, mut script) = (0, 0, false);
    let passed = walk::files(&folder, &|path| !path.starts_with('.'), &mut |path| {
        if !path.ends_with(".rs") {
            return;
        }
        script |= path == "build.rs";
        if is_apart(path) {
            apart += 1;
        } else if buffer.load(&format!("{folder}/{path}")).is_ok() {
            counts.add(&scan::scan(buffer.bytes()));
        } else {
            left_out += 1;
        }
    });
    Some(Package {
        locked: locked.clone(),
        licence: manifest.licence(),
        build_script: manifest.build.unwrap_or(script),
        proc_macro: manifest.proc_macro,
        links: manifest.links,
        counts,
        apart,
        left_out: left_out + passed.special + passed.unreadable,
    })
}

fn is_apart(path: &str) -> bool {
    path.split_once('/').map_or(false, |(first, _)| APART.contains(&first))
}

/// A file's bytes. Read again and again into the same room, which is cleared once: clearing it for
/// each file would cost more than looking through all of them.
#[derive(Debug)]
pub struct Buffer {
    room: Vec<u8>,
    filled: usize,
}

impl Buffer {
    pub fn new() -> Self {
        Self { room: vec![0; 64 << 10], filled: 0 }
    }

    pub fn bytes(&self) -> &[u8] {
        &self.room[..self.filled]
    }

    /// Holds the file then, unless it is too large or cannot be read.
    fn load(&mut self, path: &str) -> io::Result<()> {
        let mut file = File::open(path)?;
        self.filled = 0;
        loop {
            if self.filled == self.room.len() {
                if self.filled >= FILE_MAX {
                    return Err(io::ErrorKind::Other.into());
                }
                self.room.resize(self.filled * 2, 0);
            }
            match file.read(&mut self.room[self.filled..])? {
                0 => return Ok(()),
                length => self.filled += length,
            }
        }
    }
}
