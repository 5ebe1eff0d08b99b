//! The spine, end to end: a signed job dropped in a folder runs in wasm, is anchored, can be proved.

#[cfg(test)]
mod confinement;
#[cfg(test)]
mod control;
#[cfg(test)]
mod crashes;
#[cfg(test)]
mod demo;
#[cfg(test)]
mod drop_folder;
#[cfg(test)]
mod factors;
#[cfg(test)]
mod guests;
#[cfg(test)]
mod hostile_guests;
#[cfg(test)]
mod modes;
#[cfg(test)]
mod policies;
#[cfg(test)]
mod prepared;
#[cfg(test)]
mod products;
#[cfg(test)]
mod proofs;
#[cfg(test)]
mod readme;
#[cfg(test)]
mod referees;
#[cfg(test)]
mod refusals;
#[cfg(test)]
mod results;

/// Runs until somebody ends it.
const SPIN: &str = r#"(module (memory (export "memory") 1)
  (func (export "_start") (loop $again (br $again))))"#;
