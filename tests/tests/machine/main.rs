//! On a machine of its own, with a kernel that has what the one of a booted guest may lack: cgroups
//! of version 2 with memory and pids, and BPF.

#[cfg(test)]
mod addresses;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod figures;
#[cfg(test)]
mod history;
#[cfg(test)]
mod jobs;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod node;
#[cfg(test)]
mod probes;
#[cfg(test)]
mod units;
