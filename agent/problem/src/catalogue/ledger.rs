//! L: the ledger (0xx) and the archive beside it (1xx).

area! {
    LEDGER_BUSY = "ARCH-L001", "another process has the ledger open",
        "an agent is already running on this state folder, or another program holds its lock",
        "stop the other agent, or give this one its own `--state` folder";
    LEDGER_POISONED = "ARCH-L002", "the ledger has stopped after an I/O error",
        "the disk reported an error while an entry was made durable, so nobody can tell what is on it",
        "check the disk, then start the agent again; it reads the journal anew before it goes on";
    LEDGER_DAMAGED = "ARCH-L003", "the ledger is damaged before its last commit",
        "a byte of the journal changed after it was committed",
        "restore the state folder from a copy; the agent never repairs a ledger silently";
    LEDGER_ROLLED_BACK = "ARCH-L004", "the journal is older than what was already committed",
        "the journal was cut or an older copy was restored beside newer tiles or a newer checkpoint",
        "restore the whole ledger folder from one copy, the newest that there is";
    LEDGER_FORKED = "ARCH-L005", "checkpoint and journal tell different histories",
        "the signed checkpoint names a root that the journal's entries do not lead to",
        "restore the whole ledger folder from one copy and find out who wrote the other";
    CHECKPOINT_UNVERIFIED = "ARCH-L006", "the checkpoint cannot be believed",
        "a signature of the checkpoint is missing, wrong, or by another key, or its text is malformed",
        "give the right verifier keys; if they are right, the file was changed: restore it from a copy";
    LEDGER_OTHER_KEYS = "ARCH-L007", "the ledger belongs to other keys",
        "the first entry names another origin or other public keys than those given",
        "start the agent with the key that began this ledger, or begin a new one in another folder";
    LEDGER_OUT_OF_SPACE = "ARCH-L008", "no room left to take on work",
        "the disk with the state folder is full; the ledger keeps a reserve for refusals and results only",
        "free space on the disk; the agent takes on work again by itself";
    ENTRY_TOO_LARGE = "ARCH-L009", "an entry or a batch is too large",
        "an entry of the ledger is at most 65,535 bytes, a batch at most 4,096 entries and 16 MiB",
        "keep large things in the archive and name them in the entry by digest";
    LEDGER_IO = "ARCH-L010", "the ledger's folder cannot be read or written",
        "the operating system refused a file operation below the state folder",
        "check owner, mode and free space of the state folder, and the disk";
    LEDGER_INCOMPLETE = "ARCH-L011", "a file of the ledger is missing",
        "a file that the ledger's size asks for is not there",
        "start the agent to have tiles written anew from the journal; restore a missing journal from a copy";
    TILE_DIFFERS = "ARCH-L012", "a derived file differs from the journal",
        "a file of tiles or the reserve has other bytes than the journal leads to",
        "find out who changed it; the agent writes it anew from the journal when it starts";
    UNEXPECTED_FILE = "ARCH-L013", "the ledger's folder holds something foreign",
        "a file or folder lies there that the ledger did not write",
        "move it away; nothing else may lie in the ledger's folder";
    LEDGER_UNFINISHED = "ARCH-L014", "a write to the ledger was broken off",
        "the journal goes on after its last commit, or a temporary file was left, as after a power cut",
        "start the agent: it cuts what was never committed and writes down that it did";
    ENTRY_MALFORMED = "ARCH-L015", "an entry cannot be read",
        "the bytes are not the canonical JSON of an entry of a version known here",
        "read the ledger with a newer `archctl`; if that fails too, the bytes were changed";
    LEDGER_OTHER_FORMAT = "ARCH-L016", "the ledger is of a version that is not known here",
        "the journal begins as one that another version of the agent wrote, most likely a newer one",
        "install the version of the agent that wrote it; this one leaves the state folder as it is";
    PROOF_INVALID = "ARCH-L020", "the proof does not hold",
        "the hashes do not lead from the entry, or from the older tree, to the signed root",
        "ask the node for the receipt again; if it gives the same one, it cannot prove what it says";
    RECEIPT_MALFORMED = "ARCH-L021", "not a receipt, checkpoint or verifier key",
        "the text is not of the form that C2SP tlog-proof, signed-note and tlog-checkpoint give",
        "use the file as `archctl ledger prove` wrote it";
    NO_SUCH_ENTRY = "ARCH-L022", "the ledger has no such entry",
        "the index is not smaller than the ledger's size, or the older size is beyond the newer",
        "list the entries with `archctl ledger show`";
    ILLEGAL_STEP = "ARCH-L023", "the record does not fit the job's history",
        "a job would be accepted twice, end twice, or go on after its end",
        "report it: the agent tried to write a history that makes no sense";

    ARCHIVE_DAMAGED = "ARCH-L101", "an object of the archive is not what its name says",
        "the bytes of the file do not hash to the digest that it is stored under",
        "restore the object from a copy, or fetch it again by its digest";
    NOT_ARCHIVED = "ARCH-L102", "the archive does not hold that object",
        "nothing was stored under the digest, or it was removed",
        "fetch the object by its digest, or take the bundle of another node";
    ARCHIVE_TOO_LARGE = "ARCH-L103", "an object is larger than allowed here",
        "the object goes beyond the cap of the caller or of the archive",
        "raise the cap in the settings, or keep the object elsewhere and name it by digest";
    ARCHIVE_IO = "ARCH-L104", "the archive cannot be read or written",
        "the operating system refused a file operation below the archive's folder",
        "check owner, mode and free space of the state folder, and the disk";
    BUNDLE_INVALID = "ARCH-L105", "the replay bundle does not hold together",
        "a file is missing, foreign or changed, or its receipt does not prove what the bundle says",
        "take the bundle anew from the node that ran the job";
}
