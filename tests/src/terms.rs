//! Lines of a policy.

/// Those under which whoever contradicts another settles it: by these resolvers, under the dev keys of
/// both circuits for products, before these judges, and with these parties beside the node's own
/// identities. All are did:keys.
#[must_use]
pub fn terms(resolvers: &str, judges: &[&str], parties: &[&str]) -> String {
    format!(
        "  circuits:
    pins:
      - {{ circuit: arch-tile-fma-v1, version: 1, vkSha256: \"{I8}\" }}
      - {{ circuit: arch-tile-fma-v1-i16, version: 1, vkSha256: \"{I16}\" }}
    allowDevKeys: true
  disputes:
    resolvers: [{resolvers}]
    marks: onDispute
    bond: 100
    endowment: 250
    judges: {judges:?}
    parties: {parties:?}
"
    )
}

/// The dev key of `arch-tile-fma-v1`.
const I8: &str = "sha256:3b4a4e523de28a0b95159d8f51115bce233b58010f88214cf9b66cf9de5bc098";

/// That of `arch-tile-fma-v1-i16`.
const I16: &str = "sha256:7a93fd77663a8b6051e8cc23aab6e43f00c4982c529b80904464170e0f897ee4";
