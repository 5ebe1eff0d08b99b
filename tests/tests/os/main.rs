//! At home under an init system: the units as they are shipped, run by a systemd that is really booted.

#[cfg(test)]
mod at_work;
#[cfg(test)]
mod denials;
#[cfg(test)]
mod disputed;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod harness;
#[cfg(test)]
mod install;
#[cfg(test)]
mod installed;
#[cfg(test)]
mod journal;
#[cfg(test)]
mod life;
#[cfg(test)]
mod programs;
#[cfg(test)]
mod prover;
