//! Makes integers of a matrix of floats, so that every machine multiplies the same: what is not
//! finite is replaced or refused, then clamp, average, quantise, pack.
//!
//! ```text
//! /in/NAME (.npy, float32) ──> alloc_bytes ──> prepare ──> /out/NAME (.npy, int8 or int16)
//! ```
//!
//! Whoever embeds the module without WASI calls the functions that `abi.rs` exports, and copies what it
//! wants prepared to the address that `alloc_bytes` gave. What each step means is written down in
//! docs/NUMERICS.md. A run that refuses says why in one line, ends with code 1 (2 if the arguments
//! make no sense), and writes nothing.

mod abi;
mod ask;
mod memory;
mod npy;
mod recipe;
mod steps;

use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom};
use std::process::ExitCode;

use ask::Ask;
use memory::Memory;

#[cfg(target_os = "wasi")]
extern "C" {
    fn __wasm_call_ctors();
}

/// Finds the folders that the host opened for us.
fn start() {
    // WHY: the linker puts this call before every export of a command, so that no function could be
    // called without WASI; unless the program makes the call itself.
    // SAFETY: made by the linker, takes nothing, and is called once, before any file is opened.
    #[cfg(target_os = "wasi")]
    unsafe {
        __wasm_call_ctors();
    }
}

fn main() -> ExitCode {
    start();
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let ask = match Ask::parse(&arguments) {
        Ok(ask) => ask,
        Err(why) => return refused(2, &why),
    };
    match run(&ask) {
        Ok(summary) => {
            println!("{}", summary);
            ExitCode::SUCCESS
        }
        Err(why) => refused(1, &format!("{}: {}", ask.name, why)),
    }
}

fn refused(code: u8, why: &str) -> ExitCode {
    // One line, whatever a file or an argument brought into it.
    eprintln!("prepare: {}", why.escape_debug());
    ExitCode::from(code)
}

fn run(ask: &Ask) -> Result<String, String> {
    let open = |error: std::io::Error| error.to_string();
    let mut file = File::open(format!("/in/{}", ask.name)).map_err(open)?;
    let length = file.metadata().map_err(open)?.len();
    let mut begin = Vec::new();
    Read::by_ref(&mut file).take(npy::ENOUGH).read_to_end(&mut begin).map_err(open)?;
    let stored = npy::read(&begin, length)?;
    file.seek(SeekFrom::Start(stored.offset)).map_err(open)?;

    let mut memory = Memory::new();
    let size = stored.rows * stored.columns * 4;
    let room = usize::try_from(size).ok().and_then(|size| memory.alloc(size));
    let at = room.ok_or_else(|| {
        format!("the matrix has {} bytes and there is room for {}", size, memory::MOST)
    })?;
    let bytes = memory.at(at).ok_or("no memory")?;
    file.read_exact(bytes).map_err(open)?;
    let columns = usize::try_from(stored.columns).map_err(|error| error.to_string())?;
    let (packed, counts) =
        steps::prepare(bytes, columns, &ask.recipe).map_err(|why| why.to_string())?;

    let mut out = npy::header(ask.recipe.carrier(), stored.rows, stored.columns);
    out.extend_from_slice(&bytes[..packed]);
    fs::write(format!("/out/{}", ask.name), out).map_err(open)?;
    Ok(format!(
        "{}: {} rows, {} columns, {} replaced, {} clamped, {} saturated",
        ask.name, stored.rows, stored.columns, counts.replaced, counts.clamped, counts.saturated
    ))
}
