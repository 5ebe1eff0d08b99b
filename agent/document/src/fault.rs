//! What is wrong with a document, by JSON pointer; the document knows the place in the file.

use arch_problem::Code;

/// One fault of a document's content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// JSON pointer (RFC 6901) to the value, `""` for the whole document.
    pub pointer: String,
    /// Whether the key is at fault and not its value.
    pub on_key: bool,
    /// Its code in the catalogue.
    pub code: Code,
    /// What is wrong: lower case, no full stop, the file's words in backticks.
    pub message: String,
    /// A remedy that fits better than the catalogue's.
    pub help: Option<String>,
}

impl Fault {
    /// A fault of the value at `pointer`.
    pub fn new(pointer: impl Into<String>, code: Code, message: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), on_key: false, code, message: message.into(), help: None }
    }

    /// The same, with the key as its place.
    #[must_use]
    pub fn on_key(mut self) -> Self {
        self.on_key = true;
        self
    }

    /// The same, with a better remedy.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}
