//! Matrices in files that are memory, and what the definition says of them.

use std::io;
use std::ops::ControlFlow;
use std::sync::Mutex;

use arch_kernels::Backend;
use arch_kernels::stream::{Operand, ReadAt, StreamError, Tiles, Work, WriteAt, multiply};
use arch_matrix::file::{Dtype, Stored};
use arch_matrix::prepare::{Quantised, quantise};
use arch_matrix::{
    Carrier, CarrierKind, Element, Format, Grid, Matrix, Part, Plan, Region, Scale, Shape, Splits,
    product,
};
use proptest::prelude::*;

/// A file that is memory; it grows to `most` bytes and no further.
#[derive(Debug)]
pub(crate) struct Bytes {
    pub(crate) held: Mutex<Vec<u8>>,
    pub(crate) most: u64,
}

impl Bytes {
    pub(crate) fn new(held: Vec<u8>) -> Self {
        Self { held: Mutex::new(held), most: u64::MAX }
    }

    pub(crate) fn held(&self) -> Vec<u8> {
        self.held.lock().unwrap().clone()
    }
}

impl ReadAt for Bytes {
    fn read_at(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.held.lock().unwrap().as_slice().read_at(offset, out)
    }
}

impl WriteAt for Bytes {
    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        let end = offset + bytes.len() as u64;
        if end > self.most {
            return Err(io::ErrorKind::StorageFull.into());
        }
        let (start, end) = (offset as usize, end as usize);
        let mut held = self.held.lock().unwrap();
        let length = held.len().max(end);
        held.resize(length, 0);
        held[start..end].copy_from_slice(bytes);
        Ok(())
    }
}

/// Where the numbers begin in the files of A and B.
pub(crate) const BEFORE: u64 = 11;

/// A product in files.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) format: Format,
    pub(crate) grid: Grid,
    pub(crate) a: Operand<Bytes>,
    pub(crate) b: Operand<Bytes>,
    /// All of C as the definition has it, in bytes.
    c: Vec<u8>,
    parts: Vec<Part>,
    a_bytes: Vec<u8>,
    b_bytes: Vec<u8>,
}

pub(crate) fn noise(count: usize, seed: u64) -> impl Iterator<Item = u64> {
    let mut state = seed | 1;
    let one = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state >> 11
    };
    std::iter::repeat_with(one).take(count)
}

/// Numbers of the type that the format takes, as bytes.
fn numbers(format: Format, count: usize, seed: u64) -> Vec<u8> {
    let mut bytes = vec![9; BEFORE as usize];
    for number in noise(count, seed) {
        match format {
            Format::I8 => bytes.push(number as u8),
            Format::I16 => bytes.extend((number as i16).to_le_bytes()),
            _ => bytes.extend(((number as i16) as f32 / 999.0).to_le_bytes()),
        }
    }
    bytes
}

fn dtype(format: Format) -> Dtype {
    match format {
        Format::I8 => Dtype::I8,
        Format::I16 => Dtype::I16,
        _ => Dtype::F32,
    }
}

fn stored(format: Format, rows: u32, columns: u32) -> Stored {
    Stored { dtype: dtype(format), rows: rows.into(), columns: columns.into(), offset: BEFORE }
}

pub(crate) fn a(format: Format, rows: u32, columns: u32, bytes: Vec<u8>) -> Operand<Bytes> {
    Operand::a(Bytes::new(bytes), stored(format, rows, columns), format).unwrap()
}

pub(crate) fn b(format: Format, rows: u32, columns: u32, bytes: Vec<u8>) -> Operand<Bytes> {
    Operand::b(Bytes::new(bytes), stored(format, rows, columns), format).unwrap()
}

/// What the definition makes of a factor.
fn matrix<T: Quantised>(
    scale: Option<Scale>,
    (rows, columns): (u32, u32),
    bytes: &[u8],
) -> Matrix<T> {
    let bytes = &bytes[BEFORE as usize..];
    let values = match scale {
        None => T::read(bytes).collect(),
        Some(scale) => quantise(&f32::read(bytes).collect::<Vec<_>>(), scale).unwrap(),
    };
    Matrix::new(rows, columns, values).unwrap()
}

pub(crate) fn written<S: Element>(values: &Matrix<S>) -> Vec<u8> {
    let mut bytes = vec![0; values.values().len() * S::BYTES];
    S::write(values.values(), &mut bytes);
    bytes
}

