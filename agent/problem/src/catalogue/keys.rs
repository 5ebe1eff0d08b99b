//! K: keys and signatures.

area! {
    WRONG_PASSPHRASE = "ARCH-K001", "the passphrase does not open the key",
        "the passphrase is wrong or the key file was changed",
        "try again; without the passphrase the key cannot be recovered";
    PASSPHRASE_NEEDED = "ARCH-K002", "the key is sealed with a passphrase",
        "a sealed key was read without a passphrase",
        "give the passphrase at the prompt or with `--passphrase-file`";
    NOT_A_KEY_FILE = "ARCH-K003", "not a key file",
        "the file is not JSON of schema `arch.key/v1`, or its parts do not belong together",
        "make a key with `archctl key generate`, or restore the file from a copy";
    NOT_A_KEY = "ARCH-K004", "not a usable public key",
        "the text is no did:key, its key has a wrong length, or it is a point of small order",
        "copy the identifier again from `archctl key show`";
    UNKNOWN_ALGORITHM = "ARCH-K005", "unknown signature algorithm",
        "the algorithm is not in the registry of this version",
        "use ed25519, ml-dsa-44 or hybrid";
    BAD_SIGNATURE = "ARCH-K006", "a signature does not hold",
        "the document was changed after it was signed, or another key signed it",
        "ask the signer to sign the document again";
    NOT_CANONICAL = "ARCH-K007", "the value has no canonical form",
        "it holds null, or a number that some JSON reader would round",
        "leave out null fields and write large or long numbers as quoted text";
}
