//! What one check found. Places are JSON pointers here; they become spans when a person reads them.

use std::borrow::Cow;

use arch_problem::{Code, Place};

/// One question, put to the job, and its answer with what it was answered upon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding {
    /// What the question is about, such as `image`.
    pub(crate) about: &'static str,
    /// The element of the job that is asked about.
    pub(crate) at: Cow<'static, str>,
    /// The rule that decided, by its id or its dotted path.
    pub(crate) rule: Option<RuleAt>,
    pub(crate) answer: Answer,
}

/// A rule and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RuleAt {
    pub(crate) id: String,
    pub(crate) source: Source,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Source {
    /// A JSON pointer into the policy.
    Policy(String),
    /// The element of the policy to which the rule's id, a dotted path, leads.
    Path,
    /// The caps of a role in the trust root, whose place the verification told.
    Root(Option<Place>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer {
    Holds { evidence: String },
    Fails { code: Code, message: String, remedy: Remedy },
}

/// What to do about a failed check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Remedy {
    /// The catalogue's words.
    Usual,
    /// Words for this case.
    Say(String),
    /// Words for what the owner can do, to which is added that the policy's signers can change it.
    OrSigners(String),
}

impl Finding {
    pub(crate) fn holds(
        about: &'static str,
        at: impl Into<Cow<'static, str>>,
        rule: Option<RuleAt>,
        evidence: impl Into<String>,
    ) -> Self {
        let answer = Answer::Holds { evidence: evidence.into() };
        Self { about, at: at.into(), rule, answer }
    }

    pub(crate) fn fails(
        about: &'static str,
        at: impl Into<Cow<'static, str>>,
        rule: Option<RuleAt>,
        code: Code,
        message: impl Into<String>,
    ) -> Self {
        let answer = Answer::Fails { code, message: message.into(), remedy: Remedy::Usual };
        Self { about, at: at.into(), rule, answer }
    }

    pub(crate) fn remedy(mut self, wanted: Remedy) -> Self {
        if let Answer::Fails { remedy, .. } = &mut self.answer {
            *remedy = wanted;
        }
        self
    }

    pub(crate) fn has_failed(&self) -> bool {
        matches!(self.answer, Answer::Fails { .. })
    }
}

impl RuleAt {
    /// A rule with an id: the pointer leads to the id, which is what people look for.
    pub(crate) fn named(id: &str, list: &str, index: usize) -> Option<Self> {
        let source = Source::Policy(format!("/spec/{list}/{index}/id"));
        Some(Self { id: id.to_owned(), source })
    }

    /// An element without an id is called by its path: `images.allow.0`.
    pub(crate) fn path(path: impl Into<String>) -> Option<Self> {
        Some(Self { id: path.into(), source: Source::Path })
    }
}

/// A key within a JSON pointer (RFC 6901 §3).
pub(crate) fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}
