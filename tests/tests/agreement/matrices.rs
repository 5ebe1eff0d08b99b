//! NumPy computes the same products and reads what we write; we read what it and safetensors write; the
//! official BLAKE3 comes to the same commitment.

use std::fs;
use std::path::Path;
use std::process::Stdio;

use arch_kernels::{Backend, Multiplier};
use arch_matrix::commit::Commitment;
use arch_matrix::file::{Dtype, FileError, Stored, npy, safetensors};
use arch_matrix::{Element, Format, Grid, Matrix, Part, Region, Shape, Splits};
use arch_tests::referee;
use serde_json::Value;

fn noise(rows: u32, columns: u32, seed: u32) -> Matrix<i8> {
    let noise = |n: u32| n.wrapping_mul(2_654_435_761).rotate_left(13).wrapping_mul(seed) >> 7;
    Matrix::new(rows, columns, (0..rows * columns).map(|n| noise(n) as i8).collect()).unwrap()
}

fn save<T: Element>(path: &Path, dtype: Dtype, matrix: &Matrix<T>) {
    let mut bytes = npy::header(dtype, matrix.rows(), matrix.columns());
    let header = bytes.len();
    bytes.resize(header + matrix.values().len() * T::BYTES, 0);
    T::write(matrix.values(), &mut bytes[header..]);
    fs::write(path, bytes).unwrap();
}

/// The numbers that a header says are there.
fn numbers(bytes: &[u8], stored: &Stored) -> Vec<f64> {
    assert_eq!((stored.rows, stored.columns), (5, 7));
    let (from, length) = (stored.offset as usize, stored.length().unwrap() as usize);
    let bytes = &bytes[from..from + length];
    match stored.dtype {
        Dtype::I8 => <i8 as Element>::read(bytes).map(f64::from).collect(),
        Dtype::I16 => <i16 as Element>::read(bytes).map(f64::from).collect(),
        Dtype::I32 => <i32 as Element>::read(bytes).map(f64::from).collect(),
        Dtype::I64 => <i64 as Element>::read(bytes).map(|number| number as f64).collect(),
        Dtype::F32 => <f32 as Element>::read(bytes).map(f64::from).collect(),
    }
}

fn read(path: &Path) -> (Vec<u8>, Result<Stored, FileError>) {
    let bytes = fs::read(path).unwrap();
    let stored = npy::read(&bytes, bytes.len() as u64);
    (bytes, stored)
}

#[test]
fn numpy_and_blake3_come_to_our_products_files_and_commitments() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let (a, b) = (noise(211, 1_037, 97), noise(1_037, 173, 89));
    let shape = Shape::new(211, 1_037, 173).unwrap();
    let c = Multiplier::new(Backend::best(), 2).product(&a, &b, &Region::whole(shape));
    save(&at("a.npy"), Dtype::I8, &a);
    save(&at("b.npy"), Dtype::I8, &b);
    save(&at("c.npy"), Dtype::I32, &c);
    let script = referee::python("tests/referees/check_matrices.py", "numpy, blake3, safetensors");
    let Some(mut python) = script else { return };
    let output = python.arg(folder.path()).stderr(Stdio::inherit()).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let said: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(said["product"], true);

    let (grid, part) = (Grid::new(shape, Splits::even(3)).unwrap(), Part::Row { index: 1 });
    let rows = part.region(&grid).unwrap().rows;
    let commitment = Commitment::of(Format::I8, grid, part, &c.piece(&rows, &(0..173))).unwrap();
    let theirs = format!("blake3:{}", said["commitment"].as_str().unwrap());
    assert_eq!(commitment.digest().to_string(), theirs);

    let tensors = fs::read(at("theirs.safetensors")).unwrap();
    let length = tensors.len() as u64;
    let header = safetensors::header_length(&tensors, length).unwrap() as usize;
    let header = &tensors[8..8 + header];
    for (name, values) in said["values"].as_object().unwrap() {
        let values: Vec<f64> = serde_json::from_value(values.clone()).unwrap();
        let (bytes, stored) = read(&at(&format!("{name}.npy")));
        assert_eq!(numbers(&bytes, &stored.unwrap()), values, "{name}.npy");
        let stored = safetensors::find(header, length, name).unwrap();
        assert_eq!(numbers(&tensors, &stored), values, "{name} of safetensors");
    }
    let (bytes, stored) = read(&at("version2.npy"));
    let int16: Vec<f64> = serde_json::from_value(said["values"]["int16"].clone()).unwrap();
    assert_eq!(numbers(&bytes, &stored.unwrap()), int16);
    assert_eq!(read(&at("by-columns.npy")).1, Err(FileError::ColumnMajor));
    assert_eq!(read(&at("unsigned.npy")).1, Err(FileError::Dtype("|u1".to_owned())));
}
