//! A cheap look at a binary before the compiler sees it: what it is, and how many parts it has.
//!
//! Reads section headers and their leading counts only (Core spec §5.5, component binary format);
//! whether the parts are well formed is the compiler's business.

use super::compile::Refused;

/// `\0asm`.
const MAGIC: [u8; 4] = *b"\0asm";
/// Version and layer of a core module.
const MODULE: [u8; 4] = [1, 0, 0, 0];
/// Version and layer of a component.
const COMPONENT: [u8; 4] = [0x0d, 0, 1, 0];

/// Most modules and components inside a component, and how deep.
const NESTED_MAX: u32 = 256;
const DEPTH_MAX: u32 = 8;

/// What a binary is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sort {
    /// A core module.
    Module,
    /// A component.
    Component,
}

/// Sections of a core module whose number of items is capped: id, cap, name.
const CAPS: [(u8, u32, &str); 10] = [
    (1, 50_000, "types"),
    (2, 10_000, "imports"),
    (3, 200_000, "functions"),
    (4, 64, "tables"),
    (5, 8, "memories"),
    (6, 100_000, "globals"),
    (7, 100_000, "exports"),
    (9, 100_000, "element segments"),
    (10, 200_000, "functions"),
    (11, 100_000, "data segments"),
];

/// Says what `bytes` are, or refuses them.
pub(crate) fn check(bytes: &[u8]) -> Result<Sort, Refused> {
    let mut nested = 0;
    walk(bytes, &mut nested, 0)
}

fn walk(bytes: &[u8], nested: &mut u32, depth: u32) -> Result<Sort, Refused> {
    let mut reader = Reader { rest: bytes };
    let sort = match (reader.take(4), reader.take(4)) {
        (Some(magic), Some(version)) if magic == MAGIC => match version {
            v if v == MODULE => Sort::Module,
            v if v == COMPONENT => Sort::Component,
            _ => return Err(Refused::NotWasm),
        },
        _ => return Err(Refused::NotWasm),
    };
    while !reader.rest.is_empty() {
        let (id, body) = reader.section().ok_or_else(cut)?;
        match sort {
            Sort::Module => count(id, body)?,
            // In a component: 1 holds a core module, 4 another component.
            Sort::Component if id == 1 || id == 4 => {
                *nested = nested.saturating_add(1);
                if *nested > NESTED_MAX || depth >= DEPTH_MAX {
                    return Err(Refused::TooComplex("nested modules"));
                }
                walk(body, nested, depth.saturating_add(1))?;
            }
            Sort::Component => {}
        }
    }
    Ok(sort)
}

fn count(id: u8, body: &[u8]) -> Result<(), Refused> {
    let Some((_, cap, name)) = CAPS.iter().find(|(section, _, _)| *section == id) else {
        return Ok(());
    };
    let many = Reader { rest: body }.number().ok_or_else(cut)?;
    if many > *cap { Err(Refused::TooComplex(name)) } else { Ok(()) }
}

fn cut() -> Refused {
    Refused::Invalid("a section is cut off or has a malformed header".to_owned())
}

struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    fn take(&mut self, many: usize) -> Option<&'a [u8]> {
        let (head, rest) = self.rest.split_at_checked(many)?;
        self.rest = rest;
        Some(head)
    }

    fn section(&mut self) -> Option<(u8, &'a [u8])> {
        let id = *self.take(1)?.first()?;
        let size = usize::try_from(self.number()?).ok()?;
        Some((id, self.take(size)?))
    }

    // LEB128 of at most 32 bits (Core spec §5.2.2).
    fn number(&mut self) -> Option<u32> {
        let mut value = 0_u64;
        for shift in [0, 7, 14, 21, 28] {
            let byte = *self.take(1)?.first()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return u32::try_from(value).ok();
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_noise_are_no_wasm() {
        for bytes in [&b"(module)"[..], b"", b"\0as", b"\0asm", b"\0asm\x02\0\0\0"] {
            assert_eq!(check(bytes), Err(Refused::NotWasm));
        }
    }

    #[test]
    fn a_section_longer_than_the_file_is_refused() {
        let result = check(b"\0asm\x01\0\0\0\x01\xff\xff\xff\xff\x0f");
        assert!(matches!(result, Err(Refused::Invalid(_))));
    }

    #[test]
    fn components_nested_without_end_are_refused() {
        let mut inner = b"\0asm\x0d\0\x01\0".to_vec();
        for _ in 0..20 {
            let mut outer = b"\0asm\x0d\0\x01\0\x04".to_vec();
            outer.extend([u8::try_from(inner.len() & 0x7f).unwrap() | 0x80]);
            outer.extend([u8::try_from(inner.len() >> 7).unwrap()]);
            outer.extend(&inner);
            inner = outer;
        }
        assert_eq!(check(&inner), Err(Refused::TooComplex("nested modules")));
    }
}
