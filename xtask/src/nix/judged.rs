//! One thing that was looked at, and what is wrong with it.

use serde_json::Value;

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Judged {
    name: String,
    fault: Option<String>,
}

impl Judged {
    /// As a result says.
    pub(crate) fn by(name: impl Into<String>, result: Result<(), String>) -> Self {
        Self { name: name.into(), fault: result.err() }
    }

    /// Whether its name has this part.
    pub(super) fn is_of(&self, part: &str) -> bool {
        self.name.contains(part)
    }

    /// In one line, if there is one.
    pub(crate) fn fault(self) -> Option<String> {
        let Self { name, fault } = self;
        fault.map(|fault| format!("{name}: {fault}"))
    }
}

/// Of `evaluations`, which judge themselves.
pub(super) fn evaluations(all: &Value) -> Vec<Judged> {
    let list = all["evaluations"].as_array();
    list.map_or_else(Vec::new, |list| list.iter().map(evaluation).collect())
}

fn evaluation(one: &Value) -> Judged {
    let name = one["name"].as_str().unwrap_or("an evaluation without a name");
    let found = one.get("found").map(Value::to_string).unwrap_or_default();
    let short: String = found.chars().take(400).collect();
    let good = one["good"] == true;
    Judged::by(name, if good { Ok(()) } else { Err(format!("it came out otherwise: {short}")) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_evaluation_is_good_only_if_it_says_so() {
        let all = json!({"evaluations": [
            {"name": "a", "good": true},
            {"name": "b", "good": false, "found": null},
            {"name": "c"},
        ]});
        let faults: Vec<_> = evaluations(&all).into_iter().filter_map(Judged::fault).collect();
        assert_eq!(faults.len(), 2);
        assert!(faults[0].starts_with("b: "), "{faults:?}");
    }
}
