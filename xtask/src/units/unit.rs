//! A unit file, before it is text.

/// One unit.
#[derive(Debug, Clone)]
pub(super) struct Unit {
    /// Its file name.
    pub(super) name: &'static str,
    /// What it is, in the first line of the file.
    pub(super) about: &'static str,
    pub(super) sections: Vec<Section>,
}

/// `[Unit]`, `[Service]` …
#[derive(Debug, Clone)]
pub(super) struct Section {
    pub(super) name: &'static str,
    pub(super) lines: Vec<Line>,
}

/// A setting, or why the settings below it are as they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Line {
    Set(&'static str, String),
    Why(&'static str),
    /// A flag that is not set, and why.
    Off(&'static str, &'static str),
    Gap,
}

/// `key=value`.
pub(super) fn set(key: &'static str, value: impl Into<String>) -> Line {
    Line::Set(key, value.into())
}

/// A comment.
pub(super) fn why(text: &'static str) -> Line {
    Line::Why(text)
}

pub(super) fn section(name: &'static str, lines: impl IntoIterator<Item = Line>) -> Section {
    Section { name, lines: lines.into_iter().collect() }
}

/// The first line of every file that is written here.
pub(super) const WRITTEN: &str = "# Written by `cargo xtask units`; change the table, not this.";

/// Longest line of a comment.
const WIDTH: usize = 96;

impl Unit {
    /// As systemd reads it.
    pub(super) fn text(&self) -> String {
        let mut text = format!("# {}\n{WRITTEN}\n", self.about);
        for section in &self.sections {
            text.push_str(&format!("\n[{}]\n", section.name));
            section.lines.iter().for_each(|line| line.write(&mut text));
        }
        text
    }
}

impl Line {
    pub(super) fn write(&self, text: &mut String) {
        match self {
            Self::Set(key, value) => text.push_str(&format!("{key}={value}\n")),
            Self::Why(why) => comment(why, text),
            Self::Off(flag, why) => comment(&format!("{flag}= is off: {why}."), text),
            Self::Gap => text.push('\n'),
        }
    }
}

fn comment(words: &str, text: &mut String) {
    wrapped(words).iter().for_each(|line| text.push_str(&format!("# {line}\n")));
}

/// Words in lines of at most [`WIDTH`] characters.
pub(super) fn wrapped(text: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let Some(last) = lines.last_mut() else { break };
        let length = last.chars().count().saturating_add(word.chars().count());
        if last.is_empty() {
            last.push_str(word);
        } else if length < WIDTH {
            last.push(' ');
            last.push_str(word);
        } else {
            lines.push(word.to_owned());
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_is_written_with_its_reasons() {
        let lines = [why("so it is"), set("Type", "exec"), Line::Gap, set("User", "x")];
        let unit =
            Unit { name: "x.service", about: "X", sections: vec![section("Service", lines)] };
        let rest = "\n[Service]\n# so it is\nType=exec\n\nUser=x\n";
        assert_eq!(unit.text(), format!("# X\n{WRITTEN}\n{rest}"));
    }

    #[test]
    fn long_reasons_take_several_lines_and_lose_no_word() {
        let text = "word ".repeat(60);
        let lines = wrapped(&text);
        assert!(lines.len() > 1 && lines.iter().all(|line| line.chars().count() <= WIDTH));
        assert_eq!(lines.join(" "), text.trim());
    }
}
