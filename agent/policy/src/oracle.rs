//! The policy's meaning a second time, as plainly as it can be said, over the JSON of the documents
//! and with texts in place of types. Slow and simple on purpose: it shares no line with the checks.

use std::collections::BTreeSet;

use serde_json::Value;

/// Code and JSON pointer of each refusal.
pub(crate) type Refusals = BTreeSet<(&'static str, String)>;

/// The other arguments of a decision, as plain texts.
pub(crate) struct World<'a> {
    pub(crate) node: &'a str,
    pub(crate) groups: &'a [String],
    pub(crate) now: &'a str,
    pub(crate) runtimes: &'a [&'a str],
    pub(crate) gpus: u64,
    pub(crate) known: &'a Value,
    /// `None` for a role that asks for whatever it likes.
    pub(crate) roles: &'a [Option<Vec<String>>],
    pub(crate) signers: &'a [String],
    pub(crate) digest: &'a str,
    /// Digests of jobs that completed here.
    pub(crate) completed: &'a [String],
}

pub(crate) fn refusals(policy: &Value, job: &Value, world: &World<'_>) -> Refusals {
    let mut out = Refusals::new();
    let mut no = |code, at: &str| {
        out.insert((code, at.to_owned()));
    };
    let (meta, spec) = (&job["metadata"], &job["spec"]);
    let (owner, image) = (text(&meta["owner"]), text(&spec["image"]));

    if world.now < text(&meta["notBefore"]) {
        no("ARCH-P017", "/metadata/notBefore");
    } else if world.now > text(&meta["notAfter"]) {
        no("ARCH-P017", "/metadata/notAfter");
    }
    let ours = |name: &Value| {
        text(name) == "*"
            || text(name) == world.node
            || world.groups.iter().any(|g| g == text(name))
    };
    if !meta["audience"].is_null() && !items(&meta["audience"]).iter().any(ours) {
        no("ARCH-P015", "/metadata/audience");
    }
    if !items(&policy["owners"]).iter().any(|rule| glob(text(&rule["owner"]), owner)) {
        no("ARCH-P009", "/metadata/owner");
    }

    let (tagged, digest) = image.split_once('@').unwrap_or((image, ""));
    let bare = match tagged.rfind(':') {
        Some(at) if !tagged[at..].contains('/') => &tagged[..at],
        _ => tagged,
    };
    let full = format!("{bare}@{digest}");
    // A product is computed by the node's own program; there is no image to allow or to refuse.
    let product = text(&spec["runtime"]) == "matrix";
    if !product && digest.is_empty() && policy["images"]["allowTags"] != true {
        no("ARCH-P005", "/spec/image");
    }
    let allows = |pattern: &Value| match text(pattern).contains('@') {
        true => !digest.is_empty() && glob(text(pattern), &full),
        false => glob(text(pattern), bare),
    };
    if !product && !items(&policy["images"]["allow"]).iter().any(allows) {
        no("ARCH-P002", "/spec/image");
    }

    let runtime = text(&spec["runtime"]);
    if !items(&policy["runtimes"]).iter().any(|allowed| text(allowed) == runtime) {
        no("ARCH-P006", "/spec/runtime");
    }
    if !world.runtimes.contains(&runtime) {
        no("ARCH-P006", "/spec/runtime");
    }

    // The test's documents write plain seconds, bytes and cores, so that numbers compare as such.
    let (asked, max) = (&spec["resources"], &policy["resources"]["max"]);
    for name in ["cpu", "memory", "gpu", "powerBudgetW", "timeout"] {
        if number(&asked[name]) > number(&max[name]) {
            no("ARCH-P007", &format!("/spec/resources/{name}"));
        }
    }
    // Four hours on one processor, at eight thousand million instructions a second.
    let most_fuel = max["fuel"].as_u64().unwrap_or(8_000_000_000 * 3_600 * 4);
    if number(&asked["fuel"]) > most_fuel {
        no("ARCH-P007", "/spec/resources/fuel");
    }
    if number(&asked["gpu"]) > world.gpus {
        no("ARCH-P011", "/spec/resources/gpu");
    }

    let mut asks = Vec::new();
    for list in ["net", "fs"] {
        for (index, grant) in items(&spec["capabilities"][list]).iter().enumerate() {
            asks.push((format!("/spec/capabilities/{list}/{index}"), text(grant)));
        }
    }
    for (at, grant) in &asks {
        let may_ask = |caps: &Option<Vec<String>>| match caps {
            None => true,
            Some(caps) => caps.iter().any(|cap| inside(cap, grant)),
        };
        if !world.roles.iter().any(may_ask) {
            no("ARCH-P004", at);
        }
        let rules = items(&policy["allow"]);
        let allowed = |list: &str, rule: &Value| {
            items(&rule[list]).iter().any(|cap| inside(text(cap), grant))
        };
        if !rules.iter().any(|rule| allowed("net", rule) || allowed("fs", rule)) {
            no("ARCH-P003", at);
        }
    }

    if spec["isolation"] == "shared"
        && !items(&policy["isolation"]["shared"]).iter().any(|who| glob(text(who), owner))
    {
        no("ARCH-P010", "/spec/isolation");
    }
    for (name, address) in spec["inputs"].as_object().into_iter().flatten() {
        if !text(address).contains("@sha256:") && policy["inputs"]["allowUnpinned"] != true {
            no("ARCH-P014", &format!("/spec/inputs/{name}"));
        }
    }
    for (index, constraint) in items(&spec["placement"]["constraints"]).iter().enumerate() {
        let at = format!("/spec/placement/constraints/{index}");
        match constraint_holds(constraint, world.known) {
            Some(true) => {}
            Some(false) => no("ARCH-P012", &at),
            None => no("ARCH-P013", &at),
        }
    }

    for (index, before) in items(&spec["after"]).iter().enumerate() {
        if !world.completed.iter().any(|done| done == text(before)) {
            no("ARCH-P018", &format!("/spec/after/{index}"));
        }
    }

    // A refusal reads widely: `*` goes over `/`, and touching a folder is asking for it.
    let refuses = |pattern: &str, text: &str| glob(&pattern.replace('*', "**"), text);
    for rule in items(&policy["refuse"]) {
        let when = &rule["when"];
        let mut places = Vec::new();
        let mut all = true;
        let mut condition = |field: &str, at: &str, test: &dyn Fn(&str) -> bool| {
            if when[field].is_string() {
                all &= test(text(&when[field]));
                places.push(at.to_owned());
            }
        };
        condition("owner", "/metadata/owner", &|p| refuses(p, owner));
        condition("name", "/metadata/name", &|p| refuses(p, text(&meta["name"])));
        condition("image", "/spec/image", &|p| {
            let spelt = [image, tagged, bare].iter().any(|spelling| refuses(p, spelling));
            !product && (spelt || (!digest.is_empty() && refuses(p, &full)))
        });
        condition("digest", if product { "" } else { "/spec/image" }, &|p| {
            refuses(p, world.digest) || (!digest.is_empty() && refuses(p, digest))
        });
        condition("signer", "", &|p| world.signers.iter().any(|signer| refuses(p, signer)));
        condition("runtime", "/spec/runtime", &|r| r == runtime);
        let refused = text(&when["asks"]);
        let touched =
            asks.iter().find(|(_, grant)| inside(refused, grant) || inside(grant, refused));
        let at = touched.map_or("", |(at, _)| at.as_str());
        condition("asks", at, &|_| touched.is_some());
        for (key, pattern) in when["label"].as_object().into_iter().flatten() {
            let value = meta["labels"][key].as_str();
            all &= value.is_some_and(|value| refuses(text(pattern), value));
            places.push(format!("/metadata/labels/{key}"));
        }
        if all {
            no("ARCH-P008", places.first().map_or("", String::as_str));
        }
    }
    out
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn items(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn number(value: &Value) -> u64 {
    value.as_u64().or_else(|| text(value).trim_end_matches('s').parse().ok()).unwrap_or(0)
}

/// `read:/a` holds `read:/a` and `read:/a/b`; a port holds itself.
fn inside(cap: &str, grant: &str) -> bool {
    grant == cap
        || (!cap.starts_with("egress:")
            && grant.starts_with(&format!("{}/", cap.trim_end_matches('/'))))
}

fn glob(pattern: &str, text: &str) -> bool {
    if let Some(rest) = pattern.strip_prefix("**") {
        (0..=text.len()).any(|at| glob(rest, &text[at..]))
    } else if let Some(rest) = pattern.strip_prefix('*') {
        (0..=text.len())
            .take_while(|at| !text[..*at].contains('/'))
            .any(|at| glob(rest, &text[at..]))
    } else if pattern.is_empty() {
        text.is_empty()
    } else {
        text.starts_with(&pattern[..1]) && glob(&pattern[1..], &text[1..])
    }
}

/// Numbers compare with numbers, in millionths; texts and flags only with their like, and only for
/// being the same.
fn constraint_holds(constraint: &Value, known: &Value) -> Option<bool> {
    let fact = known.get(text(&constraint["key"]))?;
    let value = &constraint["value"];
    let alike = (fact.is_string() && value.is_string())
        || (fact.is_boolean() && value.is_boolean())
        || (fact.is_number() && value.is_number());
    let numbers = millionths(fact).zip(millionths(value));
    let same = numbers.map_or(fact == value, |(a, b)| a == b);
    match text(&constraint["op"]) {
        "==" => alike.then_some(same),
        "!=" => alike.then_some(!same),
        "<" => numbers.map(|(a, b)| a < b),
        "<=" => numbers.map(|(a, b)| a <= b),
        ">" => numbers.map(|(a, b)| a > b),
        ">=" => numbers.map(|(a, b)| a >= b),
        other => panic!("no generator makes `{other}`"),
    }
}

/// The test's numbers are small, so that floats hold their millionths exactly.
fn millionths(value: &Value) -> Option<f64> {
    value.as_f64().map(|number| (number * 1e6).round())
}
