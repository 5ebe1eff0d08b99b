//! V: making and checking proofs in a process of its own.

area! {
    PROVER_BUSY = "ARCH-V001", "the prover has as many proofs to make as may wait",
        "its queue is full, or it has as many clients as it takes",
        "ask again later, or start it with a longer `--queue`";
    PROVER_REQUEST = "ARCH-V002", "the prover does not understand what it is asked",
        "a frame is too long, is no message, or says something of a length that nothing has",
        "use an agent and a prover of one version";
    PROVER_CIRCUIT = "ARCH-V003", "nothing is made for this circuit",
        "the manifest has no such circuit in such a version, or not as an active one, the public numbers are not its own, or digests of tiles are asked for and it is not about tiles",
        "name an active circuit and version of the prover's manifest, and its public numbers in order";
    PROVER_STATEMENT = "ARCH-V004", "what is stated does not hold for the numbers that were given",
        "the assignment does not satisfy the circuit, or is none",
        "state what the numbers give; a wrong statement has no proof";
    PROVER_KEY = "ARCH-V005", "the prover does not have the key that the manifest pins",
        "the file `<pkSha256>.pk` is not in its folder of keys, or has other bytes than its name says",
        "put the key there that the ceremony gave, or remove the wrong file";
    PROVER_DEV_KEY = "ARCH-V006", "the prover makes no proofs with dev keys",
        "the circuit's key is one that anybody can forge with",
        "use a circuit with a ceremony's key; to try things out, start the prover with `--allow-dev-keys`";
    PROVER_LOST = "ARCH-V007", "the process that made the proof is gone",
        "it was killed, crashed, or could not be started",
        "ask again; if it happens again, look at the prover's log";
    PROVER_MEMORY = "ARCH-V008", "the proof needed more memory than it may have",
        "the process that made it reached `--memory-mib`",
        "ask again on a machine with fewer processors, or raise `--memory-mib`";
    PROVER_TIME = "ARCH-V009", "the proof was not there in time",
        "the process that made it was killed after `--proof-seconds`",
        "ask again when the machine has less to do, or raise `--proof-seconds`";
    PROVER_UNSOUND = "ARCH-V010", "the proof that was made does not verify, and was thrown away",
        "the process that made it is broken or was taken over, or the machine computes wrongly",
        "ask again; if it happens again, do not trust this machine";
    PROVER_PEER = "ARCH-V011", "the prover does not know who is calling",
        "the secret is missing or another one, or the user of the calling process is not among those that may",
        "use the secret of `--secret-file`, or name the user with `--allow-uid`";
    PROVER_SETUP = "ARCH-V012", "the prover cannot start",
        "a socket, the manifest, the folder of keys or the secret file is not there or not as it must be",
        "follow what the message says";
    PROVER_ABSENT = "ARCH-V013", "the prover does not answer",
        "the settings name no socket of a prover, nobody listens there, or it was lost on the way",
        "start arch-prover and set `prover.socket` to its socket; disputes wait for it";
}
