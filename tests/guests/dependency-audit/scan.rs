//! Counts the lines and the `unsafe` of one Rust file in one pass over its bytes.
//!
//! It knows comments (nested), strings, raw strings, characters, lifetimes and raw identifiers, so
//! that `unsafe` is counted only where the compiler would see the keyword. It does not expand
//! macros and knows no `cfg`.

use crate::counts::Counts;

/// Counts one file.
pub fn scan(text: &[u8]) -> Counts {
    let mut scan = Scan { text, at: 0, code: false, comment: false, counts: Counts::default() };
    scan.counts.files = 1;
    scan.shebang();
    scan.all();
    if text.last().map_or(false, |last| *last != b'\n') {
        scan.line_end();
    }
    scan.counts
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Space,
    LineEnd,
    /// Letters, digits, `_` and everything beyond ASCII: what names and numbers are made of.
    Word,
    Quote,
    Tick,
    Slash,
    Other,
}

static CLASS: [Class; 256] = classes();

const fn classes() -> [Class; 256] {
    let mut table = [Class::Other; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = match byte as u8 {
            b' ' | b'\t' | b'\r' => Class::Space,
            b'\n' => Class::LineEnd,
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | 0x80..=0xff => Class::Word,
            b'"' => Class::Quote,
            b'\'' => Class::Tick,
            b'/' => Class::Slash,
            _ => Class::Other,
        };
        byte += 1;
    }
    table
}

struct Scan<'a> {
    text: &'a [u8],
    at: usize,
    /// What the line has had so far.
    code: bool,
    comment: bool,
    counts: Counts,
}

impl<'a> Scan<'a> {
    fn all(&mut self) {
        while let Some(&byte) = self.text.get(self.at) {
            match CLASS[usize::from(byte)] {
                Class::Space => self.at += 1,
                Class::LineEnd => self.line_end(),
                Class::Word => self.word(),
                Class::Quote => self.string(),
                Class::Tick => self.tick(),
                Class::Slash => self.slash(),
                Class::Other => {
                    self.code = true;
                    self.at += 1;
                }
            }
        }
    }

    fn peek(&self, ahead: usize) -> u8 {
        self.text.get(self.at + ahead).copied().unwrap_or(0)
    }

    fn line_end(&mut self) {
        if self.code {
            self.counts.code += 1;
        } else if self.comment {
            self.counts.comment += 1;
        } else {
            self.counts.blank += 1;
        }
        self.code = false;
        self.comment = false;
        self.at += 1;
    }

    /// `#!/usr/bin/…` in the first line is no Rust; `#![…]` is.
    fn shebang(&mut self) {
        if self.text.starts_with(b"#!") && self.peek(2) != b'[' {
            self.comment = true;
            self.to_line_end();
        }
    }

    fn to_line_end(&mut self) {
        let rest = &self.text[self.at..];
        self.at += find_line_end(rest).unwrap_or(rest.len());
    }

