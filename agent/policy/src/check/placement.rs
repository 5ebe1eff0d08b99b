//! Does every placement constraint hold over the node's facts?
//!
//! A constraint over a fact that is missing, or of another type than the constraint's value, is
//! not satisfied, whatever the operator: `!=` over an unknown fact does not hold either.

use std::cmp::Ordering;

use arch_document::{Constraint, ConstraintValue, Op};
use arch_problem::codes;

use crate::{Fact, case::Case, finding::Finding};

const ABOUT: &str = "placement";

pub(crate) fn check(case: &Case<'_>, findings: &mut Vec<Finding>) {
    for (index, constraint) in case.job.spec.placement.constraints.iter().enumerate() {
        let at = format!("/spec/placement/constraints/{index}");
        findings.push(one(constraint, case.facts.known.get(&constraint.key), at));
    }
}

fn one(constraint: &Constraint, fact: Option<&Fact>, at: String) -> Finding {
    let key = &constraint.key;
    let Some(fact) = fact else {
        let message = format!("this node knows no fact `{key}`");
        return Finding::fails(ABOUT, at, None, codes::FACT_UNKNOWN, message);
    };
    let asked = worded(constraint);
    match holds(constraint.op, fact, &constraint.value) {
        Some(true) => {
            Finding::holds(ABOUT, at, None, format!("`{key}` is `{fact}`; asked: {asked}"))
        }
        Some(false) => {
            let message = format!("`{key}` is `{fact}` here; the job asks for {asked}");
            Finding::fails(ABOUT, at, None, codes::CONSTRAINT_NOT_MET, message)
        }
        None => {
            let message = format!("`{key}` is `{fact}` here, which cannot be held against {asked}");
            Finding::fails(ABOUT, at, None, codes::FACT_UNKNOWN, message)
        }
    }
}

/// Whether the constraint holds; nothing if the two cannot be compared.
fn holds(op: Op, fact: &Fact, value: &ConstraintValue) -> Option<bool> {
    match op {
        Op::Equal => equal(fact, value),
        Op::NotEqual => equal(fact, value).map(|same| !same),
        Op::Less => order(fact, value).map(Ordering::is_lt),
        Op::AtMost => order(fact, value).map(Ordering::is_le),
        Op::Greater => order(fact, value).map(Ordering::is_gt),
        Op::AtLeast => order(fact, value).map(Ordering::is_ge),
    }
}

fn equal(fact: &Fact, value: &ConstraintValue) -> Option<bool> {
    match (fact, value) {
        (Fact::Flag(a), ConstraintValue::Bool(b)) => Some(a == b),
        (Fact::Text(a), ConstraintValue::Text(b)) => Some(a == b),
        _ => order(fact, value).map(Ordering::is_eq),
    }
}

/// Numbers alone have an order. Both sides become millionths, exactly.
fn order(fact: &Fact, value: &ConstraintValue) -> Option<Ordering> {
    let fact = match fact {
        Fact::Integer(number) => i128::from(*number).checked_mul(1_000_000)?,
        Fact::Decimal(number) => number.micros().into(),
        Fact::Flag(_) | Fact::Text(_) => return None,
    };
    Some(fact.cmp(&value.micros()?))
}

fn worded(constraint: &Constraint) -> String {
    let op = match constraint.op {
        Op::Equal => "==",
        Op::NotEqual => "!=",
        Op::Less => "<",
        Op::AtMost => "<=",
        Op::Greater => ">",
        Op::AtLeast => ">=",
    };
    match &constraint.value {
        ConstraintValue::Bool(value) => format!("`{op} {value}`"),
        ConstraintValue::Integer(value) => format!("`{op} {value}`"),
        ConstraintValue::Decimal(value) => format!("`{op} {value}`"),
        ConstraintValue::Text(value) => format!("`{op} {value}`"),
    }
}
