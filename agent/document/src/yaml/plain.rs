//! What an unquoted scalar means, if all versions of YAML agree about it.
//!
//! Sources: YAML 1.1 types (bool, int, float, null, timestamp, merge, value), YAML 1.2 §10.3.2.
//! Refused is whatever any of them, or a reader in wide use, takes for anything but text; where
//! their grammars differ in detail the wider one decides.

use arch_identity::canonical::Decimal;
use arch_problem::{Code, codes};

use crate::{flaw::shortened, letters::is_safe, tree::Value};

/// Why an unquoted scalar is refused.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refused {
    pub(super) code: Code,
    pub(super) message: String,
    pub(super) help: String,
}

/// What `text` means without quotes.
pub(super) fn resolve(text: &str) -> Result<Value, Refused> {
    match text {
        "true" => return Ok(Value::Bool(true)),
        "false" => return Ok(Value::Bool(false)),
        _ => {}
    }
    if let Some(refused) = word(text) {
        return Err(refused);
    }
    if is_date(text) {
        return Err(ambiguous(text, "some YAML readers take it for a date"));
    }
    if looks_like_number(text) {
        return number(text);
    }
    if text.starts_with(['?', ':', '%', '@', '`', ',', ']', '}', '|', '>', '&', '*', '!', '#']) {
        let message = format!("`{}` starts with a sign that YAML uses", shortened(text));
        return Err(Refused { code: codes::NEEDS_QUOTES, message, help: quoted(text) });
    }
    Ok(Value::Text(text.to_owned()))
}

/// Words that some YAML version reads as null or a truth value, in any case.
fn word(text: &str) -> Option<Refused> {
    // The longest such word has five letters.
    let mut lower = [0; 5];
    let lower = lower.get_mut(..text.len())?;
    lower.copy_from_slice(text.as_bytes());
    lower.make_ascii_lowercase();
    let truth = match std::str::from_utf8(lower).ok()? {
        "" | "~" | "null" => {
            let message = format!("`{text}` is null");
            let help = format!("leave the field out, or write `\"{text}\"` if it is text");
            return Some(Refused { code: codes::NULL_VALUE, message, help });
        }
        "y" | "yes" | "on" | "true" => "true",
        "n" | "no" | "off" | "false" => "false",
        "<<" => return Some(ambiguous(text, "some YAML readers take it for a merge key")),
        "=" => return Some(ambiguous(text, "YAML 1.1 gives it a meaning of its own")),
        ".inf" | "+.inf" | "-.inf" | ".nan" | "+.nan" | "-.nan" => {
            return Some(ambiguous(text, "YAML readers take it for a number that JSON has not"));
        }
        _ => return None,
    };
    let message = format!("`{text}` is a truth value for some YAML readers and text for others");
    let help = format!("write `{truth}` for the truth value, or `\"{text}\"` for the text");
    Some(Refused { code: codes::AMBIGUOUS, message, help })
}

fn ambiguous(text: &str, why: &str) -> Refused {
    let message = format!("`{}`: {why}", shortened(text));
    Refused { code: codes::AMBIGUOUS, message, help: quoted(text) }
}

fn quoted(text: &str) -> String {
    format!("write `\"{}\"`", shortened(text))
}

/// `2026-11-23`, with or without a time behind it.
fn is_date(text: &str) -> bool {
    let mut parts = text.splitn(3, '-');
    let digits = |part: Option<&str>, lengths: std::ops::RangeInclusive<usize>| {
        part.is_some_and(|p| lengths.contains(&p.len()) && p.bytes().all(|b| b.is_ascii_digit()))
    };
    let head = digits(parts.next(), 4..=4) && digits(parts.next(), 1..=2);
    head && parts.next().is_some_and(|rest| {
        let day = rest.bytes().take_while(u8::is_ascii_digit).count();
        (1..=2).contains(&day)
            && matches!(rest.as_bytes().get(day), None | Some(b'T' | b't' | b' '))
    })
}

/// Whether any YAML version could take it for a number; wider than each of them.
fn looks_like_number(text: &str) -> bool {
    let body = text.strip_prefix(['+', '-']).unwrap_or(text);
    let mut radix = body.chars();
    if radix.next() == Some('0') && matches!(radix.next(), Some('x' | 'X' | 'o' | 'O' | 'b' | 'B'))
    {
        return radix.all(|c| c.is_ascii_hexdigit() || c == '_');
    }
    if !body.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return false;
    }
    let mantissa = |c: char| c.is_ascii_digit() || matches!(c, '.' | '_' | ':' | ',');
    let rest = body.trim_start_matches(mantissa);
    let Some(exponent) = rest.strip_prefix(['e', 'E']) else { return rest.is_empty() };
    let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    exponent.chars().all(mantissa)
}