impl World {
    pub(crate) fn new(
        format: Format,
        (m, k, n): (u32, u32, u32),
        splits: Splits,
        seed: u64,
    ) -> Self {
        let shape = Shape::new(m.into(), k.into(), n.into()).unwrap();
        let grid = Grid::new(shape, splits).unwrap();
        let a_bytes = numbers(format, (m * k) as usize, seed);
        let b_bytes = numbers(format, (k * n) as usize, !seed);
        let (a, b) = (a(format, m, k, a_bytes.clone()), b(format, k, n, b_bytes.clone()));
        let mut world = Self { format, grid, a, b, c: vec![], parts: vec![], a_bytes, b_bytes };
        world.c = world.right(&Region::whole(shape));
        world.parts = (0..splits.rows).map(|index| Part::Row { index }).collect();
        world.parts.extend((0..splits.columns).map(|index| Part::Column { index }));
        world.parts.extend((0..splits.depth).map(|index| Part::Reduction { index }));
        world.parts.extend(grid.blocks().map(|block| Part::Rest { block }));
        world
    }

    /// What the definition gives, as it stands in a part's file.
    pub(crate) fn right(&self, region: &Region) -> Vec<u8> {
        match self.format.carrier() {
            CarrierKind::I8 => written(&self.product::<i8>(region)),
            CarrierKind::I16 => written(&self.product::<i16>(region)),
            CarrierKind::F32 => panic!("no such world"),
        }
    }

    pub(crate) fn product<T: Carrier + Quantised>(&self, region: &Region) -> Matrix<T::Sum> {
        let shape = self.grid.shape();
        let scales = self.format.scales();
        let left = (shape.rows(), shape.depth());
        let right = (shape.depth(), shape.columns());
        let a = matrix::<T>(scales.map(|of| of.a), left, &self.a_bytes);
        let b = matrix::<T>(scales.map(|of| of.b), right, &self.b_bytes);
        product(&a, &b, region)
    }

    pub(crate) fn c(&self) -> &[u8] {
        &self.c
    }

    pub(crate) fn parts(&self) -> &[Part] {
        &self.parts
    }

    pub(crate) fn work(&self, part: Part, memory: u64, threads: usize) -> Work<'_, Bytes, Bytes> {
        let Self { a, b, grid, .. } = self;
        Work { a, b, grid, part, memory, backend: Backend::best(), threads }
    }

    /// The least memory that a part can be computed in.
    pub(crate) fn least(&self, part: Part) -> u64 {
        match Tiles::new(&self.grid, part, self.format, 0) {
            Err(StreamError::TooLittleMemory { need, have: 0 }) => need,
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn region(&self, part: Part) -> Region {
        part.region(&self.grid).unwrap()
    }

    /// The part's file, computed in that memory.
    pub(crate) fn computed(&self, part: Part, memory: u64, threads: usize) -> Bytes {
        let out = Bytes::new(vec![]);
        let mut told = Vec::new();
        multiply(&self.work(part, memory, threads), 0, &out, |tile| {
            told.push(tile);
            ControlFlow::Continue(())
        })
        .unwrap();
        let tiles = Tiles::new(&self.grid, part, self.format, memory).unwrap();
        assert_eq!(told, (0..tiles.len()).collect::<Vec<_>>());
        out
    }
}

/// One and two scales, of both widths.
const FORMATS: [&str; 6] = ["i8", "i16", "q3", "q2*q5", "q7/i16", "q9*q-1/i16"];

pub(crate) fn formats() -> impl Strategy<Value = Format> {
    prop::sample::select(FORMATS.to_vec()).prop_map(|text| text.parse().unwrap())
}

/// Sides around leaves and odd ones, cut in every way.
pub(crate) fn worlds() -> impl Strategy<Value = World> {
    let near = prop::sample::select(vec![1_u32, 2, 63, 64, 65, 127, 129, 191, 200]);
    let side = prop_oneof![near, 1_u32..260];
    let depth = prop_oneof![1_u32..150, prop::sample::select(vec![63_u32, 64, 65, 129, 300])];
    (formats(), (side.clone(), depth, side), prop::array::uniform3(1_u32..4), any::<u64>())
        .prop_map(|(format, (m, k, n), [p, q, r], seed)| {
            let splits = Splits { rows: p.min(m), columns: q.min(n), depth: r.min(k) };
            World::new(format, (m, k, n), splits, seed)
        })
}

/// A plan of three nodes over a world that was cut evenly.
pub(crate) fn plan(world: &World, seed: u8) -> Plan {
    let splits = Some(world.grid.splits());
    let order = arch_matrix::plan::Order {
        shape: world.grid.shape(),
        nodes: 3,
        splits,
        mirrors: false,
        seed: [seed; 32],
    };
    Plan::new(&order).unwrap()
}
