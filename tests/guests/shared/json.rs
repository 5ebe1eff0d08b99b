//! Writes JSON: objects and lists with two spaces of indent, members in the order they are given.

use std::fmt::Write;

/// Text that grows by one value.
#[derive(Debug, Default)]
pub struct Json {
    text: String,
    depth: usize,
    /// Whether the next member or element needs no comma before it.
    fresh: bool,
}

impl Json {
    /// Writes `{…}`; `members` calls [`Json::key`] before each value.
    pub fn object(&mut self, members: impl FnOnce(&mut Self)) {
        self.nest('{', '}', members);
    }

    /// Writes `[…]` with one element for each item.
    pub fn list<T>(&mut self, items: impl IntoIterator<Item = T>, mut element: impl FnMut(&mut Self, T)) {
        self.nest('[', ']', |json| {
            for item in items {
                json.next();
                element(json, item);
            }
        });
    }

    /// Writes a member's name; its value has to follow.
    pub fn key(&mut self, name: &str) -> &mut Self {
        self.next();
        self.string(name);
        self.text.push_str(": ");
        self
    }

    /// Writes a number.
    pub fn number(&mut self, number: u64) {
        let _writing_to_text_cannot_fail = write!(self.text, "{number}");
    }

    /// Writes `true` or `false`.
    #[allow(dead_code)] // not every guest needs it
    pub fn truth(&mut self, truth: bool) {
        self.text.push_str(if truth { "true" } else { "false" });
    }

    /// Writes a text.
    pub fn string(&mut self, text: &str) {
        self.text.push('"');
        for c in text.chars() {
            match c {
                '"' => self.text.push_str("\\\""),
                '\\' => self.text.push_str("\\\\"),
                c if c < ' ' => {
                    let _writing_to_text_cannot_fail = write!(self.text, "\\u{:04x}", u32::from(c));
                }
                c => self.text.push(c),
            }
        }
        self.text.push('"');
    }

    /// Writes a value that is JSON already.
    #[allow(dead_code)] // not every guest needs it
    pub fn ready(&mut self, json: &str) {
        self.text.push_str(json);
    }

    /// The text, with a line end.
    pub fn finish(mut self) -> String {
        self.text.push('\n');
        self.text
    }

    fn nest(&mut self, open: char, close: char, inside: impl FnOnce(&mut Self)) {
        self.text.push(open);
        self.depth += 1;
        self.fresh = true;
        inside(self);
        self.depth -= 1;
        if !self.fresh {
            self.line();
        }
        self.fresh = false;
        self.text.push(close);
    }

    fn next(&mut self) {
        if !self.fresh {
            self.text.push(',');
        }
        self.fresh = false;
        self.line();
    }

    fn line(&mut self) {
        self.text.push('\n');
        for _ in 0..self.depth {
            self.text.push_str("  ");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nested_values_have_commas_between_and_none_behind() {
        let mut json = Json::default();
        json.object(|json| {
            json.key("none").list([0_u64; 0], Json::number);
            json.key("some").list([1, 2], Json::number);
            json.key("text").string("a\"\\\n");
        });
        let text = "{\n  \"none\": [],\n  \"some\": [\n    1,\n    2\n  ],\n  \"text\": \"a\\\"\\\\\\u000a\"\n}\n";
        assert_eq!(json.finish(), text);
    }
}
