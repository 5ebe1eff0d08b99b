//! Is the image named by its digest, and is it one that the policy allows?

use arch_document::{Address, Runtime};
use arch_identity::Digest;
use arch_problem::codes;

use crate::{
    Pattern,
    case::Case,
    finding::{Finding, Remedy, RuleAt},
};

const ABOUT: &str = "image";
const AT: &str = "/spec/image";

pub(crate) fn check(case: &Case<'_>, findings: &mut Vec<Finding>) {
    let spec = &case.job.spec;
    match &spec.image {
        Some(image) => {
            let image = Spellings::of(image);
            findings.push(pinned(case, &image));
            findings.push(allowed(case, &image));
        }
        None if spec.runtime == Runtime::Matrix => findings.push(Finding::holds(
            ABOUT,
            "/spec/matrix",
            None,
            "the program for products is the node's own",
        )),
        // A checked job has one. Whatever went wrong, no list of images allows none.
        None => {
            let message = "the job names no image";
            findings.push(Finding::fails(ABOUT, AT, None, codes::IMAGE_NOT_ALLOWED, message));
        }
    }
}

fn pinned(case: &Case<'_>, image: &Spellings<'_>) -> Finding {
    let rule = RuleAt::path("images.allowTags");
    match image.digest {
        Some(digest) => {
            let evidence = case.told(|| format!("named by its digest {digest}"));
            Finding::holds(ABOUT, AT, None, evidence)
        }
        None if case.policy.images.allow_tags => {
            Finding::holds(ABOUT, AT, rule, "the policy allows a tag alone")
        }
        None => {
            let message = format!("image `{}` is named without a digest", image.whole);
            Finding::fails(ABOUT, AT, rule, codes::IMAGE_WITHOUT_DIGEST, message)
                .remedy(Remedy::Say(format!("write it as `{}@sha256:…`", image.name)))
        }
    }
}

fn allowed(case: &Case<'_>, image: &Spellings<'_>) -> Finding {
    let allow = &case.policy.images.allow;
    match allow.iter().position(|pattern| image.is_named_by(pattern)) {
        Some(index) => Finding::holds(
            ABOUT,
            AT,
            RuleAt::path(format!("images.allow.{index}")),
            case.told(|| format!("`{}` is allowed", image.name)),
        ),
        None => Finding::fails(
            ABOUT,
            AT,
            RuleAt::path("images.allow"),
            codes::IMAGE_NOT_ALLOWED,
            format!("policy denies image `{}`", image.name),
        )
        .remedy(Remedy::OrSigners("use an allowed image".to_owned())),
    }
}

/// The ways in which one image can be written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spellings<'a> {
    /// As it stands in the job.
    pub(crate) whole: &'a str,
    /// Without its digest.
    pub(crate) tagged: &'a str,
    /// Without tag and digest.
    pub(crate) name: &'a str,
    /// The digest alone.
    pub(crate) digest: Option<Digest>,
}

impl<'a> Spellings<'a> {
    pub(crate) fn of(image: &'a Address) -> Self {
        let tagged = image.name();
        // A colon before the last slash is a port, not a tag.
        let name = match tagged.rsplit_once(':') {
            Some((name, tag)) if !tag.contains('/') => name,
            _ => tagged,
        };
        Self { whole: image.as_str(), tagged, name, digest: image.digest() }
    }

    /// Allowing reads narrowly: the bare name, or the name with the digest where one is written.
    fn is_named_by(&self, pattern: &Pattern) -> bool {
        if pattern.as_str().contains('@') {
            self.digest.is_some_and(|digest| pattern.fits(&format!("{}@{digest}", self.name)))
        } else {
            pattern.fits(self.name)
        }
    }

    /// Refusing reads widely: any spelling.
    pub(crate) fn any(&self, mut fits: impl FnMut(&str) -> bool) -> bool {
        let bare = self.digest.map(|digest| format!("{}@{digest}", self.name));
        [Some(self.whole), Some(self.tagged), Some(self.name), bare.as_deref()]
            .into_iter()
            .flatten()
            .any(&mut fits)
    }
}
