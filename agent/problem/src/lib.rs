//! Every refusal of the agent is a [`Problem`]: a stable code, what is wrong, where in which
//! file, the rule that decided, and what to do about it.
//!
//! ```text
//! document, policy, ledger, sandbox … ──> Problem ──> archctl (snippets), journal, ledger entry
//!                                           ▲
//!                               catalogue: code -> title, cause, remedy
//! ```
//!
//! This crate renders nothing and reads nothing. A code that is not in the catalogue cannot be
//! written down: [`Code`] has no public constructor.
//!
//! ```
//! use arch_problem::{Problem, Span, codes};
//! let span = Span { start: 10, end: 14, line: 2, column: 3 };
//! let problem = Problem::new(codes::DUPLICATE_KEY, "key `name` stands twice")
//!     .at("job.yaml", span, "second one here");
//! assert_eq!(problem.code.as_str(), "ARCH-D108");
//! ```

mod catalogue;
mod code;
mod event;
mod place;
mod problem;

pub use catalogue::codes;
pub use code::{Code, Explanation, catalogue, explain};
pub use event::{EVENTS, Event, event_of};
pub use place::{Place, Span};
pub use problem::Problem;
