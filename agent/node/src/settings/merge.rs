//! Laying one fragment over another: maps are joined key by key, anything else is replaced.

use serde_json::Value;

/// `over` wins.
pub(super) fn overlay(under: Value, over: Value) -> Value {
    match (under, over) {
        (Value::Object(mut under), Value::Object(over)) => {
            for (key, value) in over {
                let merged = match under.remove(&key) {
                    Some(below) => overlay(below, value),
                    None => value,
                };
                under.insert(key, merged);
            }
            Value::Object(under)
        }
        (_, over) => over,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn maps_are_joined_and_lists_are_replaced() {
        let under = json!({"lend": {"cpu": "2", "watts": 5}, "groups": ["a"], "facts": {"x": 1}});
        let over = json!({"lend": {"cpu": "1"}, "groups": ["b"], "facts": {"y": 2}});
        assert_eq!(
            overlay(under, over),
            json!({"lend": {"cpu": "1", "watts": 5}, "groups": ["b"], "facts": {"x": 1, "y": 2}})
        );
    }
}
