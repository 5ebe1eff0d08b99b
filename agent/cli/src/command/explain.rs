//! `archctl explain CODE`

use arch_problem::{Explanation, catalogue, explain};
use serde::Serialize;

use crate::answer::{Answer, Outcome, Stop};
use crate::say;

/// Say what a code such as ARCH-P003 means and what to do
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The code, such as ARCH-P003; without one, all codes are listed
    code: Option<String>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Codes {
    schema: &'static str,
    codes: Vec<&'static Explanation>,
}

impl Args {
    pub(crate) fn run(self) -> Outcome {
        let rows = match &self.code {
            Some(code) => vec![explain(code.trim()).ok_or_else(|| unknown(code))?],
            None => catalogue().collect(),
        };
        if self.json {
            say::json(&Codes { schema: "arch.codes/v1", codes: rows })?;
        } else if self.code.is_some() {
            rows.into_iter().try_for_each(|row| say::data(&full(row)))?;
        } else {
            rows.into_iter()
                .try_for_each(|row| say::data(&format!("{}  {}", row.code, row.title)))?;
        }
        Ok(Answer::Yes)
    }
}

fn full(row: &Explanation) -> String {
    format!(
        "{}: {}\n\n  how one gets here: {}\n  what to do:        {}",
        row.code, row.title, row.cause, row.remedy
    )
}

fn unknown(code: &str) -> Stop {
    Stop::no(format!("there is no code `{code}`"), "`archctl explain` lists all of them")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_explanation_has_all_its_parts() {
        let text = full(explain("arch-p003").unwrap());
        assert!(text.starts_with("ARCH-P003: "));
        assert!(text.contains("how one gets here: ") && text.contains("what to do: "));
    }
}
