//! Which nodes a document is for.

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};

use crate::form::is_word;

/// Node identifiers (did:key), group names, or `*`. Empty means every node.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, JsonSchema)]
#[serde(transparent)]
pub struct Audience(Vec<String>);

/// More names than this are a group.
const MOST: usize = 64;

impl Audience {
    /// Whether every node is meant.
    #[must_use]
    pub fn is_everyone(&self) -> bool {
        self.0.is_empty() || self.0.iter().any(|name| name == "*")
    }

    /// Whether a node is meant, by its did or by a group that it is in.
    #[must_use]
    pub fn includes(&self, node: &str, groups: &[String]) -> bool {
        self.is_everyone() || self.0.iter().any(|name| name == node || groups.contains(name))
    }

    /// The names as they were written.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Audience {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let names = Vec::<String>::deserialize(deserializer)?;
        // A did:key of ML-DSA-44 has 1,796 characters.
        let good = |name: &String| name == "*" || is_word(name, 2_048, b"._:@/+-");
        if names.is_empty() || names.len() > MOST {
            return Err(D::Error::custom(
                "an audience lists 1 to 64 names; leave it out for every node",
            ));
        }
        match names.iter().find(|name| !good(name)) {
            Some(_) => Err(D::Error::custom("an audience names nodes by did:key, groups, or `*`")),
            None => Ok(Self(names)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_is_meant_by_name_by_group_or_by_star() {
        let read = |json: &str| serde_json::from_str::<Audience>(json);
        let named = read(r#"["did:key:z6Mk", "lab"]"#).unwrap();
        assert!(named.includes("did:key:z6Mk", &[]));
        assert!(named.includes("did:key:other", &["lab".to_owned()]));
        assert!(!named.includes("did:key:other", &[]));
        assert!(read(r#"["*"]"#).unwrap().includes("anybody", &[]));
        assert!(Audience::default().includes("anybody", &[]));
        assert!(read("[]").is_err() && read(r#"["a b"]"#).is_err());
    }
}
