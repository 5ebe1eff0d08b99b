//! Licences of everything that is linked or built with, against the list in deny.toml, so that
//! the rule holds also where cargo-deny is not installed.

use std::path::Path;

use cargo_metadata::Metadata;

use super::spdx;
use crate::house;

/// Packages whose licence is not among the allowed ones.
pub(super) fn breaches(metadata: &Metadata, root: &Path) -> Result<Vec<String>, String> {
    let policy = house::text(&root.join("deny.toml"))?;
    let allowed = allowed(&policy);
    if allowed.is_empty() {
        return Err("deny.toml allows no licence at all".to_owned());
    }
    let judge = |package: &cargo_metadata::Package| match &package.license {
        Some(expression) if spdx::is_met(expression, &allowed) => None,
        Some(expression) => Some(format!("`{}` is under `{expression}`", package.name)),
        None => Some(format!("`{}` states no licence", package.name)),
    };
    Ok(metadata.packages.iter().filter_map(judge).collect())
}

/// The strings of `allow = [ … ]` in the table `[licenses]`.
fn allowed(policy: &str) -> Vec<&str> {
    let table = policy.split("\n[licenses]\n").nth(1).unwrap_or_default();
    let table = table.split("\n[").next().unwrap_or_default();
    let list = table.split_once("allow = [").map_or("", |(_, rest)| rest);
    let list = list.split(']').next().unwrap_or_default();
    let uncommented = list.lines().filter_map(|line| line.split('#').next());
    uncommented.flat_map(|line| line.split('"').skip(1).step_by(2)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_read_from_its_own_table() {
        let policy = "[bans]\nallow = [\"no\"]\n\n[licenses]\nallow = [\n    \"MIT\", # \"no\"\n    \"ISC\",\n]\n\n[sources]\nallow = [\"no\"]\n";
        assert_eq!(allowed(policy), ["MIT", "ISC"]);
        assert!(allowed("").is_empty());
    }
}
