//! JSON numbers that every reader keeps exactly.

use arch_identity::canonical::Decimal;
use arch_problem::codes;

use super::Reader;
use crate::{flaw::Flaw, letters::is_safe, tree::Value};

impl Reader<'_> {
    /// `-?(0|[1-9][0-9]*)(\.[0-9]+)?`; an exponent is refused, RFC 8785 never needs one here.
    pub(super) fn number(&mut self) -> Result<Value, Box<Flaw>> {
        let start = self.at;
        let text = self.run(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'+' | b'.'));
        let span = self.since(start);
        let digits = text.strip_prefix('-').unwrap_or(text);
        let plain = digits.bytes().all(|b| b.is_ascii_digit() || b == b'.');
        let leading = digits.len() > 1 && digits.starts_with('0') && !digits.starts_with("0.");
        if !plain || leading || text == "-0" {
            let message =
                format!("`{}` is not the plain spelling of a number", crate::flaw::shortened(text));
            return Err(Flaw::new(span, codes::NUMBER_FORM, message));
        }
        let value = if digits.contains('.') {
            text.parse::<Decimal>().ok().map(Value::Decimal)
        } else {
            text.parse().ok().filter(|n| is_safe(*n)).map(Value::Integer)
        };
        value.ok_or_else(|| {
            let message =
                format!("some readers round the number `{}`", crate::flaw::shortened(text));
            Flaw::new(span, codes::NUMBER_RANGE, message)
        })
    }
}
