//! Q: disputes about products.

area! {
    COMMITMENT_LIST = "ARCH-Q001", "not a list of what was committed to",
        "the file is none, belongs to another job or attempt, has a line that is not signed by the key that it names, or is of a product that nobody disputes",
        "ask whoever keeps the ledger for the list that its entry `committed` names";
    DISPUTE_MESSAGE = "ARCH-Q002", "not a message of a dispute",
        "the file is no document of kind `Dispute`, is written otherwise than in its one way, or is not signed by the one key that it names",
        "ask its author for the file again, unchanged";
    DISPUTE_RECORD = "ARCH-Q003", "the ledger says something else of a dispute than its messages",
        "an entry names another message, end or stake than what follows from what was signed",
        "believe neither the entry nor what was paid by it; keep a copy of ledger and archive, and ask whoever keeps them";
    DISPUTE_REFUSED = "ARCH-Q004", "the challenge opens no dispute",
        "it is of another task, has other terms, names a commitment that the task does not have, or is about leaves that do not meet",
        "challenge anew with `archctl dispute challenge` on a folder that `archctl dispute export` wrote";
    DISPUTE_BOOK = "ARCH-Q005", "the settlement book does not hold",
        "an entry stakes, returns or takes what is not there, or was booked before",
        "believe no account of this ledger from that entry on";
    DISPUTE_TURN = "ARCH-Q006", "it is not his turn",
        "the dispute has ended, or asks somebody else, or something that whoever holds the key does not have",
        "see who is asked with `archctl dispute show`, or in the folder's `report.md`";
    NO_STAKE = "ARCH-Q007", "somebody has fewer units than a dispute would cost",
        "the policy's `endowment` is below its `bond`, or the units were lost in disputes or are staked in others",
        "see `archctl dispute book`; a new version of the policy endows each identity again";
}
