//! Lists and maps between brackets, over as many lines as they take.

use super::{Stop, Sweep};
use crate::yaml::{DEPTH, FIELDS};

impl Sweep<'_> {
    /// From the opening bracket at hand to the closing one; `depth` lists and maps are around it.
    pub(super) fn flow(&mut self, depth: usize) -> Result<(), Stop> {
        if depth >= DEPTH {
            return Err(Stop::Unsure);
        }
        let start = self.at;
        let is_map = self.peek() == Some(b'{');
        let closing = if is_map { b'}' } else { b']' };
        self.step(1);
        self.count(start)?;
        let mut keys = 0_usize;
        loop {
            self.gap()?;
            if self.peek() == Some(closing) {
                self.step(1);
                return Ok(());
            }
            if is_map {
                keys = keys.saturating_add(1);
                if keys > FIELDS {
                    return Err(Stop::Unsure);
                }
                self.flow_key()?;
                self.gap()?;
            }
            self.flow_value(depth)?;
            self.gap()?;
            match self.peek() {
                Some(b',') => self.step(1),
                Some(byte) if byte == closing => {}
                _ => return Err(Stop::Unsure),
            }
        }
    }

    /// `key:`, and a blank unless the key is quoted.
    fn flow_key(&mut self) -> Result<(), Stop> {
        self.flow_scalar()?;
        self.blanks();
        if self.peek() != Some(b':') {
            return Err(Stop::Unsure);
        }
        self.step(1);
        Ok(())
    }

    fn flow_value(&mut self, depth: usize) -> Result<(), Stop> {
        match self.peek() {
            Some(b'[' | b'{') => self.flow(depth.saturating_add(1)),
            _ => self.flow_scalar(),
        }
    }

    fn flow_scalar(&mut self) -> Result<(), Stop> {
        let start = self.at;
        match self.peek() {
            Some(b'"' | b'\'') => self.quoted()?,
            _ => self.plain(true)?,
        }
        self.count(start)
    }

    /// Blanks, line ends and comments.
    fn gap(&mut self) -> Result<(), Stop> {
        if self.peek() == Some(b'#') && !matches!(self.before(), Some(b' ' | b'\n')) {
            return Err(Stop::Unsure);
        }
        self.next_line();
        Ok(())
    }
}
