//! A strict JSON reader with places: for DSSE envelopes, and for canonical bytes read back.
//!
//! RFC 8259 without null, duplicate names, exponents, and numbers that some reader would round;
//! the limits are those of the YAML loader. Other readers keep the last of two equal names.

mod number;
mod text;

use std::collections::{BTreeMap, btree_map::Entry};

use arch_problem::{Problem, Span, codes};

use crate::{
    MAX_BYTES, MAX_ENVELOPE_BYTES,
    flaw::Flaw,
    letters,
    tree::{Field, Node, Value},
    yaml::{DEPTH, FIELDS, NODES, SCALAR},
};

/// Reads a document's bytes.
pub(crate) fn load(file: &str, bytes: &[u8]) -> Result<Node, Box<Problem>> {
    read(bytes, MAX_BYTES, SCALAR).map_err(|flaw| flaw.tell(file))
}

/// Reads an envelope's bytes; the base64 of its payload may be as long as the file. The payload
/// itself is read by [`load`], which has the limits of a document.
pub(crate) fn load_envelope(file: &str, bytes: &[u8]) -> Result<Node, Box<Problem>> {
    read(bytes, MAX_ENVELOPE_BYTES, bytes.len()).map_err(|flaw| flaw.tell(file))
}

fn read(bytes: &[u8], most: u64, longest: usize) -> Result<Node, Box<Flaw>> {
    let start = Span { start: 0, end: 0, line: 1, column: 1 };
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > most {
        let text = format!("the file has {} bytes, at most {most} are read", bytes.len());
        return Err(Flaw::new(start, codes::TOO_LARGE, text));
    }
    let text = std::str::from_utf8(bytes)
        .map_err(|_| Flaw::new(start, codes::NOT_UTF8, "the file is not UTF-8"))?;
    let mut reader = Reader { rest: text, at: start, nodes: 0, longest };
    reader.skip_blanks();
    let root = reader.value(1)?;
    reader.skip_blanks();
    match (reader.rest.is_empty(), &root.value) {
        (false, _) => Err(reader.flaw("nothing may follow the value")),
        (true, Value::Map(_)) => Ok(root),
        (true, _) => Err(Flaw::new(root.span, codes::NOT_A_MAP, "a document is an object")),
    }
}

/// What is left of the text, and where it starts. Lines and columns are counted along the way, so
/// that a file of one long line costs no more than others.
struct Reader<'a> {
    rest: &'a str,
    at: Span,
    nodes: usize,
    /// Most bytes of one text.
    longest: usize,
}

impl<'a> Reader<'a> {
    fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    fn bump(&mut self) -> Option<char> {
        let mut rest = self.rest.chars();
        let c = rest.next()?;
        self.rest = rest.as_str();
        self.at.start = self.at.start.saturating_add(c.len_utf8());
        self.at.end = self.at.start;
        if c == '\n' {
            self.at.line = self.at.line.saturating_add(1);
            self.at.column = 1;
        } else {
            self.at.column = self.at.column.saturating_add(1);
        }
        Some(c)
    }

    fn eat(&mut self, wanted: char) -> bool {
        let there = self.peek() == Some(wanted);
        if there {
            self.bump();
        }
        there
    }

    fn expect(&mut self, wanted: char) -> Result<(), Box<Flaw>> {
        if self.eat(wanted) { Ok(()) } else { Err(self.flaw(&format!("`{wanted}` belongs here"))) }
    }

    fn skip_blanks(&mut self) {
        while matches!(self.peek(), Some(' ' | '\t' | '\r' | '\n')) {
            self.bump();
        }
    }

