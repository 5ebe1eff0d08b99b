//! What a job may touch outside its sandbox.

use std::{fmt, str::FromStr};

use crate::{flaw::shortened, form::text_form};

/// One permission: `read:/path`, `write:/path` or `egress:443`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Grant {
    /// Read everything at and below a path.
    Read(GrantPath),
    /// Write at and below a path; does not include reading other jobs' files there.
    Write(GrantPath),
    /// Connect to a TCP port of other machines.
    Egress(u16),
}

/// An absolute path in normal form: no `.`, `..`, doubled or trailing slashes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GrantPath(String);

/// The text is no grant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotAGrant {
    /// Neither of the three forms.
    #[error("`{0}` is no grant; there are `read:/path`, `write:/path` and `egress:PORT`")]
    Form(String),
    /// The path is relative, or not in normal form.
    #[error("`{0}` is no absolute path in normal form (no `.`, `..`, `//` or trailing `/`)")]
    Path(String),
    /// The port is not within 1 to 65535.
    #[error("`{0}` is no port; ports are 1 to 65535")]
    Port(String),
}

/// Linux takes 4,096 bytes; a third of it leaves room below.
const LONGEST: usize = 1_024;

impl GrantPath {
    /// The path as text, `/` or `/a/b`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The names between the slashes; none for `/`.
    pub fn components(&self) -> impl Iterator<Item = &str> {
        self.0.split('/').filter(|name| !name.is_empty())
    }

    /// Whether `other` is this path or lies below it. Goes by whole names: `/srv/a` does not
    /// contain `/srv/ab`.
    #[must_use]
    pub fn contains(&self, other: &Self) -> bool {
        let mut theirs = other.components();
        self.components().all(|ours| theirs.next() == Some(ours))
    }
}

impl FromStr for GrantPath {
    type Err = NotAGrant;

    fn from_str(text: &str) -> Result<Self, NotAGrant> {
        let plain = |name: &str| !matches!(name, "" | "." | "..");
        let visible = text.len() <= LONGEST && !text.chars().any(char::is_control);
        let normal = text == "/" || text.strip_prefix('/').is_some_and(|p| p.split('/').all(plain));
        if visible && normal {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotAGrant::Path(shortened(text)))
        }
    }
}

impl fmt::Display for GrantPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Grant {
    /// Whether everything that `other` permits is permitted by this one.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Read(ours), Self::Read(theirs)) | (Self::Write(ours), Self::Write(theirs)) => {
                ours.contains(theirs)
            }
            (Self::Egress(ours), Self::Egress(theirs)) => ours == theirs,
            _ => false,
        }
    }

    /// Whether it is about the network and not about files.
    #[must_use]
    pub fn is_net(&self) -> bool {
        matches!(self, Self::Egress(_))
    }
}

impl FromStr for Grant {
    type Err = NotAGrant;

    fn from_str(text: &str) -> Result<Self, NotAGrant> {
        match text.split_once(':') {
            Some(("read", path)) => path.parse().map(Self::Read),
            Some(("write", path)) => path.parse().map(Self::Write),
            Some(("egress", port)) => match port.parse::<u16>() {
                // Writing it again refuses `+1`, `01` and their like.
                Ok(number) if number > 0 && number.to_string() == port => Ok(Self::Egress(number)),
                _ => Err(NotAGrant::Port(shortened(port))),
            },
            _ => Err(NotAGrant::Form(shortened(text))),
        }
    }
}

impl fmt::Display for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Read(path) => write!(f, "read:{path}"),
            Self::Write(path) => write!(f, "write:{path}"),
            Self::Egress(port) => write!(f, "egress:{port}"),
        }
    }
}

text_form!(
    Grant,
    "Grant",
    // A path without `.`, `..`, `//` and control characters; a port from 1 to 65535.
    "^((read|write):(/|(/([^./\\x00-\\x1f\\x7f-\\x9f][^/\\x00-\\x1f\\x7f-\\x9f]*\
     |\\.[^./\\x00-\\x1f\\x7f-\\x9f][^/\\x00-\\x1f\\x7f-\\x9f]*\
     |\\.\\.[^/\\x00-\\x1f\\x7f-\\x9f]+))+)\
     |egress:([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]))$",
    "A permission: \"read:/path\", \"write:/path\" or \"egress:443\"."
);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn grant(text: &str) -> Grant {
        text.parse().unwrap()
    }

    #[test]
    fn a_folder_covers_what_is_below_it_and_not_its_namesakes() {
        assert!(grant("read:/srv/a").covers(&grant("read:/srv/a")));
        assert!(grant("read:/srv/a").covers(&grant("read:/srv/a/b/c")));
        assert!(grant("read:/").covers(&grant("read:/etc")));
        assert!(!grant("read:/srv/a").covers(&grant("read:/srv/ab")));
        assert!(!grant("read:/srv/a").covers(&grant("read:/srv")));
    }

    #[test]
    fn reading_writing_and_the_network_never_cover_each_other() {
        let all = ["read:/", "write:/", "egress:443"].map(grant);
        for (i, ours) in all.iter().enumerate() {
            for (k, theirs) in all.iter().enumerate() {
                assert_eq!(ours.covers(theirs), i == k);
            }
        }
        assert!(!grant("egress:443").covers(&grant("egress:80")));
    }

    #[test]
    fn paths_that_could_climb_out_are_no_grants() {
        for text in [
            "read:",
            "read:srv",
            "read:/srv/..",
            "read:/../etc",
            "read:/./a",
            "read:/a//b",
            "read:/a/",
            "write:~",
            "read:/a\n",
            "Read:/a",
            "exec:/a",
            "read",
            "",
            "egress:0",
            "egress:65536",
            "egress:+1",
            "egress:01",
            "egress:",
            "egress:443/tcp",
        ] {
            assert!(text.parse::<Grant>().is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn covering_is_transitive_and_text_reads_back(
            a in "(/[ab]{1,2}){1,3}", b in "(/[ab]{1,2}){1,3}", c in "(/[ab]{1,2}){1,3}",
        ) {
            let [a, b, c] = [a, b, c].map(|path| grant(&format!("read:{path}")));
            if a.covers(&b) && b.covers(&c) {
                prop_assert!(a.covers(&c));
            }
            prop_assert_eq!(grant(&a.to_string()), a);
        }
    }
}
