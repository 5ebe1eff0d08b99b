//! Reads a few fields of a published `Cargo.toml`.
//!
//! Cargo writes these files itself when it packs a package, one field a line, so lines are enough.
//! Texts over several lines are skipped as a whole.

/// What the audit wants to know of a package's manifest.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Manifest {
    pub license: Option<String>,
    pub license_file: Option<String>,
    /// `build = "…"` or `build = false`; cargo's default is whether `build.rs` is there.
    pub build: Option<bool>,
    /// The library is a procedural macro, which also runs while building.
    pub proc_macro: bool,
    /// The native library that it links.
    pub links: Option<String>,
}

/// Reads what is there; what is not understood is passed over.
pub fn read(text: &str) -> Manifest {
    let mut manifest = Manifest::default();
    let mut table = "";
    let mut long: Option<&str> = None;
    for line in text.lines().map(str::trim) {
        if let Some(end) = long {
            if line.contains(end) {
                long = None;
            }
        } else if line.starts_with('[') {
            table = line;
        } else if let Some((key, value)) = line.split_once('=') {
            let value = value.trim();
            long = opened(value);
            manifest.field(table, key.trim(), value);
        }
    }
    manifest
}

/// The end to wait for when a text over several lines starts here.
fn opened(value: &str) -> Option<&'static str> {
    ["\"\"\"", "'''"].into_iter().find(|quote| value.matches(quote).count() == 1)
}

impl Manifest {
    fn field(&mut self, table: &str, key: &str, value: &str) {
        match (table, key) {
            ("[package]" | "[project]", "license") => self.license = text(value),
            ("[package]" | "[project]", "license-file") => self.license_file = text(value),
            ("[package]" | "[project]", "links") => self.links = text(value),
            ("[package]" | "[project]", "build") => self.build = Some(value != "false"),
            ("[lib]", "proc-macro" | "proc_macro") => self.proc_macro = value.starts_with("true"),
            _ => {}
        }
    }

    /// The licence as one line: SPDX where the package says so.
    pub fn licence(&self) -> String {
        match (&self.license, &self.license_file) {
            (Some(expression), _) => spdx(expression),
            (None, Some(file)) => format!("see file {file}"),
            (None, None) => "none stated".to_owned(),
        }
    }
}

/// A quoted text of one line, up to its closing quote.
fn text(value: &str) -> Option<String> {
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let inside = &value[1..];
    let end = inside.find(quote)?;
    let clean: String = inside[..end].chars().filter(|c| !c.is_control()).take(200).collect();
    if clean.is_empty() { None } else { Some(clean) }
}

/// `MIT/Apache-2.0` is the older way to write `MIT OR Apache-2.0`.
fn spdx(expression: &str) -> String {
    let parts: Vec<&str> = expression.split('/').map(str::trim).collect();
    parts.join(" OR ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_count_only_in_their_table() {
        let manifest = read(
            "[package]\nname = \"a\"\nlicense = \"MIT/Apache-2.0\"\nbuild = \"build.rs\"\nlinks = \"z\"\n\
             [lib]\nproc-macro = true\n[package.metadata]\nlicense = \"GPL-3.0\"\nbuild = false\n",
        );
        assert_eq!(manifest.licence(), "MIT OR Apache-2.0");
        assert_eq!((manifest.build, manifest.proc_macro, manifest.links.as_deref()), (Some(true), true, Some("z")));
    }

    #[test]
    fn a_text_over_several_lines_is_skipped() {
        let manifest = read("[package]\ndescription = \"\"\"\nlicense = \"no\"\n[lib]\n\"\"\"\nlicense = 'MIT' # ok\n");
        assert_eq!(manifest.licence(), "MIT");
    }

    #[test]
    fn a_package_without_a_licence_is_said_to_have_none() {
        assert_eq!(read("").licence(), "none stated");
        assert_eq!(read("[package]\nlicense-file = \"L\"\nbuild = false\n").licence(), "see file L");
        assert_eq!(read("[package]\nlicense = \"\nlicense-file = 3\n").licence(), "none stated");
    }
}
