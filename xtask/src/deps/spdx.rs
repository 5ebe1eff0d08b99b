//! SPDX licence expressions: `WITH` binds closest, then `AND`, then `OR` (SPDX 2.3 annex D).

/// Whether one may choose among what `expression` offers so that all is allowed. What cannot be
/// read is not allowed.
pub(super) fn is_met(expression: &str, allowed: &[&str]) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let tokens: Vec<&str> = spaced.split_whitespace().collect();
    let mut rest = tokens.as_slice();
    any_of(&mut rest, allowed, 0) == Some(true) && rest.is_empty()
}

/// Deeper nesting is no licence but an attack.
const DEPTH_MAX: usize = 16;

fn any_of(rest: &mut &[&str], allowed: &[&str], depth: usize) -> Option<bool> {
    let mut met = all_of(rest, allowed, depth)?;
    while take(rest, "OR") {
        met |= all_of(rest, allowed, depth)?;
    }
    Some(met)
}

fn all_of(rest: &mut &[&str], allowed: &[&str], depth: usize) -> Option<bool> {
    let mut met = one(rest, allowed, depth)?;
    while take(rest, "AND") {
        met &= one(rest, allowed, depth)?;
    }
    Some(met)
}

fn one(rest: &mut &[&str], allowed: &[&str], depth: usize) -> Option<bool> {
    if take(rest, "(") {
        let deeper = depth.checked_add(1).filter(|depth| *depth < DEPTH_MAX)?;
        let met = any_of(rest, allowed, deeper)?;
        return take(rest, ")").then_some(met);
    }
    let name = word(rest)?;
    let name =
        if take(rest, "WITH") { format!("{name} WITH {}", word(rest)?) } else { name.to_owned() };
    Some(allowed.contains(&name.as_str()))
}

fn take(rest: &mut &[&str], token: &str) -> bool {
    match rest.split_first() {
        Some((first, others)) if *first == token => {
            *rest = others;
            true
        }
        _ => false,
    }
}

fn word<'a>(rest: &mut &[&'a str]) -> Option<&'a str> {
    let (first, others) = rest.split_first()?;
    *rest = others;
    (!matches!(*first, "AND" | "OR" | "WITH" | "(" | ")")).then_some(*first)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALLOWED: [&str; 3] = ["MIT", "Apache-2.0", "Apache-2.0 WITH LLVM-exception"];

    #[test]
    fn one_allowed_way_is_enough_and_all_parts_of_it_count() {
        for good in [
            "MIT",
            "MIT OR GPL-3.0",
            "MIT/GPL-3.0",
            "(GPL-3.0 OR MIT) AND Apache-2.0",
            "GPL-3.0 AND X OR MIT",
            "Apache-2.0 WITH LLVM-exception",
            "GPL-3.0 OR Apache-2.0 WITH LLVM-exception",
        ] {
            assert!(is_met(good, &ALLOWED), "{good}");
        }
        for bad in
            ["GPL-3.0", "MIT AND GPL-3.0", "(MIT OR Apache-2.0) AND Zlib", "MIT WITH X", "mit"]
        {
            assert!(!is_met(bad, &ALLOWED), "{bad}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_not_allowed() {
        let deep = format!("{}MIT{}", "(".repeat(99), ")".repeat(99));
        for bad in ["", "MIT OR", "OR MIT", "(MIT", "MIT)", "MIT MIT", "MIT WITH", "()", &deep] {
            assert!(!is_met(bad, &ALLOWED), "{bad}");
        }
    }
}
