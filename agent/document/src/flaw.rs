//! Why a text could not be read, with the place that the reader had in hand.

use arch_problem::{Code, Place, Problem, Span};

/// A flaw in how a file is written.
#[derive(Debug)]
pub(crate) struct Flaw {
    pub(crate) span: Span,
    pub(crate) code: Code,
    pub(crate) message: String,
    pub(crate) help: Option<String>,
    /// A second place that matters, with its label.
    pub(crate) other: Option<(Span, &'static str)>,
}

impl Flaw {
    pub(crate) fn new(span: Span, code: Code, message: impl Into<String>) -> Box<Self> {
        Box::new(Self { span, code, message: message.into(), help: None, other: None })
    }

    pub(crate) fn help(mut self: Box<Self>, help: impl Into<String>) -> Box<Self> {
        self.help = Some(help.into());
        self
    }

    pub(crate) fn tell(self, file: &str) -> Box<Problem> {
        let problem = Problem::new(self.code, self.message).at(file, self.span, "");
        let problem = match self.help {
            Some(help) => problem.help(help),
            None => problem,
        };
        Box::new(match self.other {
            Some((span, label)) => {
                problem.because(Place { file: file.to_owned(), span, label: label.to_owned() })
            }
            None => problem,
        })
    }
}

/// `text` for the backticks of a message: short, and on one line.
pub(crate) fn shortened(text: &str) -> String {
    const MOST: usize = 60;
    let mut short = String::new();
    for (i, c) in text.chars().enumerate() {
        match c {
            _ if i >= MOST => return short + "…",
            c if c.is_control() => short.extend(c.escape_default()),
            c => short.push(c),
        }
    }
    short
}
