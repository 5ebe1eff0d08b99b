//! How a run ended.

use arch_problem::{Code, codes};
use serde::{Deserialize, Serialize};

/// How a run ended: well, by the guest's own choice, or at a limit. Never a bare exit code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub enum Outcome {
    /// It returned, or exited with 0.
    Completed,
    /// It exited with another code.
    Exit {
        /// The code.
        code: i32,
    },
    /// It used up its instructions.
    OutOfFuel,
    /// Its time was up.
    Deadline,
    /// It needed more memory than it may have.
    MemoryCap,
    /// It needed more table elements than it may have.
    TableCap,
    /// It needed more instances than it may have.
    InstanceCap,
    /// It wrote more than it may.
    OutputCap,
    /// It called the host more often than it may.
    HostCallCap,
    /// It wrote more bytes or entries into write grants than it may.
    WriteCap,
    /// It read more bytes through read grants than it may.
    ReadCap,
    /// It recursed too deep.
    StackOverflow,
    /// It did something that wasm forbids.
    Trap {
        /// Which, such as `unreachable` or `memory-out-of-bounds`.
        kind: String,
    },
    /// It needs something that it was not granted.
    Denied {
        /// What.
        what: String,
    },
    /// The bytes are no module or component that runs here.
    ModuleRefused {
        /// Why.
        why: String,
    },
    /// Compiling took more time or memory than it may.
    CompileCap,
    /// A file under a read grant changed while the job read it.
    InputChanged {
        /// Which.
        path: String,
    },
    /// A number of A or B is none that can be multiplied, or its file ends too early.
    OperandUnusable {
        /// Why.
        why: String,
    },
    /// Somebody called it off.
    Cancelled,
    /// The worker died without an answer.
    WorkerLost {
        /// How, such as `killed by SIGSYS`.
        why: String,
    },
}

impl Outcome {
    /// The outcome in one word, as the ledger writes it.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::Exit { .. } => "exit",
            Self::OutOfFuel => "outOfFuel",
            Self::Deadline => "deadline",
            Self::MemoryCap => "memoryCap",
            Self::TableCap => "tableCap",
            Self::InstanceCap => "instanceCap",
            Self::OutputCap => "outputCap",
            Self::HostCallCap => "hostCallCap",
            Self::WriteCap => "writeCap",
            Self::ReadCap => "readCap",
            Self::StackOverflow => "stackOverflow",
            Self::Trap { .. } => "trap",
            Self::Denied { .. } => "denied",
            Self::ModuleRefused { .. } => "moduleRefused",
            Self::CompileCap => "compileCap",
            Self::InputChanged { .. } => "inputChanged",
            Self::OperandUnusable { .. } => "operandUnusable",
            Self::Cancelled => "cancelled",
            Self::WorkerLost { .. } => "workerLost",
        }
    }

    /// What the word leaves open: an exit code, a trap, a path; at most what the executor wrote.
    #[must_use]
    pub fn detail(&self) -> Option<String> {
        match self {
            Self::Exit { code } => Some(code.to_string()),
            Self::Trap { kind: text }
            | Self::Denied { what: text }
            | Self::ModuleRefused { why: text }
            | Self::InputChanged { path: text }
            | Self::OperandUnusable { why: text }
            | Self::WorkerLost { why: text } => Some(text.clone()),
            _ => None,
        }
    }

    /// The catalogue's code; `None` for a run that ended well.
    #[must_use]
    pub fn code(&self) -> Option<Code> {
        Some(match self {
            Self::Completed => return None,
            Self::Exit { .. } => codes::GUEST_EXIT,
            Self::OutOfFuel => codes::OUT_OF_FUEL,
            Self::Deadline => codes::DEADLINE,
            Self::MemoryCap => codes::MEMORY_CAP,
            Self::TableCap => codes::TABLE_CAP,
            Self::InstanceCap => codes::INSTANCE_CAP,
            Self::OutputCap => codes::OUTPUT_CAP,
            Self::HostCallCap => codes::HOST_CALL_CAP,
            Self::WriteCap => codes::WRITE_CAP,
            Self::ReadCap => codes::READ_CAP,
            Self::StackOverflow => codes::STACK_OVERFLOW,
            Self::Trap { .. } => codes::GUEST_TRAP,
            Self::Denied { .. } => codes::GUEST_DENIED,
            Self::ModuleRefused { .. } => codes::MODULE_REFUSED,
            Self::CompileCap => codes::COMPILE_CAP,
            Self::InputChanged { .. } => codes::INPUT_CHANGED,
            Self::OperandUnusable { .. } => codes::OPERAND_UNUSABLE,
            Self::Cancelled => codes::RUN_CANCELLED,
            Self::WorkerLost { .. } => codes::WORKER_LOST,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::executor::tests_support::all_outcomes;

    #[test]
    fn the_word_is_the_one_in_json_and_every_end_but_success_has_a_code_of_its_own() {
        let mut codes = BTreeSet::new();
        for outcome in all_outcomes() {
            let json = serde_json::to_string(&outcome).unwrap();
            assert!(json.contains(&format!("\"{}\"", outcome.word())), "{json}");
            assert_eq!(serde_json::from_str::<Outcome>(&json).unwrap(), outcome);
            match outcome.code() {
                Some(code) => assert!(codes.insert(code.as_str()), "{json}"),
                None => assert_eq!(outcome, Outcome::Completed),
            }
        }
    }
}
