//! The two reports: one for programs, one for people.

use std::fmt::{self, Write};

use crate::audit::Audit;
use crate::counts::Counts;
use crate::json::Json;
use crate::survey::Package;

/// What the audit does not say. Part of the report, so that nobody reads more into it.
const LIMITS: [&str; 5] = [
    "counted as text: macros are not expanded, `cfg` is not evaluated, dead code counts",
    "only Rust files outside tests, benches, examples and fuzz folders are read",
    "licences are what the packages state, not what their files contain",
    "sources are not compared with the checksums of the lock file",
    "no list of known vulnerabilities is consulted",
];

/// `report.json`.
pub fn json(audit: &Audit) -> String {
    let mut json = Json::default();
    json.object(|json| {
        json.key("schema").string("arch.dependency-audit/v1");
        json.key("packages").object(|json| packages(json, audit));
        json.key("total").object(|json| counts(json, &audit.total()));
        json.key("licences").list(audit.licences(), |json, (licence, packages)| {
            json.object(|json| {
                json.key("licence").string(licence);
                json.key("packages").number(packages);
            });
        });
        json.key("mostUnsafe").list(audit.most_unsafe(), |json, package| {
            json.object(|json| {
                json.key("package").string(&title(package));
                json.key("unsafe").number(package.counts.unsafes());
            });
        });
        json.key("severalVersions").list(audit.several_versions(), |json, (name, versions)| {
            json.object(|json| {
                json.key("name").string(name);
                json.key("versions").list(versions, |json, version| json.string(version));
            });
        });
        json.key("missing").list(&audit.missing, |json, locked| {
            json.string(&format!("{} {}", locked.name, locked.version));
        });
        json.key("audited").list(&audit.packages, |json, p| json.object(|json| package(json, p)));
        json.key("limits").list(LIMITS, |json, limit| json.string(limit));
    });
    json.finish()
}

fn packages(json: &mut Json, audit: &Audit) {
    json.key("audited").number(audit.packages.len() as u64);
    json.key("missing").number(audit.missing.len() as u64);
    json.key("ours").number(audit.local);
    json.key("buildScripts").number(audit.count(|p| p.build_script));
    json.key("procMacros").number(audit.count(|p| p.proc_macro));
    json.key("withUnsafe").number(audit.count(|p| p.counts.unsafes() > 0));
    json.key("filesApart").number(audit.sum(|p| p.apart));
    json.key("leftOut").number(audit.sum(|p| p.left_out));
}

fn package(json: &mut Json, package: &Package) {
    json.key("name").string(&package.locked.name);
    json.key("version").string(&package.locked.version);
    json.key("licence").string(&package.licence);
    json.key("buildScript").truth(package.build_script);
    json.key("procMacro").truth(package.proc_macro);
    if let Some(links) = &package.links {
        json.key("links").string(links);
    }
    counts(json, &package.counts);
}

fn counts(json: &mut Json, counts: &Counts) {
    json.key("files").number(counts.files);
    json.key("lines").object(|json| {
        json.key("code").number(counts.code);
        json.key("comment").number(counts.comment);
        json.key("blank").number(counts.blank);
    });
    json.key("unsafe").object(|json| {
        json.key("blocks").number(counts.blocks);
        json.key("functions").number(counts.functions);
        json.key("impls").number(counts.impls);
        json.key("other").number(counts.other);
    });
    if counts.unfinished > 0 {
        json.key("unfinishedFiles").number(counts.unfinished);
    }
}

fn title(package: &Package) -> String {
    format!("{} {}", package.locked.name, package.locked.version)
}

/// `report.txt`.
pub fn text(audit: &Audit) -> String {
    let mut text = String::new();
    let _writing_to_text_cannot_fail = tell(&mut text, audit);
    text
}

fn tell(out: &mut String, audit: &Audit) -> fmt::Result {
    let total = audit.total();
    writeln!(out, "dependency audit")?;
    writeln!(out, "  packages     {:>9}   ({} without sources here)", audit.packages.len(), audit.missing.len())?;
    writeln!(out, "  Rust files   {:>9}", total.files)?;
    writeln!(out, "  lines        {:>9}   code, {} comment, {} blank", total.code, total.comment, total.blank)?;
    writeln!(
        out,
        "  unsafe       {:>9}   {} blocks, {} functions, {} impls, {} other; in {} packages",
        total.unsafes(), total.blocks, total.functions, total.impls, total.other,
        audit.count(|p| p.counts.unsafes() > 0),
    )?;
    writeln!(
        out,
        "  at build     {:>9}   packages run code: {} build scripts, {} procedural macros",
        audit.count(|p| p.build_script || p.proc_macro), audit.count(|p| p.build_script), audit.count(|p| p.proc_macro),
    )?;
    writeln!(out, "\nmost unsafe")?;
    for package in audit.most_unsafe() {
        writeln!(out, "  {:>9}  {}", package.counts.unsafes(), title(package))?;
    }
    writeln!(out, "\nlicences")?;
    for (licence, packages) in audit.licences() {
        writeln!(out, "  {packages:>9}  {licence}")?;
    }
    details(out, audit)
}

fn details(out: &mut String, audit: &Audit) -> fmt::Result {
    let versions = audit.several_versions();
    section(out, "several versions", versions.iter().map(|(name, all)| format!("{name} {}", all.join(", "))))?;
    let missing = audit.missing.iter().map(|locked| format!("{} {}", locked.name, locked.version));
    section(out, "without sources here", missing)?;
    writeln!(out, "\n     code   unsafe  at build  package, licence")?;
    for package in &audit.packages {
        let at_build = match (package.build_script, package.proc_macro) {
            (_, true) => "macro",
            (true, false) => "script",
            (false, false) => "-",
        };
        let counts = &package.counts;
        writeln!(out, "{:>9} {:>8}  {at_build:<8}  {}, {}", counts.code, counts.unsafes(), title(package), package.licence)?;
    }
    section(out, "limits of this audit", LIMITS.iter().map(|limit| (*limit).to_owned()))
}

fn section(out: &mut String, title: &str, lines: impl Iterator<Item = String>) -> fmt::Result {
    writeln!(out, "\n{title}")?;
    let mut lines = lines.peekable();
    if lines.peek().is_none() {
        writeln!(out, "  none")?;
    }
    lines.into_iter().try_for_each(|line| writeln!(out, "  {line}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::tests::{locked, package};
    use crate::lock::Origin;

    #[test]
    fn both_reports_tell_what_is_there_and_what_is_missing() {
        let audit = Audit {
            local: 2,
            packages: vec![package("a", "1.0.0", "MIT", 3)],
            missing: vec![locked("gone", "2.0.0", Origin::Registry)],
        };
        let (json, text) = (json(&audit), text(&audit));
        for part in ["\"schema\": \"arch.dependency-audit/v1\"", "\"gone 2.0.0\"", "\"blocks\": 3", "\"ours\": 2"] {
            assert!(json.contains(part), "{part} in {json}");
        }
        for part in ["1   (1 without sources here)", "3  a 1.0.0", "1  MIT", "gone 2.0.0"] {
            assert!(text.contains(part), "{part} in {text}");
        }
    }
}