    fn take_word(&mut self) -> &'a [u8] {
        let rest = &self.text[self.at..];
        let length = rest.iter().position(|byte| CLASS[usize::from(*byte)] != Class::Word).unwrap_or(rest.len());
        self.at += length;
        &rest[..length]
    }

    fn word(&mut self) {
        self.code = true;
        match self.take_word() {
            b"unsafe" => self.keyword(),
            b"r" | b"br" | b"cr" => self.raw(),
            _ => {}
        }
    }

    /// After `unsafe`: looks ahead at what it is about.
    fn keyword(&mut self) {
        let rest = &self.text[self.at..];
        let gap = rest.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or(rest.len());
        let next = &rest[gap..];
        let word = |word: &[u8]| {
            next.starts_with(word)
                && next.get(word.len()).map_or(true, |byte| CLASS[usize::from(*byte)] != Class::Word)
        };
        let counts = &mut self.counts;
        let which = if next.starts_with(b"{") {
            &mut counts.blocks
        } else if word(b"fn") || word(b"extern") {
            &mut counts.functions
        } else if word(b"impl") {
            &mut counts.impls
        } else {
            &mut counts.other
        };
        *which += 1;
    }

    /// After `r`, `br` or `cr`: a raw string, a raw identifier, or nothing of the kind.
    fn raw(&mut self) {
        let mut hashes = 0;
        while self.peek(hashes) == b'#' {
            hashes += 1;
        }
        if self.peek(hashes) == b'"' {
            self.at += hashes + 1;
            self.raw_string(hashes);
        } else if hashes > 0 {
            self.at += hashes;
            self.take_word();
        }
    }

    fn raw_string(&mut self, hashes: usize) {
        while let Some(&byte) = self.text.get(self.at) {
            if byte == b'\n' {
                self.line_end();
                self.code = true;
                continue;
            }
            self.at += 1;
            if byte == b'"' && (0..hashes).all(|i| self.peek(i) == b'#') {
                self.at += hashes;
                return;
            }
        }
        self.counts.unfinished += 1;
    }

    fn string(&mut self) {
        self.code = true;
        self.at += 1;
        while let Some(&byte) = self.text.get(self.at) {
            match byte {
                b'"' => return self.at += 1,
                b'\n' => {
                    self.line_end();
                    self.code = true;
                }
                b'\\' if self.peek(1) != b'\n' => self.at += 2,
                _ => self.at += 1,
            }
        }
        self.counts.unfinished += 1;
    }

    /// A character, or a lifetime or label.
    fn tick(&mut self) {
        self.code = true;
        let length = match self.peek(1) {
            b'\\' => return self.escaped_character(),
            0..=0x7f => 1,
            0x80..=0xdf => 2,
            0xe0..=0xef => 3,
            0xf0..=0xff => 4,
        };
        if self.peek(1 + length) == b'\'' {
            self.at += length + 2;
        } else {
            self.at += 1;
            self.take_word();
        }
    }

    fn escaped_character(&mut self) {
        self.at += 3;
        while !matches!(self.peek(0), b'\'' | b'\n' | 0) {
            self.at += 1;
        }
        if self.peek(0) == b'\'' {
            self.at += 1;
        }
    }

    fn slash(&mut self) {
        match self.peek(1) {
            b'/' => {
                self.comment = true;
                self.to_line_end();
            }
            b'*' => self.block_comment(),
            _ => {
                self.code = true;
                self.at += 1;
            }
        }
    }

    fn block_comment(&mut self) {
        let mut depth = 0_u64;
        while let Some(&byte) = self.text.get(self.at) {
            match (byte, self.peek(1)) {
                (b'/', b'*') => depth += 1,
                (b'*', b'/') => depth -= 1,
                (b'\n', _) => {
                    self.line_end();
                    continue;
                }
                _ => {
                    self.comment |= CLASS[usize::from(byte)] != Class::Space;
                    self.at += 1;
                    continue;
                }
            }
            self.comment = true;
            self.at += 2;
            if depth == 0 {
                return;
            }
        }
        self.counts.unfinished += 1;
    }
}

