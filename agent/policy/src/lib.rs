//! Decides whether this node runs a job, and by which rule.
//!
//! ```text
//! Verified<Policy> ──activate──> ActivePolicy
//!                                     │ admit
//! Verified<Job>, Facts ───────────────┴──> Admitted { grants, rules, limits }
//!                                     └──> Denied   { the job back, one Problem a reason }
//! ```
//!
//! What may be done = caps that the trust root gives a role that signed ∩ policy ∩ request, and
//! the request must be covered whole. What the policy does not list is not allowed; what cannot be
//! evaluated refuses. Here is no clock, no file, no randomness: [`Facts`] are an argument.
//!
//! ```
//! use arch_policy::Pattern;
//! assert!(Pattern::new("user:lab-*").fits("user:lab-7"));
//! ```

mod active;
mod admitted;
mod case;
mod check;
mod decision;
mod facts;
mod finding;
pub mod grants;
mod limits;
mod pattern;
mod pinned_key;
mod policy;
pub mod spec;
mod weight;

#[cfg(test)]
mod agreement;
#[cfg(test)]
mod oracle;

pub use active::ActivePolicy;
pub use admitted::{Admitted, Denied};
pub use decision::{Check, Decision, RuleRef};
pub use facts::{Fact, Facts, Here, Quorum};
pub use limits::{DEFAULT_MAX_FUEL, FUEL_PER_CPU_SECOND, Limits};
pub use pattern::{MAX_PATTERN, Pattern};
pub use pinned_key::PinnedKey;
pub use policy::{Policy, schema_for_policy};
pub use spec::{DisputeResolver, DisputeRules, Keep, MarkTime, PolicySpec};
pub use weight::{MAX_WEIGHT, Weight};
