//! The strict YAML loader: what it accepts, every YAML reader reads the same way.
//!
//! ```text
//! bytes ──scan──> text without traps ──flood──> not too much ──quick──────────────────┬──> Tree
//!                                                                └─ gives up ─> build ─┘
//! ```
//!
//! `build` reads the events of a YAML parser and is the judge of every text; `quick` reads what is
//! written plainly, which is nearly all that is ever signed, in a tenth of the time. `flood` refuses
//! what has too many values or too long a text before either begins.
//!
//! Far smaller than YAML: one document, a map at its top, no anchors, aliases, tags, merge keys,
//! directives, null, tabs or folded lines; plain scalars only where YAML 1.1 and 1.2 agree.

mod build;
mod flood;
mod plain;
mod quick;
mod scalar;
mod scan;

use arch_identity::canonical::Json;
use arch_problem::{Problem, Span};
use quick::Plain;

pub use crate::tree::{Field, Found, Node, Value, escape};

/// How deep lists and maps may stand in each other.
pub(crate) const DEPTH: usize = 16;
/// Keys, values, lists and maps in all.
pub(crate) const NODES: usize = 10_000;
/// Bytes of one text.
pub(crate) const SCALAR: usize = 65_536;
/// Keys of one map.
pub(crate) const FIELDS: usize = 512;

/// A YAML document with a place for each key and value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tree {
    root: Node,
}

impl Tree {
    /// The map at the top.
    #[must_use]
    pub fn root(&self) -> &Node {
        &self.root
    }

    /// The map at the top, to keep.
    #[must_use]
    pub fn into_root(self) -> Node {
        self.root
    }

    /// The content without the places.
    #[must_use]
    pub fn json(&self) -> Json {
        self.root.json()
    }

    /// Where the value at a JSON pointer stands; `None` if there is none.
    #[must_use]
    pub fn span(&self, pointer: &str) -> Option<Span> {
        let found = self.root.find(pointer);
        found.exact.then_some(found.node.span)
    }

    /// Where the key of the value at a JSON pointer stands; `None` if there is none.
    #[must_use]
    pub fn key_span(&self, pointer: &str) -> Option<Span> {
        let found = self.root.find(pointer);
        found.key.filter(|_| found.exact)
    }
}

/// Reads a file's bytes. `file` is its name in messages.
///
/// # Errors
/// The first [`Problem`]: a code `ARCH-D1xx`, its line and column, and what to write instead. Too
/// much of anything comes before whatever else is wrong.
pub fn load(file: &str, bytes: &[u8]) -> Result<Tree, Box<Problem>> {
    let read = scan::check(bytes).and_then(|text| {
        flood::check(text)?;
        match quick::read(text) {
            Some(Plain::Document(root)) => Ok(root),
            Some(Plain::Nothing(end)) => Err(build::empty(end)),
            None => build::document(text),
        }
    });
    read.map(|root| Tree { root }).map_err(|flaw| flaw.tell(file))
}

/// The two readers of [`load`], each alone, for tests that hold them beside each other: what the
/// quick one takes, the parser takes with an equal tree.
pub mod apart {
    use super::{Plain, Problem, Tree, build, flood, quick, scan};

    /// The quick reader's tree; `None` where [`load`](super::load) asks the parser.
    #[must_use]
    pub fn quickly(bytes: &[u8]) -> Option<Tree> {
        match quick::read(scan::check(bytes).ok()?)? {
            Plain::Document(root) => Some(Tree { root }),
            Plain::Nothing(_) => None,
        }
    }

    /// How many keys, values, lists and maps are counted before anything is read, with `values` and
    /// `bytes` of one text for limits; `None` where the count gives up.
    ///
    /// # Errors
    /// The limit that is crossed.
    pub fn counted(
        bytes: &[u8],
        values: usize,
        text: usize,
    ) -> Result<Option<usize>, Box<Problem>> {
        let limits = flood::Limits { values, bytes: text };
        let counted = scan::check(bytes).and_then(|text| flood::count(text, limits));
        counted.map_err(|flaw| flaw.tell("f.yaml"))
    }

    /// What the parser alone says.
    ///
    /// # Errors
    /// The first [`Problem`], as of [`load`](super::load).
    pub fn by_parser(file: &str, bytes: &[u8]) -> Result<Tree, Box<Problem>> {
        let read = scan::check(bytes).and_then(build::document);
        read.map(|root| Tree { root }).map_err(|flaw| flaw.tell(file))
    }
}
