//! One scalar of a document: its style, its text, its length.

use arch_problem::{Span, codes};
use granit_parser::ScalarStyle;

use super::{SCALAR, plain};
use crate::{
    flaw::Flaw,
    letters,
    tree::{Node, Value},
};

/// A scalar event: the decoded text, and the text as it stands in the file.
pub(super) struct Scalar<'a> {
    pub(super) text: &'a str,
    pub(super) style: ScalarStyle,
    pub(super) raw: &'a str,
    pub(super) span: Span,
    /// Whether the file ends with the scalar and without a line break.
    pub(super) ends_file: bool,
    /// Whether it stands between brackets or braces.
    pub(super) in_flow: bool,
}

impl Scalar<'_> {
    pub(super) fn value(&self) -> Result<Node, Box<Flaw>> {
        self.check_style()?;
        self.check_text()?;
        let value = match self.style {
            ScalarStyle::Plain => plain::resolve(self.text).map_err(|refused| {
                Flaw::new(self.span, refused.code, refused.message).help(refused.help)
            })?,
            _ => Value::Text(self.text.to_owned()),
        };
        Ok(Node { span: self.span, value })
    }

    /// A key is text for every reader, and of few characters.
    pub(super) fn key(&self) -> Result<String, Box<Flaw>> {
        if self.raw.is_empty() {
            return Err(Flaw::new(self.span, codes::KEY_NOT_TEXT, "a key is missing"));
        }
        self.check_style()?;
        self.check_text()?;
        if self.style == ScalarStyle::Plain {
            self.check_plain_key()?;
        }
        if !letters::is_key(self.text) {
            let text = format!("`{}` cannot be a key", crate::flaw::shortened(self.text));
            return Err(Flaw::new(self.span, codes::KEY_FORM, text));
        }
        Ok(self.text.to_owned())
    }

    fn check_plain_key(&self) -> Result<(), Box<Flaw>> {
        if self.text == "<<" {
            return Err(Flaw::new(self.span, codes::MERGE_KEY, "`<<` is a merge key"));
        }
        match plain::resolve(self.text) {
            Ok(Value::Text(_)) => Ok(()),
            Err(refused) if refused.code == codes::NEEDS_QUOTES => Ok(()),
            _ => {
                let text = format!("`{}` is not text for every YAML reader", self.text);
                Err(Flaw::new(self.span, codes::KEY_NOT_TEXT, text)
                    .help(format!("write `\"{}\":`", self.text)))
            }
        }
    }

    fn check_style(&self) -> Result<(), Box<Flaw>> {
        let refuse = |code, text: &str| Err(Flaw::new(self.span, code, text));
        match self.style {
            ScalarStyle::Folded => refuse(codes::FOLDED_LINES, FOLDED),
            ScalarStyle::Literal if self.ends_file => refuse(
                codes::BLOCK_WITHOUT_END,
                "the file ends within the text, without a line break",
            ),
            ScalarStyle::Literal if self.text.starts_with('\n') => {
                refuse(codes::BLOCK_STARTS_BLANK, "the text starts with an empty line")
            }
            ScalarStyle::Literal if self.text.lines().any(is_blanks) => {
                refuse(codes::BLOCK_LINE_OF_BLANKS, "a line of the text holds nothing but blanks")
            }
            ScalarStyle::Literal => Ok(()),
            _ if self.raw.contains('\n') => refuse(codes::FOLDED_LINES, LINES),
            ScalarStyle::Plain if self.raw.is_empty() => {
                refuse(codes::NULL_VALUE, "a value is missing here")
            }
            // YAML 1.1 takes it for the sign of a key there.
            ScalarStyle::Plain if self.in_flow && self.raw.contains('?') => {
                refuse(codes::NEEDS_QUOTES, "there is a `?` in unquoted text between brackets")
            }
            ScalarStyle::DoubleQuoted if escapes(self.raw).any(is_half) => {
                refuse(codes::SURROGATE_ESCAPE, "half of a UTF-16 pair is escaped")
            }
            ScalarStyle::DoubleQuoted if escapes(self.raw).any(|after| after.starts_with('/')) => {
                refuse(codes::SLASH_ESCAPE, "a slash is escaped")
            }
            _ => Ok(()),
        }
    }

    fn check_text(&self) -> Result<(), Box<Flaw>> {
        if self.text.len() > SCALAR {
            return Err(Flaw::new(self.span, codes::SCALAR_TOO_LONG, too_long()));
        }
        match letters::flaw(self.text) {
            Some((code, message)) => Err(Flaw::new(self.span, code, message)),
            None => Ok(()),
        }
    }
}

/// What is said of folded text, and of text that goes on below.
pub(super) const FOLDED: &str = "folded text (`>`)";
pub(super) const LINES: &str = "the text runs over several lines";

pub(super) fn too_long() -> String {
    format!("the text has more than {SCALAR} bytes")
}

/// A line that is not empty and shows nothing.
fn is_blanks(line: &str) -> bool {
    !line.is_empty() && line.chars().all(|c| matches!(c, ' ' | '\t'))
}

/// What follows each backslash that escapes something.
fn escapes(raw: &str) -> impl Iterator<Item = &str> {
    let mut rest = raw;
    std::iter::from_fn(move || {
        let (_, after) = rest.split_once('\\')?;
        let mut next = after.chars();
        next.next();
        rest = next.as_str();
        Some(after)
    })
}

/// Whether `\ud800` to `\udfff` is escaped; readers join such halves, keep them, or refuse them.
fn is_half(escape: &str) -> bool {
    let digits = match escape.chars().next() {
        Some('u') => escape.get(1..3),
        Some('U') => escape.get(5..7).filter(|_| escape.starts_with("U0000")),
        _ => None,
    };
    let digits = digits.unwrap_or_default().to_ascii_lowercase();
    digits.starts_with('d') && digits.chars().nth(1).is_some_and(|c| c >= '8')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_of_characters_are_seen_and_escaped_backslashes_are_not_taken_for_them() {
        for raw in [r#""\ud83d\ude00""#, r#""a\uDFFF""#, r#""\U0000d800""#] {
            assert!(escapes(raw).any(is_half), "{raw}");
        }
        for raw in [r#""\\ud83d""#, r#""\u0041""#, r#""\ud7ff""#, r#""\U0001f600""#, r#""\""#] {
            assert!(!escapes(raw).any(is_half), "{raw}");
        }
    }
}