/// Only the one plain spelling of a number is one.
fn number(text: &str) -> Result<Value, Refused> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').map_or((digits, None), |(w, f)| (w, Some(f)));
    let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let one_zero = whole == "0" || !whole.starts_with('0');
    if !all_digits(whole) || !fraction.is_none_or(all_digits) {
        let others =
            text.bytes().any(|b| matches!(b, b':' | b',')) || text.matches('.').count() > 1;
        if others || text.starts_with('.') {
            return Err(ambiguous(text, "some YAML readers take it for a number"));
        }
        return Err(unusual(text, None));
    }
    match fraction {
        _ if !one_zero => Err(unusual(text, None)),
        None if text == "-0" => Err(unusual(text, Some("0".to_owned()))),
        None => match text.parse() {
            Ok(n) if is_safe(n) => Ok(Value::Integer(n)),
            _ => Err(out_of_range(text)),
        },
        Some(_) => {
            let decimal: Decimal = text.parse().map_err(|_| out_of_range(text))?;
            let plain = decimal.to_string();
            if plain == text {
                Ok(Value::Decimal(decimal))
            } else {
                Err(unusual(text, Some(plain)))
            }
        }
    }
}

fn unusual(text: &str, plain: Option<String>) -> Refused {
    let message = format!("`{}` is not the plain spelling of a number", shortened(text));
    let help = match plain {
        Some(plain) => format!("write `{plain}` for the number, or `\"{text}\"` for the text"),
        None => format!(
            "write the number plainly in decimal, or `\"{}\"` for the text",
            shortened(text)
        ),
    };
    Refused { code: codes::NUMBER_FORM, message, help }
}

fn out_of_range(text: &str) -> Refused {
    let message = format!("some readers round the number `{}`", shortened(text));
    Refused { code: codes::NUMBER_RANGE, message, help: quoted(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> Option<&'static str> {
        resolve(text).err().map(|refused| refused.code.as_str())
    }

    #[test]
    fn what_all_versions_read_alike_is_accepted() {
        assert_eq!(resolve("true"), Ok(Value::Bool(true)));
        assert_eq!(resolve("-9007199254740991"), Ok(Value::Integer(-9_007_199_254_740_991)));
        assert_eq!(resolve("0.15"), Ok(Value::Decimal("0.15".parse().unwrap())));
        for text in [
            "wasm",
            "10m",
            "8Gi",
            "ghcr.io/arch/os@sha256:ab",
            "http://x/y",
            "-v",
            "--flag",
            "sha256:12",
            "0xyz",
            "12a",
            "yesterday",
            "nothing",
            "trues",
            "2026-11",
            "2026-11-23x",
            "e3",
            ".hidden",
            "a,b",
            "it's",
            "1 2",
            "<",
            "<=",
            "==",
            "$x",
            "(a)",
            "é",
            "+x",
            "~a",
            "_1",
        ] {
            assert_eq!(resolve(text), Ok(Value::Text(text.to_owned())), "{text}");
        }
    }

    #[test]
    fn what_some_version_reads_otherwise_names_the_quoted_form() {
        for (text, wanted) in [
            ("yes", "ARCH-D118"),
            ("No", "ARCH-D118"),
            ("ON", "ARCH-D118"),
            ("y", "ARCH-D118"),
            ("True", "ARCH-D118"),
            ("<<", "ARCH-D118"),
            ("=", "ARCH-D118"),
            ("1:30", "ARCH-D118"),
            (".inf", "ARCH-D118"),
            ("-.INF", "ARCH-D118"),
            (".NaN", "ARCH-D118"),
            ("2026-11-23", "ARCH-D118"),
            ("2026-1-2 03:04:05", "ARCH-D118"),
            ("2026-11-23T00:00:00Z", "ARCH-D118"),
            ("127.0.0.1", "ARCH-D118"),
            (".5", "ARCH-D118"),
            (".", "ARCH-D118"),
            ("1,000", "ARCH-D118"),
            ("~", "ARCH-D117"),
            ("NULL", "ARCH-D117"),
            ("", "ARCH-D117"),
            ("0777", "ARCH-D119"),
            ("0x1F", "ARCH-D119"),
            ("0o17", "ARCH-D119"),
            ("0b1", "ARCH-D119"),
            ("1_000", "ARCH-D119"),
            ("1e3", "ARCH-D119"),
            ("1.0e3", "ARCH-D119"),
            ("+1", "ARCH-D119"),
            ("-0", "ARCH-D119"),
            ("1.", "ARCH-D119"),
            ("1.10", "ARCH-D119"),
            ("1.0", "ARCH-D119"),
            ("9007199254740992", "ARCH-D120"),
            ("123456789012345678901234567890", "ARCH-D120"),
            ("0.1234567", "ARCH-D120"),
            ("1234567890.5", "ARCH-D120"),
            ("?x", "ARCH-D130"),
            (":x", "ARCH-D130"),
            ("@x", "ARCH-D130"),
            ("%x", "ARCH-D130"),
        ] {
            assert_eq!(code(text), Some(wanted), "{text}");
            assert!(resolve(text).unwrap_err().help.contains('"'), "{text}");
        }
    }
}
