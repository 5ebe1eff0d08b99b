//! Who signed, for what, and when.

mod counting;
mod curve;
mod kinds;
mod revoked;
mod roots;
mod rotation;
mod subsets;
mod time;
mod versions;

use crate::family::Family;

pub(crate) fn families() -> Vec<Family> {
    vec![
        Family { name: "unknown keys", draw: counting::strangers },
        Family { name: "one key, many entries", draw: counting::many_entries },
        Family { name: "one key as several", draw: counting::several },
        Family { name: "impossible thresholds", draw: roots::thresholds },
        Family { name: "wrong roles", draw: kinds::wrong_role },
        Family { name: "cross-kind", draw: kinds::cross_kind },
        Family { name: "algorithm confusion", draw: kinds::algorithms },
        Family { name: "odd curve points", draw: curve::points },
        Family { name: "outside its life", draw: time::lives },
        Family { name: "frozen", draw: time::frozen },
        Family { name: "clocks", draw: time::clocks },
        Family { name: "rollback", draw: versions::rollback },
        Family { name: "fast-forward", draw: versions::fast_forward },
        Family { name: "replay", draw: versions::replay },
        Family { name: "audience", draw: kinds::audience },
        Family { name: "revoked", draw: revoked::revoked },
        Family { name: "root rotation", draw: rotation::rotation },
        Family { name: "too few signers", draw: subsets::too_few },
    ]
}
