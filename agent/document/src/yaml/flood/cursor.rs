//! Going on in the text: signs, blanks, lines.

use super::{Stop, Sweep};
use crate::yaml::scan;

impl<'a> Sweep<'a> {
    pub(super) fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    pub(super) fn ahead(&self, bytes: usize) -> Option<u8> {
        self.text.as_bytes().get(self.at.saturating_add(bytes)).copied()
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.ahead(0)
    }

    pub(super) fn before(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at.checked_sub(1)?).copied()
    }

    pub(super) fn step(&mut self, bytes: usize) {
        self.at = self.at.saturating_add(bytes);
    }

    /// How many bytes of the line stand before: blanks and dashes, wherever it is asked.
    pub(super) fn column(&self) -> usize {
        self.at.saturating_sub(self.line)
    }

    pub(super) fn blanks(&mut self) {
        while self.peek() == Some(b' ') {
            self.step(1);
        }
    }

    /// A dash with a blank or nothing behind it.
    pub(super) fn is_dash(&self) -> bool {
        self.peek() == Some(b'-') && ends_word(self.ahead(1))
    }

    /// Whether nothing but a comment follows on the line. Asked behind a blank only.
    pub(super) fn is_over(&self) -> bool {
        matches!(self.peek(), None | Some(b'\n' | b'\r' | b'#'))
    }

    /// Nothing but blanks and a comment may follow.
    pub(super) fn end_line(&mut self) -> Result<(), Stop> {
        let end = self.at;
        self.blanks();
        let apart = self.at > end || self.before() == Some(b' ');
        if !self.is_over() || (self.peek() == Some(b'#') && !apart) {
            return Err(Stop::Unsure);
        }
        self.skip_line();
        Ok(())
    }

    /// Whether a comment stands on the line that ended at hand, behind the value's end.
    pub(super) fn has_comment(&self, end: usize) -> bool {
        self.text.get(end..self.at).is_some_and(|rest| rest.contains('#'))
    }

    /// Up to the line feed, or the end of the text.
    pub(super) fn skip_line(&mut self) {
        self.step(scan::line_length(self.rest()));
    }

    /// Goes to the first sign of the next line that has more than blanks and a comment.
    pub(super) fn next_line(&mut self) -> bool {
        let mut comment = false;
        for (at, byte) in (self.at..).zip(self.rest().bytes()) {
            match byte {
                b'\n' => (self.line, comment) = (at.saturating_add(1), false),
                b'#' => (self.plain, comment) = (None, true),
                b' ' | b'\r' => {}
                _ if comment => {}
                _ => {
                    self.at = at;
                    return true;
                }
            }
        }
        self.at = self.text.len();
        false
    }
}

/// Whether a blank or a line's end stands here.
pub(super) fn ends_word(byte: Option<u8>) -> bool {
    matches!(byte, None | Some(b' ' | b'\n' | b'\r'))
}
