//! What is too much, refused before a parser reads it.
//!
//! ```text
//! text ──lines──> lists and maps by indentation ──> keys, scalars, block text, `[…]` and `{…}`
//!    ├─ a value or a text too many ──> refused here, at its place
//!    └─ anything else: gives up ─────> the readers begin at the beginning
//! ```
//!
//! The parser takes half a microsecond for each value and a hundredth of one for each byte of text,
//! and its reader hears of a limit only when it is crossed. This sweep counts what the parser would
//! count, in the same order, and keeps nothing. It refuses only for a limit that it saw crossed; where
//! it is not certain what a sign means to YAML, it stops without a word. A text that any reader takes
//! is never refused here, and read to its end it has as many values as were counted; the tests hold
//! both beside the parser. It looks at each byte once or twice, and its recursion ends at [`DEPTH`].

mod cursor;
mod flow;
mod scalar;

use arch_problem::{Code, Span, codes};

use super::{DEPTH, FIELDS, NODES, SCALAR, build};
use crate::flaw::Flaw;
use cursor::ends_word;

/// Refuses a text with more values than are read, or a longer text than is read.
pub(super) fn check(text: &str) -> Result<(), Box<Flaw>> {
    // A value and what parts it from the next are two bytes: nothing to count in what people write.
    if text.len() <= NODES {
        return Ok(());
    }
    count(text, Limits { values: NODES, bytes: SCALAR }).map(drop)
}

/// How many values the text has; `None` where the sweep gave up.
pub(super) fn count(text: &str, limits: Limits) -> Result<Option<usize>, Box<Flaw>> {
    let mut sweep =
        Sweep { text, limits, at: 0, line: 0, values: 0, open: Vec::new(), due: true, plain: None };
    match sweep.document() {
        Ok(()) => Ok(Some(sweep.values)),
        Err(Stop::Unsure) => Ok(None),
        Err(Stop::Flood(flaw)) => Err(flaw),
    }
}

/// The most that is let through.
#[derive(Clone, Copy)]
pub(super) struct Limits {
    /// Keys, values, lists and maps in all.
    pub(super) values: usize,
    /// Bytes of one text.
    pub(super) bytes: usize,
}

/// Why the sweep ends before the text does.
enum Stop {
    /// The parser has to say what stands here.
    Unsure,
    /// A limit is crossed.
    Flood(Box<Flaw>),
}

/// A list or map by indentation that is not over yet.
struct Block {
    column: usize,
    /// How many keys it has; `None` for a list.
    keys: Option<usize>,
}

struct Sweep<'a> {
    text: &'a str,
    limits: Limits,
    /// The byte at hand.
    at: usize,
    /// Where its line begins.
    line: usize,
    values: usize,
    open: Vec<Block>,
    /// Whether a key or a dash waits for its value.
    due: bool,
    /// Where the last value begins, if it stands without quotes and could go on below.
    plain: Option<usize>,
}

