//! Whole sessions with the `archctl` program: what people type, and what they get.

#[cfg(test)]
mod auditor;
#[cfg(test)]
mod bundles;
#[cfg(test)]
mod circuits;
#[cfg(test)]
mod disputes;
#[cfg(test)]
mod owner;
#[cfg(test)]
mod pins;
#[cfg(test)]
mod products;
#[cfg(test)]
mod remedies;
#[cfg(test)]
mod terminal;
#[cfg(test)]
mod world;
