//! The secret that callers over TCP show.

use std::{hint::black_box, path::Path};

use arch_identity::Digest;
use arch_wire::prover::SECRET_CAP;

use crate::failure::Failure;

/// The shortest secret that is taken.
const SHORTEST: usize = 16;

/// The digest of a secret: the secret itself is not kept.
#[derive(Clone)]
pub(crate) struct Secret(Digest);

impl Secret {
    /// Reads the file, which only its owner may read. Blanks around the secret do not count.
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let limit = u64::try_from(SECRET_CAP).unwrap_or(u64::MAX).saturating_add(2);
        let bytes = arch_files::read_secret(path, limit)?;
        let text = std::str::from_utf8(&bytes).map(str::trim).unwrap_or_default();
        match (SHORTEST..=SECRET_CAP).contains(&text.len()) {
            true => Ok(Self(Digest::of(text.as_bytes()))),
            false => Err(Failure::Secret(path.to_owned())),
        }
    }

    /// Whether it is the same one. Digests are compared, and all of their bytes however many agree: the
    /// time that it takes tells nothing.
    pub(crate) fn is(&self, shown: &str) -> bool {
        let shown = Digest::of(shown.as_bytes());
        let pairs = self.0.as_bytes().iter().zip(shown.as_bytes());
        let differing =
            pairs.fold(0_u8, |differing, (ours, theirs)| black_box(differing | (ours ^ theirs)));
        differing == 0
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn read(text: &str, mode: u32) -> Result<Secret, Failure> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        Secret::read(&path)
    }

    #[test]
    fn the_secret_is_itself_and_nothing_else() {
        let secret = read("a secret of many bytes\n", 0o600).unwrap();
        assert!(secret.is("a secret of many bytes"));
        for other in
            ["", "a secret of many bytez", "a secret of many byte", "A secret of many bytes"]
        {
            assert!(!secret.is(other), "{other}");
        }
    }

    #[test]
    fn a_secret_that_is_short_long_or_open_to_others_is_refused() {
        assert!(matches!(read("15 bytes, short", 0o600), Err(Failure::Secret(_))));
        assert!(matches!(read(&" ".repeat(40), 0o600), Err(Failure::Secret(_))));
        assert!(read(&"x".repeat(300), 0o600).is_err());
        assert!(matches!(read("a secret of many bytes", 0o644), Err(Failure::File(_))));
    }
}
