//! Reads what a `Cargo.lock` names.

/// One package of the lock file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Locked {
    pub name: String,
    pub version: String,
    pub origin: Origin,
}

/// Where a package comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// A registry: its sources are looked for.
    Registry,
    /// A version control system.
    Other,
    /// A part of the project itself.
    Local,
}

/// The packages sorted by name and version.
pub fn read(text: &str) -> Vec<Locked> {
    let mut packages: Vec<Locked> = text.split("[[package]]").skip(1).filter_map(package).collect();
    packages.sort();
    packages.dedup();
    packages
}

fn package(part: &str) -> Option<Locked> {
    // Ends where the next table begins, such as `[metadata]` in older files.
    let fields = || part.lines().take_while(|line| !line.starts_with('['));
    let field = |key: &str| {
        fields().find_map(|line| line.strip_prefix(key)?.strip_prefix(" = \"")?.strip_suffix('"'))
    };
    let origin = match field("source") {
        None => Origin::Local,
        Some(source) if source.starts_with("registry+") || source.starts_with("sparse+") => Origin::Registry,
        Some(_) => Origin::Other,
    };
    Some(Locked { name: plain(field("name")?)?, version: plain(field("version")?)?, origin })
}

/// Names and versions become parts of paths: nothing that could lead elsewhere.
fn plain(text: &str) -> Option<String> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'+');
    let clean = !text.is_empty() && text.len() <= 128 && !text.starts_with('.') && text.bytes().all(fits);
    if clean { Some(text.to_owned()) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCK: &str = "# made by cargo\nversion = 4\n\n[[package]]\nname = \"zed\"\nversion = \"1.0.0\"\n\
        source = \"registry+x\"\nchecksum = \"00\"\ndependencies = [\n \"a\",\n]\n\n\
        [[package]]\nname = \"a\"\nversion = \"0.1.0\"\n\n[metadata]\nname = \"no\"\n";

    #[test]
    fn packages_are_sorted_and_know_where_they_come_from() {
        let packages = read(LOCK);
        let seen: Vec<_> = packages.iter().map(|p| (p.name.as_str(), p.version.as_str(), p.origin)).collect();
        assert_eq!(seen, [("a", "0.1.0", Origin::Local), ("zed", "1.0.0", Origin::Registry)]);
    }

    #[test]
    fn names_that_could_lead_out_of_the_folder_are_no_packages() {
        let evil = "[[package]]\nname = \"../etc\"\nversion = \"1\"\nsource = \"registry+x\"\n";
        assert_eq!(read(evil), []);
        assert_eq!(read("[[package]]\nname = \"..\"\nversion = \"1\"\n"), []);
        assert_eq!(read("not a lock file"), []);
    }
}
