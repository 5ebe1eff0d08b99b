//! Does a rule of this node refuse the job, whatever else allows it?

use arch_document::Grant;
use arch_problem::codes;

use crate::{
    case::Case,
    check::{capabilities, image::Spellings},
    finding::{Finding, Remedy, RuleAt, escaped},
    grants,
    spec::{RefuseRule, When},
};

const ABOUT: &str = "refusals";

pub(crate) fn check(case: &Case<'_>, findings: &mut Vec<Finding>) {
    for (index, rule) in case.policy.refuse.iter().enumerate() {
        let place = RuleAt::named(&rule.id, "refuse", index);
        findings.push(match reached(&rule.when, case) {
            Some(at) => Finding::fails(
                ABOUT,
                at,
                place,
                codes::REFUSED_BY_RULE,
                format!("rule `{}` refuses the job: {}", rule.id, rule.reason),
            )
            .remedy(Remedy::Say(remedy(rule))),
            // No rule to rest upon: what does not refuse does not allow either.
            None => {
                let evidence = case.told(|| format!("`{}` is not about it", rule.id));
                Finding::holds(ABOUT, "", None, evidence)
            }
        });
    }
}

fn remedy(rule: &RefuseRule) -> String {
    format!("this node will not run it; ask the policy's signers about rule `{}`", rule.id)
}

/// The element that the rule is about, if every condition that is written holds.
///
/// Refusing reads widely: `*` goes over `/`, and a capability is asked for as soon as any part of
/// it is, since a folder brings with it what lies below. A rule without any condition would be a
/// slip, and refuses everything: it fails closed.
fn reached(when: &When, case: &Case<'_>) -> Option<String> {
    // A product has no image: no pattern fits it, and the digest is that of the document alone.
    let image = case.job.spec.image.as_ref().map(Spellings::of);
    let conditions = [
        when.owner.as_ref().map(|p| at("/metadata/owner", p.fits_widely(case.job.owner()))),
        when.name.as_ref().map(|p| at("/metadata/name", p.fits_widely(&case.job.metadata.name))),
        when.image.as_ref().map(|p| {
            let fits = |image: &Spellings<'_>| image.any(|spelling| p.fits_widely(spelling));
            at("/spec/image", image.as_ref().is_some_and(fits))
        }),
        when.digest.as_ref().map(|p| {
            let digest = image.and_then(|image| image.digest);
            let fits = p.fits_widely(&case.digest.to_string())
                || digest.is_some_and(|d| p.fits_widely(&d.to_string()));
            at(if image.is_some() { "/spec/image" } else { "" }, fits)
        }),
        when.signer
            .as_ref()
            .map(|p| at("", case.signers.iter().any(|signer| p.fits_widely(signer)))),
        when.runtime.map(|runtime| at("/spec/runtime", runtime == case.job.spec.runtime)),
        when.asks.as_ref().map(|cap| {
            let touches = |grant: &Grant| grants::meet(cap, grant).is_some();
            capabilities::asked(case).find(|(_, grant)| touches(grant)).map(|(at, _)| at)
        }),
    ];
    let labels = when.label.iter().map(|(key, pattern)| {
        let value = case.job.metadata.labels.get(key);
        Some(at(
            &format!("/metadata/labels/{}", escaped(key)),
            value.is_some_and(|value| pattern.fits_widely(value)),
        ))
    });
    let mut first = None;
    for condition in conditions.into_iter().chain(labels).flatten() {
        let at = condition?;
        first.get_or_insert(at);
    }
    Some(first.unwrap_or_default())
}

fn at(pointer: &str, holds: bool) -> Option<String> {
    holds.then(|| pointer.to_owned())
}
