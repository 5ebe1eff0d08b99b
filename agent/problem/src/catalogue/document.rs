//! D: signed documents. 0xx who signed and when, 1xx how it is written, 2xx what it says.

area! {
    BELOW_QUORUM = "ARCH-D004", "not enough valid signatures",
        "fewer distinct trusted identities signed than the role's threshold asks for",
        "ask another signer of the role to run `archctl job sign`";
    DUPLICATE_KEY = "ARCH-D108", "a key stands twice",
        "two entries of one map have the same key, perhaps in another spelling",
        "keep one of the two";
}
