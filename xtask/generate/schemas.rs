//! JSON Schemas, so that editors complete and check documents.

use arch_document::schema::{schema_for_job, schema_for_revocation, schema_for_root};
use arch_policy::schema_for_policy;
use serde_json::Value;

use crate::Files;

/// Jobs lie beside manifests; what an operator signs lies beside policies.
pub(crate) fn all() -> Files {
    [
        ("manifests/schema/job.json", schema_for_job()),
        ("policies/schema/policy.json", schema_for_policy()),
        ("policies/schema/revocation.json", schema_for_revocation()),
        ("policies/schema/root.json", schema_for_root()),
    ]
    .into_iter()
    .map(|(path, schema)| (path.into(), text(&schema).into_bytes()))
    .collect()
}

fn text(schema: &Value) -> String {
    format!("{:#}\n", sorted(schema))
}

/// Members by name: the order must not depend on which features of the JSON library a build has.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let mut members: Vec<_> =
                members.iter().map(|(name, v)| (name.clone(), sorted(v))).collect();
            members.sort_by(|a, b| a.0.cmp(&b.0));
            Value::Object(members.into_iter().collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(sorted).collect()),
        other => other.clone(),
    }
}
