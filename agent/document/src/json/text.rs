//! JSON strings: RFC 8259 §7.

use arch_problem::codes;

use super::Reader;
use crate::{flaw::Flaw, letters};

impl Reader<'_> {
    /// A string that is not too long, of characters that people can see.
    pub(super) fn text(&mut self) -> Result<String, Box<Flaw>> {
        let start = self.at;
        self.expect('"')?;
        let mut text = String::new();
        loop {
            text.push_str(self.run(|b| b != b'"' && b != b'\\' && b >= b' '));
            match self.bump() {
                Some('"') => break,
                Some('\\') => text.push(self.escape()?),
                _ => {
                    return Err(Flaw::new(
                        self.since(start),
                        codes::JSON_SYNTAX,
                        "the text has no end",
                    ));
                }
            }
        }
        if text.len() > self.longest {
            let most = self.longest;
            let message = format!("the text has {} bytes, at most {most} are read", text.len());
            return Err(Flaw::new(self.since(start), codes::SCALAR_TOO_LONG, message));
        }
        match letters::flaw(&text) {
            Some((code, message)) => Err(Flaw::new(self.since(start), code, message)),
            None => Ok(text),
        }
    }

    fn escape(&mut self) -> Result<char, Box<Flaw>> {
        let place = self.flaw("this escape is none of JSON");
        match self.bump() {
            Some(c @ ('"' | '\\' | '/')) => Ok(c),
            Some('b') => Ok('\u{8}'),
            Some('f') => Ok('\u{c}'),
            Some('n') => Ok('\n'),
            Some('r') => Ok('\r'),
            Some('t') => Ok('\t'),
            Some('u') => self.unicode().ok_or(place),
            _ => Err(place),
        }
    }

    /// `XXXX`, or a pair of surrogates as `XXXX\uXXXX`.
    fn unicode(&mut self) -> Option<char> {
        let high = self.four_digits()?;
        if !(0xd800..=0xdbff).contains(&high) {
            return char::from_u32(high);
        }
        let low = (self.eat('\\') && self.eat('u')).then(|| self.four_digits())??;
        let joined = high.checked_sub(0xd800)?.checked_mul(0x400)?;
        let joined = joined.checked_add(low.checked_sub(0xdc00).filter(|l| *l < 0x400)?)?;
        char::from_u32(joined.checked_add(0x1_0000)?)
    }

    fn four_digits(&mut self) -> Option<u32> {
        let digits = self.rest.get(..4).filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit()))?;
        let value = u32::from_str_radix(digits, 16).ok()?;
        (0..4).for_each(|_| {
            self.bump();
        });
        Some(value)
    }
}
