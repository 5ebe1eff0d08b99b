//! Reads the lists of allowed system calls: data files in which each line says why.
//!
//! ```text
//! NAME [argN is VALUE | argN lacks MASK | argN has MASK] [when files|shared|debug] because REASON
//! ```
//!
//! Lines of one name are alternatives. A line with `when` counts only for those that have that use.

use std::collections::BTreeSet;

/// What a process is for, beyond what all of its kind do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Use {
    /// It has grants on files.
    Files,
    /// It takes one job after the other.
    Shared,
    /// It was built for tests.
    Debug,
}

/// A condition on one argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Check {
    /// The low 32 bits equal the value.
    Is(u32),
    /// None of the mask's bits is set.
    Lacks(u32),
    /// All of the mask's bits are set.
    Has(u32),
}

/// One allowed call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The call's name, as in the kernel's table.
    pub name: String,
    /// Which argument, from 0, and what it must be.
    pub argument: Option<(u8, Check)>,
    /// For whom; everybody if none.
    pub when: Option<Use>,
    /// Why it is needed.
    pub because: String,
}

/// What is wrong with a list, and in which line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {what}")]
pub struct ListError {
    /// From 1.
    pub line: usize,
    /// What is wrong.
    pub what: &'static str,
}

/// Reads a whole list. Empty lines and lines that start with `#` are for people.
pub(super) fn parse(text: &str) -> Result<Vec<Line>, ListError> {
    let mut lines: Vec<Line> = Vec::new();
    let mut bare = BTreeSet::new();
    for (index, text) in text.lines().enumerate() {
        let at = |what| ListError { line: index.saturating_add(1), what };
        let text = text.trim();
        if text.is_empty() || text.starts_with('#') {
            continue;
        }
        let line = read(text).map_err(at)?;
        let unconditional = line.argument.is_none() && line.when.is_none();
        if bare.contains(&line.name) || unconditional && lines.iter().any(|l| l.name == line.name) {
            return Err(at("the call is allowed without a condition elsewhere"));
        }
        if unconditional {
            bare.insert(line.name.clone());
        }
        lines.push(line);
    }
    Ok(lines)
}

fn read(text: &str) -> Result<Line, &'static str> {
    let (rule, because) = text.split_once(" because ").ok_or("no `because`")?;
    if because.trim().is_empty() {
        return Err("no reason after `because`");
    }
    let mut words = rule.split_whitespace();
    let name = words.next().ok_or("no name")?.to_owned();
    let (mut argument, mut when) = (None, None);
    while let Some(word) = words.next() {
        if word == "when" && when.is_none() {
            when = Some(match words.next() {
                Some("files") => Use::Files,
                Some("shared") => Use::Shared,
                Some("debug") => Use::Debug,
                _ => return Err("`when` is followed by `files`, `shared` or `debug`"),
            });
        } else if let Some(number) = word.strip_prefix("arg")
            && argument.is_none()
        {
            argument = Some(condition(number, words.next(), words.next())?);
        } else {
            return Err("a word that does not belong here");
        }
    }
    Ok(Line { name, argument, when, because: because.trim().to_owned() })
}

fn condition(
    number: &str,
    op: Option<&str>,
    value: Option<&str>,
) -> Result<(u8, Check), &'static str> {
    let number = number.parse().ok().filter(|n| *n < 6).ok_or("arguments are arg0 to arg5")?;
    let value = value.ok_or("a condition needs a value")?;
    let value = match value.strip_prefix("0x") {
        Some(digits) => u32::from_str_radix(digits, 16),
        None => value.parse(),
    };
    let value = value.map_err(|_| "a value is a number of 32 bits")?;
    match op {
        Some("is") => Ok((number, Check::Is(value))),
        Some("lacks") => Ok((number, Check::Lacks(value))),
        Some("has") => Ok((number, Check::Has(value))),
        _ => Err("a condition is `is`, `lacks` or `has`"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_without_a_reason_is_refused() {
        for text in ["read", "read because ", "read because"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn conditions_and_uses_are_read() {
        let lines = parse("# head\n\nopenat2 when files because x\nmmap arg2 lacks 0x4 because y");
        let lines = lines.unwrap();
        assert_eq!(lines[0].when, Some(Use::Files));
        assert_eq!(lines[1].argument, Some((2, Check::Lacks(4))));
    }

    #[test]
    fn a_condition_that_another_line_makes_void_is_refused() {
        for text in [
            "mmap because x\nmmap arg2 lacks 4 because y",
            "mmap arg2 lacks 4 because y\nmmap because x",
        ] {
            assert_eq!(parse(text).unwrap_err().line, 2);
        }
    }

    #[test]
    fn noise_names_its_line() {
        for text in ["a\nread arg9 is 1 because x", "a b because x"] {
            assert!(parse(text).is_err(), "{text}");
        }
        assert_eq!(parse("read because x\nx y because z").unwrap_err().line, 2);
    }
}