impl Sweep<'_> {
    fn document(&mut self) -> Result<(), Stop> {
        while self.next_line() {
            self.entry()?;
        }
        if self.due { Err(Stop::Unsure) } else { Ok(()) }
    }

    /// The items and the key or value that begin on the line at hand.
    fn entry(&mut self) -> Result<(), Stop> {
        let mut column = self.column();
        if column == 0 && self.rest().starts_with("---") {
            return self.first_mark();
        }
        while self.open.last().is_some_and(|top| top.column > column) {
            self.none_due()?;
            self.open.pop();
        }
        while self.is_dash() {
            self.item(column)?;
            self.step(1);
            self.blanks();
            if self.is_over() {
                return self.end_line();
            }
            column = self.column();
        }
        self.content(column)
    }

    /// `---` on a line of its own, before anything else.
    fn first_mark(&mut self) -> Result<(), Stop> {
        if self.values > 0 {
            return Err(Stop::Unsure);
        }
        self.step(3);
        self.end_line()
    }

    fn item(&mut self, column: usize) -> Result<(), Stop> {
        match self.open.last() {
            Some(top) if top.column == column && top.keys.is_none() => self.none_due()?,
            _ => self.begin(Block { column, keys: None })?,
        }
        self.due = true;
        Ok(())
    }

    /// A list or map begins; it is the value that was due.
    fn begin(&mut self, block: Block) -> Result<(), Stop> {
        let fits = self.open.last().is_none_or(|top| {
            let beside = block.keys.is_none() && top.keys.is_some() && top.column == block.column;
            top.column < block.column || beside
        });
        if !fits || self.open.len() >= DEPTH {
            return Err(Stop::Unsure);
        }
        self.value_due()?;
        if block.keys.is_none() && self.open.last().is_some_and(|top| top.column == block.column) {
            self.count_behind_dash()?;
        } else {
            self.count(self.at)?;
        }
        self.open.push(block);
        Ok(())
    }

    /// Counts a list that stands as deep as its key: for the parser it starts behind its dash.
    fn count_behind_dash(&mut self) -> Result<(), Stop> {
        let dash = self.at;
        self.step(1);
        self.blanks();
        if matches!(self.peek(), Some(b'|' | b'>' | b'#')) {
            self.room()?;
        }
        self.count(self.at)?;
        self.at = dash;
        Ok(())
    }

    /// A key and what stands behind it, or a value on a line of its own.
    fn content(&mut self, column: usize) -> Result<(), Stop> {
        let start = self.at;
        match self.peek() {
            Some(b'"' | b'\'') => self.quoted()?,
            Some(b'[' | b'{' | b'|' | b'>') => return self.value(),
            _ => self.plain(false)?,
        }
        let end = self.at;
        self.blanks();
        let is_key = self.peek() == Some(b':') && ends_word(self.ahead(1));
        let colon = std::mem::replace(&mut self.at, start);
        if !is_key {
            return self.value();
        }
        self.key(column, end)?;
        self.at = colon;
        self.step(1);
        self.blanks();
        if self.is_over() { self.end_line() } else { self.value() }
    }

    /// One more key of the map at this column, which may begin with it.
    fn key(&mut self, column: usize, end: usize) -> Result<(), Stop> {
        // A list may stand as deep as the key that it belongs to; the next key ends it.
        if self.open.last().is_some_and(|top| top.column == column && top.keys.is_none()) {
            self.none_due()?;
            self.open.pop();
        }
        match self.open.last() {
            Some(top) if top.column == column => self.none_due()?,
            _ => self.begin(Block { column, keys: Some(0) })?,
        }
        if let Some(keys) = self.open.last_mut().and_then(|top| top.keys.as_mut()) {
            *keys = keys.saturating_add(1);
            // One key twice, or too many of them: the parser knows which.
            if *keys > FIELDS {
                return Err(Stop::Unsure);
            }
        }
        let start = std::mem::replace(&mut self.at, end);
        self.count(start)?;
        self.due = true;
        Ok(())
    }

    /// A value up to the end of its line, or of the lines that it takes.
    fn value(&mut self) -> Result<(), Stop> {
        self.value_due()?;
        self.due = false;
        let start = self.at;
        match self.peek() {
            Some(b'|' | b'>') => return self.block_text(),
            Some(b'[' | b'{') => self.flow(self.open.len())?,
            Some(b'"' | b'\'') => {
                self.quoted()?;
                self.count(start)?;
            }
            _ => {
                self.plain(false)?;
                self.count(start)?;
                let end = self.at;
                self.end_line()?;
                self.plain = Some(start).filter(|_| !self.has_comment(end));
                return Ok(());
            }
        }
        self.end_line()
    }

    /// A value may begin here only if one is due; else the text above goes on, or nothing fits.
    fn value_due(&mut self) -> Result<(), Stop> {
        if self.due { Ok(()) } else { Err(self.goes_on()) }
    }

    /// A value that is due is missing. The parser refuses it.
    fn none_due(&self) -> Result<(), Stop> {
        if self.due { Err(Stop::Unsure) } else { Ok(()) }
    }

    /// Whether one more value is let through, where it is not known at which place it is refused.
    fn room(&self) -> Result<(), Stop> {
        if self.values < self.limits.values { Ok(()) } else { Err(Stop::Unsure) }
    }

    /// Counts what stands from `start` to the byte at hand, as the parser's reader does.
    fn count(&mut self, start: usize) -> Result<(), Stop> {
        self.plain = None;
        self.values = self.values.saturating_add(1);
        if self.values > self.limits.values {
            return Err(self.flood(start, codes::TOO_MANY_NODES, build::too_many()));
        }
        Ok(())
    }

    fn flood(&self, start: usize, code: Code, text: impl Into<String>) -> Stop {
        let before = self.text.get(..start).unwrap_or_default();
        let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX).saturating_add(1);
        let line = before.bytes().filter(|byte| *byte == b'\n').count();
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count();
        let end = self.at.clamp(start, self.text.len().max(start));
        let span = Span { start, end, line: number(line), column: number(column) };
        Stop::Flood(Flaw::new(span, code, text))
    }
}
