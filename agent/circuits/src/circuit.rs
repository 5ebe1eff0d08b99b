//! The circuits there are, by name.

use std::sync::OnceLock;

use ark_bn254::Fr;
use ark_ff::Zero as _;

use crate::{
    builder::{Numbers, Rows},
    fold::{self, FoldStatement, Output},
    system::System,
    tile::{self, TileShape, TileStatement, TileStep},
};

/// A circuit that proofs can be about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Circuit {
    /// One step of a product: 16 × 16 × 128, numbers of 8 bits.
    Tile,
    /// The same over a depth of 256.
    TileDeep,
    /// 16 × 16 × 128, numbers of 16 bits.
    TileWide,
    /// The whole output is had.
    Fold,
}

/// The numbers of all cells, for a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    circuit: Circuit,
    numbers: Vec<Fr>,
}

impl Circuit {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Tile, Self::TileDeep, Self::TileWide, Self::Fold];

    /// Its name in manifests, policies and proofs.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Tile => "arch-tile-fma-v1",
            Self::TileDeep => "arch-tile-fma-v1-k256",
            Self::TileWide => "arch-tile-fma-v1-i16",
            Self::Fold => "arch-fold-v3",
        }
    }

    /// The circuit of this name.
    #[must_use]
    pub fn of_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|circuit| circuit.id() == id)
    }

    /// What a proof says.
    #[must_use]
    pub fn about(self) -> &'static str {
        match self {
            Self::Tile | Self::TileDeep | Self::TileWide => {
                "the tile of sums with digest hCout is the one with hCin plus the product of hA and hB"
            }
            Self::Fold => {
                "the prover has all outputLen words whose digest for this task and seed it is"
            }
        }
    }

    /// The sizes of a step, where it proves one.
    #[must_use]
    pub fn tile_shape(self) -> Option<TileShape> {
        match self {
            Self::Tile => Some(TileShape::I8_128),
            Self::TileDeep => Some(TileShape::I8_256),
            Self::TileWide => Some(TileShape::I16_128),
            Self::Fold => None,
        }
    }

    /// What its public numbers are, in order.
    #[must_use]
    pub fn public_names(self) -> &'static [&'static str] {
        match self {
            Self::Tile | Self::TileDeep | Self::TileWide => &["ctx", "hA", "hB", "hCin", "hCout"],
            Self::Fold => &["taskId", "seed", "outputLen", "resultDigest"],
        }
    }

    /// Its rows, laid down once a process.
    #[must_use]
    pub fn system(self) -> &'static System {
        static SYSTEMS: [OnceLock<System>; 4] = [const { OnceLock::new() }; 4];
        let place = Self::ALL.iter().position(|circuit| *circuit == self).unwrap_or(0);
        let [first, ..] = &SYSTEMS;
        SYSTEMS.get(place).unwrap_or(first).get_or_init(|| match self.tile_shape() {
            Some(shape) => tile_system(shape),
            None => {
                let statement = FoldStatement {
                    task: Fr::zero(),
                    seed: Fr::zero(),
                    length: Fr::zero(),
                    digest: Fr::zero(),
                };
                let mut rows = Rows::new();
                fold::lay(&mut rows, &statement, &Output::default());
                rows.finish()
            }
        })
    }
}

/// The rows of a step of any shape.
#[must_use]
pub fn tile_system(shape: TileShape) -> System {
    let zero = Fr::zero();
    let statement = TileStatement { context: zero, a: zero, b: zero, before: zero, after: zero };
    let mut rows = Rows::new();
    tile::lay(&mut rows, &statement, &TileStep::zero(shape));
    rows.finish()
}

/// The numbers of the cells of a step of any shape; whether they satisfy the rows is not said.
#[must_use]
pub fn tile_numbers(statement: &TileStatement, step: &TileStep) -> Vec<Fr> {
    let mut numbers = Numbers::new();
    tile::lay(&mut numbers, statement, step);
    numbers.finish()
}

impl Assignment {
    /// For a step and what was stated about it by others. None if the step is of a shape that no
    /// circuit has.
    #[must_use]
    pub fn of_tile(statement: &TileStatement, step: &TileStep) -> Option<Self> {
        let circuit = Circuit::ALL.into_iter().find(|c| c.tile_shape() == Some(step.shape()))?;
        Some(Self { circuit, numbers: tile_numbers(statement, step) })
    }

    /// For an output and what was stated about it by others.
    #[must_use]
    pub fn of_output(statement: &FoldStatement, output: &Output) -> Self {
        let mut numbers = Numbers::new();
        fold::lay(&mut numbers, statement, output);
        Self { circuit: Circuit::Fold, numbers: numbers.finish() }
    }

    /// The circuit that it is for.
    #[must_use]
    pub fn circuit(&self) -> Circuit {
        self.circuit
    }

    /// All numbers: the one, the public ones, the others.
    #[must_use]
    pub fn numbers(&self) -> &[Fr] {
        &self.numbers
    }

    /// The public numbers.
    #[must_use]
    pub fn publics(&self) -> &[Fr] {
        let publics = self.circuit.public_names().len();
        self.numbers.get(1..).and_then(|numbers| numbers.get(..publics)).unwrap_or_default()
    }
}
