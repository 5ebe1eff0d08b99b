//! The part of a new job that says which product it wants.

use std::path::{Path, PathBuf};

use arch_document::{Fault, Job};
use arch_files::read;
use arch_identity::Digest;
use arch_matrix::{Plan, Splits};

use super::{LARGEST, quoted};
use crate::answer::Stop;
use crate::matrix_file::{self, Factor};

/// Options for an exact product.
#[derive(Debug, clap::Args)]
pub(super) struct Product {
    /// Instead of a module: the matrices A and B, each a .npy file, or a tensor of a safetensors file
    /// as FILE#TENSOR
    #[arg(
        long,
        num_args = 2,
        value_names = ["A", "B"],
        conflicts_with_all = ["image", "args", "grants", "inputs", "outputs"],
        requires = "numbers"
    )]
    matrix: Vec<String>,
    /// How numbers are held: `i8`, `i16`, or for floats `q7` and `q7/i16`, with the power of two;
    /// `q9*q5` has one for A and one for B
    #[arg(long = "format", value_name = "FORMAT", requires = "matrix")]
    numbers: Option<String>,
    /// How many executors share the product: 1, or a multiple of 3, of 6 with mirrors
    #[arg(long, value_name = "N", requires = "matrix", default_value_t = 1)]
    shards: u32,
    /// Give each shard a second one that does the same and stands in for it: twice the work
    #[arg(long, requires = "matrix")]
    mirrors: bool,
    /// Into how many parts rows, columns and depth are cut, such as `3,4,5`
    #[arg(long, value_name = "ROWS,COLUMNS,DEPTH", value_parser = splits, requires = "matrix")]
    splits: Option<Splits>,
}

/// A and B as they were found.
pub(super) struct Found<'a> {
    product: &'a Product,
    factors: [File<'a>; 2],
}

/// One file; both factors may be in the same.
struct File<'a> {
    input: &'static str,
    path: PathBuf,
    digest: Digest,
    tensor: Option<&'a str>,
}

impl Product {
    /// The files, if a product is asked for.
    pub(super) fn find(&self) -> Result<Option<Found<'_>>, Stop> {
        let [a, b] = self.matrix.as_slice() else { return Ok(None) };
        let a = File::find("a", a)?;
        let mut b = File::find("b", b)?;
        if a.path == b.path {
            b.input = a.input;
        }
        Ok(Some(Found { product: self, factors: [a, b] }))
    }
}

impl<'a> File<'a> {
    fn find(input: &'static str, given: &'a str) -> Result<Self, Stop> {
        let (file, tensor) = match given.split_once('#') {
            Some((file, tensor)) => (file, Some(tensor)),
            None => (given, None),
        };
        let path = super::real_path(file)?;
        let digest = Digest::of(&read(&path, LARGEST).map_err(Stop::file)?);
        Ok(Self { input, path, digest, tensor })
    }

    fn operand(&self) -> String {
        let tensor =
            self.tensor.map_or(String::new(), |name| format!(", tensor: {}", quoted(name)));
        format!("{{ input: {}{tensor} }}", quoted(self.input))
    }
}

impl Found<'_> {
    /// `runtime` and `matrix` of the document.
    pub(super) fn program(&self) -> String {
        let [a, b] = &self.factors;
        let format = self.product.numbers.as_deref().unwrap_or_default();
        let mut text = format!(
            "  runtime: matrix\n  matrix:\n    a: {}\n    b: {}\n    format: {}\n",
            a.operand(),
            b.operand(),
            quoted(format)
        );
        if self.product.shards != 1 {
            let shards = self.product.shards;
            text.push_str(&format!("    shards: {shards}  # executors that share it by a plan\n"));
        }
        if self.product.mirrors {
            text.push_str("    mirrors: true  # each shard has a second one that does the same\n");
        }
        if let Some(Splits { rows, columns, depth }) = self.product.splits {
            text.push_str(&format!(
                "    splits: {{ rows: {rows}, columns: {columns}, depth: {depth} }}\n"
            ));
        }
        text
    }

    pub(super) fn inputs(&self) -> Vec<(String, String)> {
        let [a, b] = &self.factors;
        let other = Some(b).filter(|b| b.input != a.input);
        let address =
            |file: &File<'_>| (file.input.to_owned(), super::address_of(&file.path, file.digest));
        [a].into_iter().chain(other).map(address).collect()
    }

    pub(super) fn outputs() -> Vec<(String, String)> {
        [("product", "npy"), ("commitments", "json"), ("audit", "json")]
            .map(|(name, ending)| (name.to_owned(), format!("archive:{name}.{ending}")))
            .into()
    }

    /// What the files say against the job, before it is written: a job that no agent could run is
    /// of no use, and its owner has the files at hand now.
    pub(super) fn check(&self, job: &Job, document: Digest) -> Result<(), Fault> {
        let Some(matrix) = job.spec.matrix() else { return Ok(()) };
        let [a, b] = Factor::both(matrix);
        let [file_a, file_b] = &self.factors;
        let (file_a, file_b) = (open(&file_a.path)?, open(&file_b.path)?);
        let (a, b) = (a.stored(&file_a, matrix.format)?, b.stored(&file_b, matrix.format)?);
        let shape = matrix_file::shape(&a, &b)?;
        matrix_file::proven(matrix, shape, [(&file_a, &a), (&file_b, &b)])?;
        match matrix.is_shared().then(|| Plan::new(&matrix.order(shape, document))) {
            Some(Err(error)) => Err(matrix_file::no_plan(matrix, error)),
            _ => Ok(()),
        }
    }
}

fn open(path: &Path) -> Result<std::fs::File, Fault> {
    arch_files::open_without_links(path)
        .map(|(file, _)| file)
        .map_err(|error| Fault::new("/spec/inputs", error.code(), error.to_string()))
}

/// Three numbers; whether they make sense is for the document to say.
fn splits(text: &str) -> Result<Splits, String> {
    let numbers: Result<Vec<u32>, _> = text.split(',').map(str::parse).collect();
    match numbers.as_deref() {
        Ok([rows, columns, depth]) => Ok(Splits { rows: *rows, columns: *columns, depth: *depth }),
        _ => Err("write three numbers, such as `3,4,5`".to_owned()),
    }
}
