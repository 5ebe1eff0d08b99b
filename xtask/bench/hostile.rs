//! Bad documents, the same in every run: the loader's vectors, a signed job bent everywhere, and
//! files of 256 KiB full of one thing.

use std::{fs, path::Path};

/// The vectors that break a rule of the loader, one file a rule.
pub(crate) fn vectors() -> Result<Vec<Vec<u8>>, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors/document");
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(|error| error.to_string())? {
        paths.push(entry.map_err(|error| error.to_string())?.path());
    }
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "yaml"));
    paths.sort();
    paths.iter().map(|path| fs::read(path).map_err(|error| error.to_string())).collect()
}

/// The text with one bit flipped, at each byte another one; and cut off behind each byte.
pub(crate) fn bent(text: &str) -> Vec<Vec<u8>> {
    let bytes = text.as_bytes();
    let flipped = |at: usize| {
        let mut bytes = bytes.to_vec();
        if let Some(byte) = bytes.get_mut(at) {
            *byte ^= 1 << (at % 8);
        }
        bytes
    };
    let cut = |at: usize| bytes.get(..at).unwrap_or_default().to_vec();
    (0..bytes.len()).flat_map(|at| [flipped(at), cut(at)]).collect()
}

/// Files as long as any that is read.
pub(crate) fn floods(signed: &str) -> impl Iterator<Item = Vec<u8>> {
    let floods = arch_campaign::floods().map(|(_, text)| text);
    floods.chain([many_signatures(signed)]).map(String::into_bytes)
}

/// The signed job with its signatures over and over.
fn many_signatures(signed: &str) -> String {
    let (head, entries) = signed.split_once("signatures:\n").unwrap_or((signed, ""));
    arch_campaign::filled(&format!("{head}signatures:\n"), entries)
}
