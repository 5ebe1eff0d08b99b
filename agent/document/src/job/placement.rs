//! Where a job may run.

use std::fmt;

use arch_identity::canonical::Decimal;
use arch_problem::codes;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, de};

use crate::{Fault, form::is_word};

/// Conditions on the node; all have to hold.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Placement {
    /// The conditions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub constraints: Vec<Constraint>,
}

/// One condition on a fact of the node, such as `energy.price_eur_kwh <= 0.15`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Constraint {
    /// The fact's name.
    pub key: String,
    /// How it is compared.
    pub op: Op,
    /// With what.
    pub value: ConstraintValue,
}

/// A comparison.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
pub enum Op {
    /// `==`
    #[serde(rename = "==")]
    Equal,
    /// `!=`
    #[serde(rename = "!=")]
    NotEqual,
    /// `<`
    #[serde(rename = "<")]
    Less,
    /// `<=`
    #[serde(rename = "<=")]
    AtMost,
    /// `>`
    #[serde(rename = ">")]
    Greater,
    /// `>=`
    #[serde(rename = ">=")]
    AtLeast,
}

/// What a fact is compared with. Numbers are exact, never floats.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum ConstraintValue {
    /// A truth value; `==` and `!=` only.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// A decimal fraction.
    Decimal(Decimal),
    /// Text; `==` and `!=` only.
    Text(String),
}

impl ConstraintValue {
    /// The number in millionths, for comparing whole and decimal numbers with each other.
    #[must_use]
    pub fn micros(&self) -> Option<i128> {
        match self {
            Self::Integer(n) => i128::from(*n).checked_mul(1_000_000),
            Self::Decimal(d) => Some(i128::from(d.micros())),
            Self::Bool(_) | Self::Text(_) => None,
        }
    }
}

impl Placement {
    /// Whether any node will do.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.constraints.is_empty()
    }

    pub(super) fn check(&self) -> Result<(), Fault> {
        const MOST: usize = 32;
        if self.constraints.len() > MOST {
            let text = format!("at most {MOST} constraints are read");
            return Err(Fault::new("/spec/placement/constraints", codes::BAD_VALUE, text));
        }
        for (i, constraint) in self.constraints.iter().enumerate() {
            let at = |field: &str| format!("/spec/placement/constraints/{i}/{field}");
            if !is_word(&constraint.key, 128, b"._-/") {
                let text = "a fact's name is 1 to 128 characters of `A-Z a-z 0-9 . _ / -`";
                return Err(Fault::new(at("key"), codes::BAD_VALUE, text));
            }
            let orders = !matches!(constraint.op, Op::Equal | Op::NotEqual);
            if orders && constraint.value.micros().is_none() {
                let text = "only numbers are greater or less than each other";
                return Err(Fault::new(at("value"), codes::BAD_VALUE, text));
            }
        }
        Ok(())
    }
}

impl<'de> Deserialize<'de> for ConstraintValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyScalar)
    }
}

struct AnyScalar;

impl de::Visitor<'_> for AnyScalar {
    type Value = ConstraintValue;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text, a number or a truth value")
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<ConstraintValue, E> {
        Ok(ConstraintValue::Bool(value))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<ConstraintValue, E> {
        Ok(ConstraintValue::Integer(value))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<ConstraintValue, E> {
        let number = i64::try_from(value).map_err(|_| E::custom("the number is too large"))?;
        Ok(ConstraintValue::Integer(number))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<ConstraintValue, E> {
        let number = serde_json::Number::from_f64(value);
        let number = number.ok_or_else(|| E::custom("not a finite number"))?;
        Decimal::deserialize(number).map(ConstraintValue::Decimal).map_err(E::custom)
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<ConstraintValue, E> {
        Ok(ConstraintValue::Text(value.to_owned()))
    }
}

impl JsonSchema for ConstraintValue {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "ConstraintValue".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": ["string", "number", "boolean"],
            "description": "What the fact is compared with.",
        })
    }
}
