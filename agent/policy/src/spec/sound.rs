//! Is a policy usable? Rules that say nothing, or cannot be pointed at, are slips; a policy with
//! a slip in it never becomes active.

use std::collections::BTreeMap;

use arch_document::{Capabilities, Fault};
use arch_problem::codes;

use super::{DisputeRules, MaxResources, PolicySpec, RunLimits, When};
use crate::Pattern;

/// The first thing that makes `spec` unusable.
pub(crate) fn check(spec: &PolicySpec) -> Result<(), Fault> {
    ids(spec)?;
    rules_say_something(spec)?;
    patterns(spec)?;
    caps(&spec.resources.max)?;
    run_limits(&spec.resources.limits)?;
    spec.circuits.check()?;
    spec.disputes.as_ref().map_or(Ok(()), DisputeRules::check)
}

/// Every id of the policy with its place.
fn all_ids(spec: &PolicySpec) -> impl Iterator<Item = (String, &str)> {
    fn of<'a>(
        list: &'static str,
        ids: impl Iterator<Item = &'a String>,
    ) -> impl Iterator<Item = (String, &'a str)> {
        ids.enumerate().map(move |(index, id)| (format!("/spec/{list}/{index}/id"), id.as_str()))
    }
    of("allow", spec.allow.iter().map(|rule| &rule.id))
        .chain(of("owners", spec.owners.iter().map(|rule| &rule.id)))
        .chain(of("refuse", spec.refuse.iter().map(|rule| &rule.id)))
}

fn ids(spec: &PolicySpec) -> Result<(), Fault> {
    let mut seen = BTreeMap::new();
    for (at, id) in all_ids(spec) {
        if !is_a_name(id) {
            let message = format!("`{id}` cannot be the id of a rule");
            return Err(Fault::new(at, codes::RULE_ID_FORM, message));
        }
        if let Some(first) = seen.insert(id, at.clone()) {
            let message = format!("`{id}` is the id of the rule at {first} too");
            return Err(Fault::new(at, codes::RULE_ID_TWICE, message));
        }
    }
    Ok(())
}

/// Ids of rules and names of circuits.
pub(super) fn is_a_name(id: &str) -> bool {
    let letter = |b: u8| b.is_ascii_lowercase();
    let inner = |b: u8| letter(b) || b.is_ascii_digit() || matches!(b, b'.' | b'_' | b'-');
    id.len() <= 64 && id.bytes().next().is_some_and(letter) && id.bytes().all(inner)
}

fn rules_say_something(spec: &PolicySpec) -> Result<(), Fault> {
    for (index, rule) in spec.allow.iter().enumerate() {
        if rule.net.is_empty() && rule.fs.is_empty() {
            let message = format!("rule `{}` allows nothing", rule.id);
            return Err(Fault::new(format!("/spec/allow/{index}"), codes::RULE_EMPTY, message));
        }
        let lists = Capabilities { net: rule.net.clone(), fs: rule.fs.clone() };
        lists.check(&format!("/spec/allow/{index}"))?;
    }
    for (index, rule) in spec.refuse.iter().enumerate() {
        let at = format!("/spec/refuse/{index}");
        if rule.when == When::default() {
            let message = format!("rule `{}` names no condition", rule.id);
            return Err(Fault::new(format!("{at}/when"), codes::RULE_EMPTY, message));
        }
        if rule.reason.trim().is_empty() {
            let message = format!("rule `{}` gives no reason", rule.id);
            return Err(Fault::new(format!("{at}/reason"), codes::RULE_EMPTY, message));
        }
    }
    Ok(())
}

fn patterns(spec: &PolicySpec) -> Result<(), Fault> {
    let mut all: Vec<(String, &Pattern)> = Vec::new();
    for (index, pattern) in spec.images.allow.iter().enumerate() {
        all.push((format!("/spec/images/allow/{index}"), pattern));
    }
    for (index, pattern) in spec.isolation.shared.iter().enumerate() {
        all.push((format!("/spec/isolation/shared/{index}"), pattern));
    }
    for (index, rule) in spec.owners.iter().enumerate() {
        all.push((format!("/spec/owners/{index}/owner"), &rule.owner));
    }
    for (index, rule) in spec.refuse.iter().enumerate() {
        let when = &rule.when;
        let named = [
            ("owner", &when.owner),
            ("name", &when.name),
            ("image", &when.image),
            ("digest", &when.digest),
            ("signer", &when.signer),
        ];
        for (field, pattern) in named {
            all.extend(pattern.iter().map(|p| (format!("/spec/refuse/{index}/when/{field}"), p)));
        }
        all.extend(when.label.values().map(|p| (format!("/spec/refuse/{index}/when/label"), p)));
    }
    match all.into_iter().find(|(_, pattern)| !pattern.is_usable()) {
        Some((at, pattern)) => {
            let message = format!("`{pattern}` is no pattern");
            Err(Fault::new(at, codes::PATTERN_FORM, message))
        }
        None => Ok(()),
    }
}

fn caps(max: &MaxResources) -> Result<(), Fault> {
    let zero = [
        ("cpu", max.cpu.millicores() == 0),
        ("memory", max.memory.bytes() == 0),
        ("timeout", max.timeout.seconds() == 0),
        ("fuel", max.fuel == Some(0)),
    ];
    match zero.iter().find(|(_, is_zero)| *is_zero) {
        Some((name, _)) => {
            let at = format!("/spec/resources/max/{name}");
            Err(Fault::new(at, codes::CAP_IS_ZERO, format!("a cap of no {name} at all")))
        }
        None => Ok(()),
    }
}

/// The highest limits that the executor holds to; above them is a slip, or a wish for no limit.
fn run_limits(limits: &RunLimits) -> Result<(), Fault> {
    const GIB: u64 = 1 << 30;
    let rows = [
        ("outputs", limits.outputs.map(|size| size.bytes()), 16 * GIB),
        ("reads", limits.reads.map(|size| size.bytes()), 1_024 * GIB),
        ("writes", limits.writes.map(|size| size.bytes()), 1_024 * GIB),
        ("writeEntries", limits.write_entries.map(u64::from), 10_000_000),
        ("hostCalls", limits.host_calls, 1_000_000_000_000),
        ("tableElements", limits.table_elements.map(u64::from), 10_000_000),
        ("instances", limits.instances.map(u64::from), 1_000),
        ("module", limits.module.map(|size| size.bytes()), GIB),
        ("compile", limits.compile.map(|time| time.seconds()), 3_600),
    ];
    for (name, value, highest) in rows {
        let at = format!("/spec/resources/limits/{name}");
        if value.is_some_and(|value| value > highest) {
            let message = format!("`{name}` may be at most {highest}");
            return Err(Fault::new(at, codes::CAP_TOO_HIGH, message));
        }
    }
    Ok(())
}
