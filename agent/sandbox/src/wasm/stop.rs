//! Why the host ended a run: the reasons that are not traps of the engine.

/// A reason to leave the guest at once, carried through the engine as its error.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Stop {
    /// The guest asked to end, with this code.
    #[error("the guest left with code {0}")]
    Exit(i32),
    /// The guest's memory and what the host holds open for it reached the memory cap.
    #[error("the memory cap was reached")]
    MemoryCap,
    /// stdout, stderr and `/out` together reached their cap.
    #[error("the output cap was reached")]
    OutputCap,
    /// The guest called its host more often than it may.
    #[error("the host-call cap was reached")]
    HostCallCap,
    /// A write grant's bytes or entries are used up.
    #[error("the write cap was reached")]
    WriteCap,
    /// The bytes that may be read through read grants are used up.
    #[error("the read cap was reached")]
    ReadCap,
    /// A file under a read grant had other bytes than at its first reading.
    #[error("`{0}` changed while the guest ran")]
    InputChanged(String),
    /// The guest broke the rules of an interface.
    #[error("{0}")]
    Misuse(&'static str),
}
