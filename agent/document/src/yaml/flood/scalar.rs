//! Texts: without quotes, in quotes, and as blocks; how long each is at least.

use arch_problem::codes;

use super::{Stop, Sweep, cursor::ends_word};
use crate::yaml::{build, scalar};

impl Sweep<'_> {
    /// Text without quotes, up to what ends it on its line: a comment, the colon of a key, and in
    /// brackets what parts values. Blanks at its end do not belong to it.
    pub(super) fn plain(&mut self, in_flow: bool) -> Result<(), Stop> {
        let parts = |byte: u8| in_flow && matches!(byte, b',' | b'[' | b']' | b'{' | b'}');
        if !self.begins_plain(in_flow) {
            return Err(Stop::Unsure);
        }
        let start = self.at;
        let (mut end, mut blank) = (start, false);
        let rest = self.rest().as_bytes();
        for (length, byte) in (0_usize..).zip(rest) {
            let next = rest.get(length.saturating_add(1)).copied();
            match byte {
                b'\n' | b'\r' => break,
                b':' if ends_word(next) => break,
                b':' if next.is_some_and(parts) => return Err(Stop::Unsure),
                b'#' if blank => break,
                byte if parts(*byte) => break,
                _ => {}
            }
            blank = *byte == b' ';
            if !blank {
                end = start.saturating_add(length).saturating_add(1);
                self.text_of(start, length.saturating_add(1))?;
            }
        }
        self.at = end;
        Ok(())
    }

    /// Whether text without quotes begins here for certain.
    fn begins_plain(&self, in_flow: bool) -> bool {
        match self.peek() {
            Some(b'-') => {
                let next = self.ahead(1);
                let parts = in_flow && next.is_some_and(|next| b",[]{}".contains(&next));
                !ends_word(next) && !parts
            }
            Some(byte) => !b"?:,[]{}#&*!|>'\"%@`".contains(&byte),
            None => false,
        }
    }

    /// Text in quotes that close on the same line.
    pub(super) fn quoted(&mut self) -> Result<(), Stop> {
        let start = self.at;
        let quote = self.peek();
        let mut length = 0_usize;
        self.step(1);
        loop {
            match self.peek() {
                None | Some(b'\n') => return Err(self.unclosed(start, quote, length)),
                Some(b'\\') if quote == Some(b'"') => self.escape(),
                byte if byte == quote && quote == Some(b'\'') && self.ahead(1) == quote => {
                    self.step(2);
                }
                byte if byte == quote => break,
                Some(_) => self.step(1),
            }
            length = length.saturating_add(1);
        }
        self.step(1);
        self.text_of(start, length)
    }

    /// Over a backslash and what it escapes, at least a byte of text.
    fn escape(&mut self) {
        let digits = match self.ahead(1) {
            Some(b'x') => 2,
            Some(b'u') => 4,
            Some(b'U') => 8,
            // The line ends behind it: nothing is escaped, and the text goes on below.
            None | Some(b'\n' | b'\r') => return self.step(1),
            Some(_) => 0,
        };
        self.step(2_usize.saturating_add(digits));
    }

    /// Quotes that do not close on their line close nowhere, or the text is folded.
    fn unclosed(&self, start: usize, quote: Option<u8>, length: usize) -> Stop {
        let closes = quote.is_none_or(|quote| self.rest().contains(char::from(quote)));
        if closes || length <= self.limits.bytes {
            return Stop::Unsure;
        }
        self.flood(start, codes::YAML_SYNTAX, build::UNCLOSED)
    }

    fn text_of(&self, start: usize, length: usize) -> Result<(), Stop> {
        if length > self.limits.bytes {
            let text = scalar::too_long();
            return Err(self.flood(start, codes::SCALAR_TOO_LONG, text));
        }
        Ok(())
    }

    /// `|` or `>` and the lines below, as far as they stand deeper than what they belong to.
    pub(super) fn block_text(&mut self) -> Result<(), Stop> {
        let folded = self.peek() == Some(b'>');
        self.step(1);
        if matches!(self.peek(), Some(b'-' | b'+')) {
            self.step(1);
        }
        self.blanks();
        if !matches!(self.peek(), None | Some(b'\n' | b'\r')) {
            return Err(Stop::Unsure);
        }
        self.skip_line();
        self.block_lines(folded)
    }

    /// Its place is where its first line begins; if it has none, the parser knows.
    fn block_lines(&mut self, folded: bool) -> Result<(), Stop> {
        let (mut first, mut length) = (None, 0_usize);
        loop {
            let breaks = self.blank_lines();
            let deep = self.column();
            if self.peek().is_none() || deep < self.floor() {
                self.at = self.line;
                break;
            }
            let is_first = first.is_none();
            let (start, indent) = *first.get_or_insert((self.at, deep));
            // A mark of documents, a line between two depths, an empty line first: not for us.
            if deep < indent
                || (is_first && breaks > 1)
                || (deep == 0 && self.rest().starts_with("---"))
            {
                return Err(Stop::Unsure);
            }
            if is_first {
                self.count(start)?;
            } else {
                length = length.saturating_add(breaks);
            }
            let line = self.at.saturating_sub(deep).saturating_add(indent);
            self.skip_line();
            let end = self.at.saturating_sub(usize::from(self.before() == Some(b'\r')));
            length = length.saturating_add(end.saturating_sub(line));
            if length > self.limits.bytes && folded {
                return Err(self.flood(start, codes::FOLDED_LINES, scalar::FOLDED));
            }
            self.text_of(start, length)?;
        }
        if first.is_none() {
            self.room()?;
            self.count(self.at)?;
        }
        Ok(())
    }

    /// Goes to the next sign that is no blank, and counts the line feeds before it.
    fn blank_lines(&mut self) -> usize {
        let mut feeds = 0_usize;
        for (at, byte) in (self.at..).zip(self.rest().bytes()) {
            match byte {
                b'\n' => (self.line, feeds) = (at.saturating_add(1), feeds.saturating_add(1)),
                b' ' | b'\r' => {}
                _ => {
                    self.at = at;
                    return feeds;
                }
            }
        }
        self.at = self.text.len();
        feeds
    }

    /// The fewest blanks before a line that belongs to a value of the innermost list or map.
    fn floor(&self) -> usize {
        self.open.last().map_or(0, |top| top.column.saturating_add(1))
    }

    /// Text without quotes that goes on over lines is refused, whatever it says. Of a long one that
    /// is said here; a short one is for the parser, which knows more that may be wrong with it.
    pub(super) fn goes_on(&mut self) -> Stop {
        let Some(start) = self.plain else { return Stop::Unsure };
        self.at = self.line;
        let floor = self.floor();
        for line in self.rest().split_inclusive('\n') {
            let said = line.trim_end_matches(['\n', '\r', ' ']).trim_start_matches(' ');
            let deep = line.bytes().take_while(|byte| *byte == b' ').count();
            let other = said.starts_with("---")
                || said.starts_with('#')
                || said.contains(" #")
                || said.contains(": ")
                || said.ends_with(':');
            if !said.is_empty() && (deep < floor || other) {
                return Stop::Unsure;
            }
            self.step(line.len());
            if self.at.saturating_sub(start) > self.limits.bytes {
                return self.flood(start, codes::FOLDED_LINES, scalar::LINES);
            }
        }
        Stop::Unsure
    }
}
