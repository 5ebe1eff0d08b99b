//! An attack family, one attempt of it, and how the attempt is judged.

use std::time::Instant;

use arch_campaign::Case;

use crate::{scene::Scene, stage::Stage};

/// What must not happen.
pub(crate) const ACCEPTED: &str = "accepted wrongly";
pub(crate) const WRONG_CODE: &str = "wrong code or no place";
pub(crate) const REFUSED_TWIN: &str = "twins refused";

/// One kind of attack.
pub(crate) struct Family {
    /// As its count is called.
    pub(crate) name: &'static str,
    pub(crate) draw: fn(&Stage, &mut Case) -> Attempt,
}

/// A forgery beside an honest twin.
pub(crate) struct Attempt {
    /// What is tried, for people.
    pub(crate) what: String,
    pub(crate) honest: Scene,
    pub(crate) forged: Scene,
    /// Codes that say what is wrong.
    pub(crate) codes: &'static [&'static str],
    /// Whether the refusal points into the file.
    pub(crate) placed: bool,
}

impl Attempt {
    pub(crate) fn new(
        what: impl Into<String>,
        honest: Scene,
        forged: Scene,
        codes: &'static [&'static str],
    ) -> Self {
        Self { what: what.into(), honest, forged, codes, placed: true }
    }

    /// The fault lies in no file.
    pub(crate) fn without_place(mut self) -> Self {
        self.placed = false;
        self
    }
}

pub(crate) fn judge(case: &mut Case, family: &'static str, attempt: &Attempt) {
    let Attempt { what, honest, forged, codes, placed } = attempt;
    case.count("documents tried");
    case.count(family);
    match honest.judge() {
        Ok(()) => case.count("twins accepted"),
        Err(problem) => {
            let why = format!("{family}, {what}: {problem}\n{}", honest.text());
            case.fault(REFUSED_TWIN, why);
        }
    }
    let begun = Instant::now();
    let judged = forged.judge();
    case.most("slowest refusal in µs", begun.elapsed().as_micros() as u64);
    match judged {
        Ok(()) => case.fault(ACCEPTED, format!("{family}, {what}\n{}", forged.text())),
        Err(problem) => {
            let pointed = problem.at.is_some() || !placed;
            if !codes.contains(&problem.code.as_str()) || !pointed {
                let at = problem.at.as_ref().map(|place| (place.span.line, place.span.column));
                let why = format!(
                    "{family}, {what}: {} {problem} at {at:?}, expected {codes:?}\n{}",
                    problem.code,
                    forged.text()
                );
                case.fault(WRONG_CODE, why);
            }
        }
    }
}
