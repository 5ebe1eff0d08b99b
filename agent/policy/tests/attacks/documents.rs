//! How a document is written: two meanings, look-alikes, floods, and envelopes of other forms.

mod bulk;
mod envelopes;
mod letters;
mod numbers;
mod references;
mod traps;

use crate::family::Family;

pub(crate) fn families() -> Vec<Family> {
    vec![
        Family { name: "YAML traps", draw: traps::traps },
        Family { name: "numbers of two readings", draw: numbers::numbers },
        Family { name: "keys twice", draw: traps::twice },
        Family { name: "look-alike letters", draw: letters::letters },
        Family { name: "floods", draw: bulk::floods },
        Family { name: "signature floods", draw: bulk::signatures },
        Family { name: "envelope forms", draw: envelopes::forms },
        Family { name: "unpinned references", draw: references::unpinned },
    ]
}