/// The first line end, eight bytes a step: comments are a third of what we read, and each
/// instruction is paid for.
fn find_line_end(text: &[u8]) -> Option<usize> {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const TOPS: u64 = 0x8080_8080_8080_8080;
    let mut at = 0;
    for eight in text.chunks_exact(8) {
        let mut word = [0; 8];
        word.copy_from_slice(eight);
        // A byte is zero exactly where it was a line end; the lowest top bit left marks the first.
        let x = u64::from_le_bytes(word) ^ (ONES * b'\n' as u64);
        let found = x.wrapping_sub(ONES) & !x & TOPS;
        if found != 0 {
            return Some(at + found.trailing_zeros() as usize / 8);
        }
        at += 8;
    }
    text[at..].iter().position(|byte| *byte == b'\n').map(|rest| at + rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> (u64, u64, u64) {
        let counts = scan(text.as_bytes());
        assert_eq!(counts.unfinished, 0, "{text}");
        assert_eq!(counts.code + counts.comment + counts.blank, text.lines().count() as u64, "{text}");
        (counts.code, counts.comment, counts.blank)
    }

    fn unsafes(text: &str) -> u64 {
        scan(text.as_bytes()).unsafes()
    }

    #[test]
    fn a_line_is_code_or_comment_or_blank() {
        assert_eq!(lines("fn a() {} // why\n// only why\n\n   \t\r\n/* a */ let b;\n"), (2, 1, 2));
        assert_eq!(lines("/* a\n\n b */\nlet x = 1;"), (1, 2, 1));
        assert_eq!(lines(""), (0, 0, 0));
        assert_eq!(lines("#!/bin/sh 'quote\nfn a() {}\n"), (1, 1, 0));
        assert_eq!(lines("#![allow(x)]\n"), (1, 0, 0));
    }

    #[test]
    fn every_line_of_a_literal_is_code() {
        assert_eq!(lines("let a = \"x\n\n// no\n\";\n// yes\n"), (4, 1, 0));
        assert_eq!(lines("let a = r#\"\" \n\n// no\"#;\n// yes\n"), (3, 1, 0));
        assert_eq!(lines("let a = \"x\\\n  y\";\n\n"), (2, 0, 1));
    }

    #[test]
    fn comments_nest() {
        assert_eq!(lines("/* /* */ unsafe */\nlet a;\n"), (1, 1, 0));
        assert_eq!(unsafes("/* /* */ unsafe {} */ unsafe {}"), 1);
    }

    #[test]
    fn the_word_counts_only_where_the_compiler_sees_a_keyword() {
        for text in [
            "// unsafe", "/* unsafe */", "\"unsafe\"", "\"\\\"unsafe\"", "r\"unsafe\"", "br#\"unsafe\"#", "cr##\"\"# unsafe \"##",
            "r#unsafe", "unsafe_code", "not_unsafe", "Unsafe", "b\"unsafe\"", "'\"'; /* unsafe */ '\"'", "/// unsafe {",
        ] {
            assert_eq!(unsafes(text), 0, "{text}");
        }
    }

    #[test]
    fn quotes_as_characters_open_no_string() {
        assert_eq!(unsafes("let a = '\"'; unsafe { b } let c = '\"';"), 1);
        assert_eq!(unsafes("let a = b'\\''; unsafe { b }"), 1);
        assert_eq!(unsafes("let a = '\\\\'; unsafe { b } // '"), 1);
        assert_eq!(unsafes("let a = '\\u{22}'; unsafe { b }"), 1);
        assert_eq!(unsafes("let a = 'ä'; unsafe { b } let c = '€'; unsafe { d } '😀'; unsafe {}"), 3);
    }

    #[test]
    fn lifetimes_open_no_character() {
        assert_eq!(unsafes("fn a<'a, 'r>(b: &'a str, c: &'r u8) { unsafe { d } }"), 1);
        assert_eq!(unsafes("'outer: loop { unsafe { break 'outer } }"), 1);
    }

    #[test]
    fn each_unsafe_is_told_by_what_follows_it() {
        let text = "unsafe fn a() { unsafe\n{ } } unsafe impl B for C {} unsafe extern \"C\" {} unsafe trait D {} #[unsafe(no_mangle)]";
        let counts = scan(text.as_bytes());
        assert_eq!((counts.blocks, counts.functions, counts.impls, counts.other), (1, 2, 1, 2));
    }

    #[test]
    fn what_does_not_end_is_told_and_does_not_hang() {
        for text in ["\"a", "r#\"a\"", "/* /* */", "'\\", "'", "r#", "\"\\"] {
            assert!(scan(text.as_bytes()).unfinished <= 1, "{text}");
        }
        assert_eq!(scan(b"/* a").unfinished, 1);
    }

    #[test]
    fn the_first_line_end_is_found_at_any_place() {
        for length in 0..40 {
            let mut text = vec![0x8a; length];
            text.extend_from_slice(b"\n\n\x0b");
            assert_eq!(find_line_end(&text), Some(length));
        }
        assert_eq!(find_line_end(&[0x0b; 33]), None);
    }
}
