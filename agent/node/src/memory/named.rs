//! Digests by name, in the little room that they need. A map takes more than half a kilobyte for one
//! entry, and the memory holds three of them for every job that ever ran.

use std::collections::BTreeMap;

use arch_identity::Digest;

/// A few digests by name, in the order of their names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Named(Box<[(Box<str>, Digest)]>);

impl Named {
    /// The digest of that name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Digest> {
        self.0.iter().find(|(known, _)| &**known == name).map(|(_, digest)| digest)
    }

    /// The names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| &**name)
    }

    /// As a map.
    #[must_use]
    pub fn to_map(&self) -> BTreeMap<String, Digest> {
        self.0.iter().map(|(name, digest)| (name.to_string(), *digest)).collect()
    }
}

impl From<&BTreeMap<String, Digest>> for Named {
    fn from(map: &BTreeMap<String, Digest>) -> Self {
        Self(map.iter().map(|(name, digest)| (name.as_str().into(), *digest)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_went_in_by_name_comes_out_by_name() {
        let map: BTreeMap<String, Digest> =
            ["b", "a", ""].map(|name| (name.to_owned(), Digest::of(name.as_bytes()))).into();
        let named = Named::from(&map);
        assert_eq!(named.to_map(), map);
        assert_eq!(named.names().collect::<Vec<_>>(), ["", "a", "b"]);
        assert_eq!((named.get("a"), named.get("c")), (Some(&Digest::of(b"a")), None));
        assert_eq!(Named::default().to_map(), BTreeMap::new());
    }
}
