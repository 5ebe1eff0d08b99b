//! Paths in the guest's one namespace.
//!
//! No link is ever followed here, so `..` can be taken away lexically.

use std::fmt;

use super::fault::Errno;

/// Longest path, in bytes.
const PATH_MAX: usize = 4096;
/// Longest name, in bytes.
pub(crate) const NAME_MAX: usize = 255;
/// Most names in a path.
const DEPTH_MAX: usize = 128;

/// An absolute path without `.`, `..`, empty names or NUL; the root is the empty text.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct GuestPath(String);

/// Why a path given by the guest leads nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BadPath {
    /// It leaves the folder it is relative to.
    Escape,
    /// It is malformed.
    Errno(Errno),
}

/// A guest's relative path, resolved.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Walked {
    /// Where it leads.
    pub(crate) path: GuestPath,
    /// Whether a trailing slash says that this is a folder.
    pub(crate) folder: bool,
}

impl GuestPath {
    /// Reads an absolute path written in normal form; `None` for any other text.
    pub(crate) fn absolute(text: &str) -> Option<Self> {
        if text == "/" {
            return Some(Self::default());
        }
        let walked = Self::default().walk(text.strip_prefix('/')?).ok()?;
        (walked.path.0 == text).then_some(walked.path)
    }

    /// Follows `relative` from here. It may not climb above this folder.
    pub(crate) fn walk(&self, relative: &str) -> Result<Walked, BadPath> {
        check(relative)?;
        let mut below: Vec<&str> = Vec::new();
        for name in relative.split('/') {
            match name {
                "" | "." => {}
                ".." => drop(below.pop().ok_or(BadPath::Escape)?),
                _ => below.push(name),
            }
        }
        let mut path = self.0.clone();
        for name in &below {
            path.push('/');
            path.push_str(name);
        }
        if path.len() > PATH_MAX || path.split('/').count() > DEPTH_MAX {
            return Err(BadPath::Errno(Errno::NameTooLong));
        }
        let folder = relative.ends_with('/') || relative.ends_with("/.") || below.is_empty();
        Ok(Walked { path: Self(path), folder })
    }

    /// The entry `name` of this folder; `name` is one clean name.
    pub(crate) fn join(&self, name: &str) -> Self {
        Self(format!("{}/{name}", self.0))
    }

    /// The folder this lies in; the root lies in itself.
    pub(crate) fn parent(&self) -> Self {
        Self(self.0.rsplit_once('/').map_or("", |(parent, _)| parent).to_owned())
    }

    /// What follows `self` in `other` (`""` for itself), or `None` if `other` is not in here.
    pub(crate) fn relative<'a>(&self, other: &'a Self) -> Option<&'a str> {
        let rest = other.0.strip_prefix(&self.0)?;
        if rest.is_empty() { Some(rest) } else { rest.strip_prefix('/') }
    }

    /// The path as the guest writes it.
    pub(crate) fn as_str(&self) -> &str {
        if self.0.is_empty() { "/" } else { &self.0 }
    }

    /// A number of this path, never 0, the same on every node.
    pub(crate) fn number(&self, context: &'static str) -> u64 {
        let mut hasher = blake3::Hasher::new_derive_key(context);
        hasher.update(self.as_str().as_bytes());
        let mut bytes = [0; 8];
        hasher.finalize_xof().fill(&mut bytes);
        u64::from_le_bytes(bytes).max(1)
    }
}

fn check(relative: &str) -> Result<(), BadPath> {
    if relative.is_empty() {
        return Err(BadPath::Errno(Errno::NoEntry));
    }
    if relative.starts_with('/') {
        return Err(BadPath::Escape);
    }
    if relative.contains('\0') {
        return Err(BadPath::Errno(Errno::Invalid));
    }
    if relative.len() > PATH_MAX || relative.split('/').any(|name| name.len() > NAME_MAX) {
        return Err(BadPath::Errno(Errno::NameTooLong));
    }
    Ok(())
}

impl fmt::Display for GuestPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> GuestPath {
        GuestPath::absolute(text).unwrap()
    }

    #[test]
    fn dots_and_doubled_slashes_vanish() {
        let walked = path("/a").walk("b//./c/../d").unwrap();
        assert_eq!(walked, Walked { path: path("/a/b/d"), folder: false });
    }

    #[test]
    fn nothing_climbs_above_the_folder_it_starts_from() {
        for bad in ["..", "../a", "b/../../c", "./..", "/a/b"] {
            assert_eq!(path("/a").walk(bad), Err(BadPath::Escape), "{bad}");
        }
    }

    #[test]
    fn only_normal_absolute_paths_are_read() {
        for bad in ["", "a", "/a/", "/a//b", "/a/../b", "/./a", "/a\0"] {
            assert_eq!(GuestPath::absolute(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_longer_name_is_not_inside_a_shorter_one() {
        assert_eq!(path("/a").relative(&path("/ab")), None);
        assert_eq!(path("/a").relative(&path("/a/b")), Some("b"));
        assert_eq!(path("/").relative(&path("/a")), Some("a"));
        assert_eq!(path("/").relative(&path("/")), Some(""));
    }

    #[test]
    fn endless_names_and_paths_are_refused() {
        let long = Err(BadPath::Errno(Errno::NameTooLong));
        assert_eq!(path("/a").walk(&"x".repeat(256)), long);
        assert_eq!(path("/a").walk(&"x/".repeat(200)), long);
        assert_eq!(path("/a").walk(&"./".repeat(4000)), long);
    }
}
