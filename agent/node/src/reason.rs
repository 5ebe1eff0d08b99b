//! Whose trouble a reason is, and whether it may be over some time.

use arch_problem::{Code, codes};

/// Reasons that lie with the node and pass by themselves; they say nothing about the document.
pub(crate) fn passing(code: Code) -> bool {
    [
        codes::NOT_ACCEPTING,
        codes::CLOCK_STEPPED_BACK,
        codes::LEDGER_OUT_OF_SPACE,
        codes::LEDGER_POISONED,
        codes::ARCHIVE_IO,
    ]
    .contains(&code)
}

/// Reasons that may be over without the file changing: it is looked at again.
pub(crate) fn may_change(code: Code) -> bool {
    let waits = [
        codes::NOT_YET_VALID,
        codes::NOT_YET_DONE,
        codes::QUEUE_FULL,
        codes::MODULE_ABSENT,
        codes::INPUT_ABSENT,
        codes::INPUT_DIFFERS,
        codes::INPUT_OUT_OF_REACH,
        codes::FILE_MACHINE,
    ];
    passing(code) || waits.contains(&code)
}

/// Reasons that lie with the machine while a job is run: a full disk, too few descriptors, too little
/// memory, a prover that is away.
pub(crate) fn is_the_machines(code: Code) -> bool {
    [
        codes::FILE_MACHINE,
        codes::ARCHIVE_IO,
        codes::NOT_ACCEPTING,
        codes::NO_STAKE,
        codes::PROVER_ABSENT,
    ]
    .contains(&code)
}
