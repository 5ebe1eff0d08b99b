//! C: circuits, their keys, and proofs.

area! {
    NOT_A_PROOF = "ARCH-C001", "not a proof file",
        "the file is not JSON of schema `arch.proof/v1` or of snarkjs, a number is not written in its one way, or a point is none",
        "ask for the file again; nothing can be read into it";
    UNKNOWN_CIRCUIT = "ARCH-C002", "the circuit is not known",
        "no circuit of this name and version is in the manifest",
        "see `archctl circuit list`; give the manifest that has it with `--manifest`";
    CIRCUIT_REVOKED = "ARCH-C003", "the circuit is revoked",
        "the manifest says that proofs of this circuit are evidence of nothing",
        "have the statement proved again by a circuit that is active; verdicts that rest on such a proof can be opened again";
    OTHER_KEY = "ARCH-C004", "the proof is for another key",
        "the SHA-256 of the key in the proof file is not that of the circuit's key",
        "give the manifest that has the key with `--manifest`, or have the statement proved under the circuit's key";
    KEY_NOT_PINNED = "ARCH-C005", "the circuit's key is not the one that is pinned",
        "the manifest has another key than the one that you or the policy name by its SHA-256",
        "find out who changed which of the two; until then believe no proof under this key";
    DEV_KEY = "ARCH-C006", "the circuit's key is a dev key",
        "it was made from a seed that everybody knows, so that anybody can forge proofs under it",
        "use a key of a ceremony; for trying things out, `--allow-dev-keys`, or `circuits.allowDevKeys` in the policy";
    PROOF_DOES_NOT_VERIFY = "ARCH-C007", "the proof does not verify",
        "it is no proof of these public numbers under the circuit's key",
        "believe nothing that it says; ask for another one";
    BAD_MANIFEST = "ARCH-C008", "not a usable manifest of circuits",
        "it is not JSON of schema `arch.circuits/v1`, or says something of a circuit or a key that is not so",
        "take the manifest of this version of the software, or the one that `archctl circuit import` wrote";
    KEY_REFUSED = "ARCH-C009", "a key that is not taken",
        "it is damaged, for another circuit, or one that anybody can forge with",
        "ask for the file again, or make the key anew as docs/CIRCUITS.md tells";
    KEY_UNVERIFIED = "ARCH-C011", "nobody verified the ceremony of the key",
        "the key was taken in without the powers of tau, so that contributions may be invented",
        "take it in again with `archctl circuit import --powers FILE`; for trying things out, `--allow-dev-keys`, or `circuits.allowDevKeys` in the policy";
    TOO_FEW_CONTRIBUTIONS = "ARCH-C010", "too few contributed to the key",
        "a key is taken with three contributions by people and a beacon after them",
        "have more people contribute with `snarkjs zkey contribute`, end with `snarkjs zkey beacon`";
    CIRCUIT_NOT_PINNED = "ARCH-C012", "the policy pins no key of the circuit",
        "no entry of `circuits.pins` in the policy names this circuit in this version, and what is not pinned is not believed",
        "have the statement proved under a version that is pinned, or have the policy's signers pin this one's key";
    PINS_DISAGREE = "ARCH-C013", "two pins name different keys",
        "the SHA-256 that was given with `--pin` is not the one that the policy pins",
        "find out which of the two is right; leave `--pin` out to go by the policy alone";
}
