//! scratch
use std::io::{Read, Write};
fn main() {
    let mut all = Vec::new();
    std::io::stdin().read_to_end(&mut all).unwrap();
    let out = std::io::stdout();
    let mut out = std::io::BufWriter::new(out.lock());
    let timing = std::env::args().nth(1).is_some();
    for doc in all.split(|b| *b == 0) {
        let start = std::time::Instant::now();
        let r = arch_document::yaml::load("f", doc);
        let t = start.elapsed();
        if timing {
            write!(out, "{:?} ", t).unwrap();
        }
        match r {
            Ok(tree) => {
                out.write_all(&arch_identity::canonical::write(&tree.json()).unwrap()).unwrap();
            }
            Err(p) => write!(out, "!{}", p).unwrap(),
        }
        out.write_all(b"\n").unwrap();
    }
}
