//! The miniature library of modules against what the real one said.

use serde_json::Value;

use super::Judged;
use crate::house;

/// What nixpkgs' library answered.
const ANSWERS: &str = "nix/tests/sample/answers.json";

/// What all their names have.
pub(super) const PART: &str = "sample.";

/// One for each question; as many as there are answers.
pub(super) fn judged(all: &Value) -> Vec<Judged> {
    let answers = house::text(&house::root().join(ANSWERS))
        .and_then(|text| serde_json::from_str(&text).map_err(|e| format!("{ANSWERS}: {e}")));
    match answers {
        Ok(answers) => compared("sample", &answers, &all["sample"]),
        Err(why) => vec![Judged::by("the answers of the real library are there", Err(why))],
    }
}

/// Both the same, leaf by leaf.
fn compared(name: &str, real: &Value, ours: &Value) -> Vec<Judged> {
    match (real, ours) {
        (Value::Object(real), Value::Object(ours)) if !real.is_empty() => {
            let none = Value::Null;
            let below = real.iter().flat_map(|(key, real)| {
                compared(&format!("{name}.{key}"), real, ours.get(key).unwrap_or(&none))
            });
            let more = ours.keys().filter(|key| !real.contains_key(*key));
            let more = more.map(|key| {
                Judged::by(format!("{name}.{key}"), Err("the real library says nothing".to_owned()))
            });
            below.chain(more).collect()
        }
        (real, ours) if real == ours => vec![Judged::by(name, Ok(()))],
        (real, ours) => vec![Judged::by(name, Err(format!("real {real}, ours {ours}")))],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn another_a_missing_and_an_additional_answer_are_each_told() {
        let real = json!({"a": 1, "b": {"c": [1, 2]}, "d": null});
        let faults = |ours: Value| {
            compared("s", &real, &ours).into_iter().filter_map(Judged::fault).collect::<Vec<_>>()
        };
        assert_eq!(faults(real.clone()), Vec::<String>::new());
        assert_eq!(faults(json!({"a": 1, "b": {"c": [2, 1]}, "d": null})).len(), 1);
        assert_eq!(faults(json!({"a": 1, "d": null})).len(), 1);
        assert_eq!(faults(json!({"a": 1, "b": {"c": [1, 2], "x": 0}, "d": null})).len(), 1);
    }
}
