//! What the demo tells: to stdout for people, to stderr when stdout is to be one JSON object.

use crate::answer::Stop;
use crate::render::{self, Sources};
use crate::say;

/// Where the story goes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Story {
    json: bool,
}

impl Story {
    pub(super) fn new(json: bool) -> Self {
        Self { json }
    }

    /// A new part of it.
    pub(super) fn part(self, title: &str) -> Result<(), Stop> {
        self.tell(&format!("\n== {title}"))
    }

    pub(super) fn tell(self, text: &str) -> Result<(), Stop> {
        if self.json {
            say::talk(&say::harmless(text));
            return Ok(());
        }
        say::data(text)
    }

    /// Words about what goes on right now; never data.
    pub(super) fn progress(self, text: &str) {
        say::talk(&format!("   … {text}"));
    }

    /// A refusal as it is drawn everywhere.
    pub(super) fn refusal(
        self,
        problem: &arch_problem::Problem,
        sources: &Sources,
    ) -> Result<(), Stop> {
        let drawn = render::problem(problem, sources);
        if self.json {
            say::talk(&drawn);
            return Ok(());
        }
        say::drawn(&drawn)
    }
}