    /// The characters from here on until the first byte that `wanted` does not take. It takes none
    /// that ends a line, and bytes beyond ASCII all or none.
    fn run(&mut self, wanted: impl Fn(u8) -> bool) -> &'a str {
        let end = self.rest.bytes().position(|byte| !wanted(byte));
        let (run, rest) = match end {
            Some(end) => self.rest.split_at_checked(end).unwrap_or(("", self.rest)),
            None => (self.rest, ""),
        };
        let columns = if run.is_ascii() { run.len() } else { run.chars().count() };
        self.rest = rest;
        self.at.start = self.at.start.saturating_add(run.len());
        self.at.end = self.at.start;
        let columns = u32::try_from(columns).unwrap_or(u32::MAX);
        self.at.column = self.at.column.saturating_add(columns);
        run
    }

    fn flaw(&self, text: &str) -> Box<Flaw> {
        let end = self.at.start.saturating_add(self.peek().map_or(0, char::len_utf8));
        Flaw::new(Span { end, ..self.at }, codes::JSON_SYNTAX, text)
    }

    fn since(&self, start: Span) -> Span {
        Span { end: self.at.start, ..start }
    }

    fn count(&mut self) -> Result<(), Box<Flaw>> {
        self.nodes = self.nodes.saturating_add(1);
        if self.nodes > NODES {
            let text = format!("there are more than {NODES} values");
            return Err(Flaw::new(self.at, codes::TOO_MANY_NODES, text));
        }
        Ok(())
    }

    fn value(&mut self, depth: usize) -> Result<Node, Box<Flaw>> {
        self.count()?;
        let start = self.at;
        let value = match self.peek() {
            Some('{') => self.object(depth)?,
            Some('[') => self.array(depth)?,
            Some('"') => Value::Text(self.text()?),
            Some('-' | '0'..='9') => self.number()?,
            Some('a'..='z') => self.word()?,
            _ => return Err(self.flaw("a value belongs here")),
        };
        Ok(Node { span: self.since(start), value })
    }

    fn word(&mut self) -> Result<Value, Box<Flaw>> {
        let start = self.at;
        match self.run(|byte| byte.is_ascii_lowercase()) {
            "true" => Ok(Value::Bool(true)),
            "false" => Ok(Value::Bool(false)),
            "null" => Err(Flaw::new(self.since(start), codes::NULL_VALUE, "`null` says nothing")),
            _ => Err(Flaw::new(self.since(start), codes::JSON_SYNTAX, "a value belongs here")),
        }
    }

    fn enter(&mut self, depth: usize) -> Result<(), Box<Flaw>> {
        if depth > DEPTH {
            let text = format!("lists and objects are nested deeper than {DEPTH}");
            return Err(Flaw::new(self.at, codes::TOO_DEEP, text));
        }
        self.bump();
        self.skip_blanks();
        Ok(())
    }

    fn array(&mut self, depth: usize) -> Result<Value, Box<Flaw>> {
        self.enter(depth)?;
        let mut items = Vec::new();
        if self.eat(']') {
            return Ok(Value::List(items));
        }
        loop {
            items.push(self.value(depth.saturating_add(1))?);
            self.skip_blanks();
            if self.eat(']') {
                return Ok(Value::List(items));
            }
            self.expect(',')?;
            self.skip_blanks();
        }
    }

    fn object(&mut self, depth: usize) -> Result<Value, Box<Flaw>> {
        self.enter(depth)?;
        let mut fields = BTreeMap::new();
        if self.eat('}') {
            return Ok(Value::Map(fields));
        }
        loop {
            self.field(&mut fields, depth)?;
            self.skip_blanks();
            if self.eat('}') {
                return Ok(Value::Map(fields));
            }
            self.expect(',')?;
            self.skip_blanks();
        }
    }

    fn field(
        &mut self,
        fields: &mut BTreeMap<String, Field>,
        depth: usize,
    ) -> Result<(), Box<Flaw>> {
        self.count()?;
        let start = self.at;
        let name = self.text()?;
        let key = self.since(start);
        if !letters::is_key(&name) {
            let text = format!("`{}` cannot be a key", crate::flaw::shortened(&name));
            return Err(Flaw::new(key, codes::KEY_FORM, text));
        }
        self.skip_blanks();
        self.expect(':')?;
        self.skip_blanks();
        if fields.len() >= FIELDS {
            let text = format!("the object has more than {FIELDS} names");
            return Err(Flaw::new(key, codes::TOO_MANY_FIELDS, text));
        }
        match fields.entry(name) {
            Entry::Occupied(first) => {
                let text = format!("the name `{}` stands twice", first.key());
                let mut flaw = Flaw::new(key, codes::DUPLICATE_KEY, text);
                flaw.other = Some((first.get().key, "first one here"));
                Err(flaw)
            }
            Entry::Vacant(slot) => {
                let node = self.value(depth.saturating_add(1))?;
                slot.insert(Field { key, node });
                Ok(())
            }
        }
    }
}
