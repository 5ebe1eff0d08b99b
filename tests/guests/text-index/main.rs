//! Indexes a folder of text and answers a query over it.
//!
//! ```text
//! FOLDER (read grant; first argument)  ──┬──> /out/index.json   word -> [file, count, score]…
//! WORDS  (further arguments)           ──┘    standard output   score and path, the best first
//! ```
//!
//! Files are UTF-8 text of at most 8 MiB; others are listed as left out. Scores are BM25 in whole
//! numbers. Fuel: about 300 a byte of text.

mod index;
#[path = "../shared/json.rs"]
mod json;
mod score;
#[path = "../shared/walk.rs"]
mod walk;
mod words;

use std::fs::{self, File};
use std::io::Read;
use std::process::ExitCode;

use index::Index;
use score::ONE;

/// Larger files are left out.
const FILE_MAX: u64 = 8 << 20;
/// More files than this are left out.
const FILES_MAX: usize = 20_000;
/// Answers shown.
const ANSWERS: usize = 10;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("text-index: {why}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    let mut args = std::env::args().skip_while(|arg| !arg.starts_with('/'));
    let folder = args.next().ok_or("the folder is missing; give it as argument")?;
    let query: Vec<String> = args.collect();
    let mut index = Index::default();
    let mut left_out = Vec::new();
    let passed = walk::files(&folder, &|_| true, &mut |path| match load(&format!("{folder}/{path}"), index.files()) {
        Ok(text) => index.add(path, &text),
        Err(why) => left_out.push((path.to_owned(), why)),
    });
    eprintln!(
        "text-index: {} files, {} left out, {} links or devices, {} unreadable",
        index.files(), left_out.len(), passed.special, passed.unreadable,
    );
    if index.files() == 0 {
        return Err(format!("{folder}: holds no text"));
    }
    answer(&index, &query.join(" "));
    fs::write("/out/index.json", index.json(&left_out)).map_err(|error| format!("/out/index.json: {error}"))
}

fn load(path: &str, files: usize) -> Result<String, &'static str> {
    if files >= FILES_MAX {
        return Err("too many files");
    }
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(FILE_MAX + 1).read_to_end(&mut bytes));
    match read {
        Err(_) => Err("cannot be read"),
        Ok(length) if length as u64 > FILE_MAX => Err("too large"),
        Ok(_) if bytes.contains(&0) => Err("no text"),
        Ok(_) => String::from_utf8(bytes).map_err(|_| "not UTF-8"),
    }
}

fn answer(index: &Index, query: &str) {
    for (path, score) in index.ask(query).into_iter().take(ANSWERS) {
        println!("{:>6}.{:03}  {path}", score / ONE, score % ONE * 1_000 / ONE);
    }
}
