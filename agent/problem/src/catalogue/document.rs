//! D: signed documents. 0xx who signed and when, 1xx how it is written, 2xx what it says.

area! {
    NOT_SIGNED = "ARCH-D001", "the document is not signed",
        "the file has neither `signatures` nor `spec.signature`",
        "sign it with `archctl job sign`, `archctl root sign` or the like";
    UNKNOWN_SIGNER = "ARCH-D002", "nobody the trust root knows signed",
        "no key of the active trust root made any of the signatures",
        "have a key of the trust root sign, or add the signer in a new version of the trust root";
    SIGNATURE_BROKEN = "ARCH-D003", "a signature does not hold",
        "the document was changed after it was signed, or it was signed as another kind of document",
        "ask the signer to sign the document as it is now";
    BELOW_QUORUM = "ARCH-D004", "not enough valid signatures",
        "fewer distinct trusted identities signed than the role's threshold asks for",
        "ask another signer of the role to run `archctl job sign`";
    WRONG_ROLE = "ARCH-D005", "the signers may not sign this kind of document",
        "their roles in the trust root do not list the document's kind",
        "have a signer of a role that lists the kind sign it";
    ALGORITHM_MISMATCH = "ARCH-D006", "a signature names another algorithm than its key",
        "`alg` differs from the algorithm of the key under `by`",
        "sign again; `archctl` writes both fields so that they agree";
    TOO_FEW_GROUPS = "ARCH-D007", "the signers come from too few groups",
        "the role's `distinctGroups` asks for signers of more organisations",
        "ask a signer of another group";
    EXPIRED = "ARCH-D008", "the document's life is over",
        "the present lies after `metadata.notAfter`",
        "have the document signed again with a later `notAfter`";
    NOT_YET_VALID = "ARCH-D009", "the document's life has not begun",
        "the present lies before `metadata.notBefore`",
        "wait, or check this machine's clock with `archctl doctor`";
    LIFE_TOO_LONG = "ARCH-D010", "a job may live for 30 days at most",
        "`notAfter` lies more than 30 days after `notBefore`, or before it",
        "choose a `notAfter` at most 30 days after `notBefore`";
    ROLLED_BACK = "ARCH-D011", "a newer version was active here already",
        "the version is lower than one that the ledger has recorded",
        "use the newest version, or sign a new one with a higher version";
    VERSION_JUMP = "ARCH-D012", "the version is too far ahead",
        "versions may grow by at most 1,000,000 at a time, so that nobody can use them up",
        "sign it again with the next version";
    VERSION_REUSED = "ARCH-D013", "another document has this version",
        "the ledger has recorded a different document of the same kind, name and version",
        "sign it again with the next version";
    REPLAYED = "ARCH-D014", "the job was accepted here before",
        "the ledger has recorded this very document; one signature is for one run",
        "to run it again, have it signed again with a fresh nonce";
    KEY_REVOKED = "ARCH-D015", "a signing key is revoked",
        "a revocation says that the key is not to be believed any more",
        "have another key of the role sign";
    DOCUMENT_REVOKED = "ARCH-D016", "the document is revoked",
        "a revocation lists the document's digest",
        "ask the document's owner for a new one";
    CLOCK_STEPPED_BACK = "ARCH-D017", "the clock went back",
        "the wall clock is more than 10 minutes behind the newest entry of the ledger, or was never set and shows a day before there was anything to judge",
        "set the clock right; running jobs end as usual, new ones wait";
    NOT_THE_PINNED_ROOT = "ARCH-D018", "not the trust root that is pinned",
        "the digest of the file differs from the one that the system configuration pins",
        "restore the pinned file, or pin the new digest in the system configuration";
    ROOT_CHAIN = "ARCH-D019", "the trust root does not follow the active one",
        "versions of the trust root are walked one by one; the next has to be one higher and have the same name",
        "give the missing versions in their order";
    ROOT_EXPIRED = "ARCH-D020", "the trust root's life is over",
        "nothing can be verified with a trust root past its `notAfter`",
        "have the next version of the trust root signed and installed";
    WRONG_KIND = "ARCH-D021", "another kind of document was expected",
        "`kind` is not the one that belongs in this place",
        "put the file where documents of its kind belong";
    TOO_MANY_SIGNATURES = "ARCH-D022", "more than 32 signatures",
        "checking signatures costs time, so a document may carry 32 at most",
        "remove signatures that no role counts";
    HALF_A_SIGNATURE = "ARCH-D023", "one half of a hybrid signature is missing",
        "a hybrid identity counts only if its ed25519 and its ml-dsa-44 signature both hold",
        "sign again with the hybrid key, which writes both";
    OWNER_NOT_SIGNED_FOR = "ARCH-D024", "the signers may not sign for this owner",
        "the roles whose signers signed list the owners they sign for, and `metadata.owner` is none of them",
        "have a role sign that may sign for the owner, or write the owner that the signers answer for";
    ANOTHER_NAME = "ARCH-D025", "a policy of another name is in force here",
        "versions are counted by name, so that a policy of another name could bring an old state back",
        "give the policy the name of the one in force and a higher version";
    SAME_KEY_TWICE = "ARCH-D031", "one key stands under two names",
        "a threshold counts keys; a key with two names would count twice",
        "remove one of the two entries";
    THRESHOLD_IMPOSSIBLE = "ARCH-D032", "a role cannot work",
        "its threshold is 0 or more than it has keys, or it asks for more groups than its keys have",
        "mend `threshold`, `distinctGroups` or `keys` of the role";
    NO_SUCH_KEY = "ARCH-D033", "a role names a key that does not exist",
        "an id under the role's `keys` is missing from `spec.keys`, or stands twice",
        "add the key, or remove the id from the role";
    NO_ROOT_ROLE = "ARCH-D034", "the trust root cannot be renewed",
        "there is no role `root` that may sign kind Root, or another role may sign it too",
        "write a role `root` with `kinds: [Root]`, and Root under no other role";
    KEY_KIND_MISMATCH = "ARCH-D035", "a key entry does not fit its algorithm",
        "`alg` differs from the algorithm of `public`, or a hybrid has not exactly one key of each",
        "copy `alg` and `public` from `archctl key show`";
    TOO_LARGE = "ARCH-D101", "the document is larger than 256 KiB",
        "documents are read by people; data goes into inputs by digest",
        "move data into files and name them by digest";
    NOT_UTF8 = "ARCH-D102", "the file is not UTF-8",
        "a byte sequence is no character in UTF-8",
        "save the file as UTF-8";
    BYTE_ORDER_MARK = "ARCH-D103", "the file starts with a byte order mark",
        "some editors put the invisible character U+FEFF in front",
        "save the file as UTF-8 without BOM";
    FORBIDDEN_CHARACTER = "ARCH-D104", "a character that cannot be seen or that reorders text",
        "control, line-separator, bidirectional and other invisible characters can make a text look different from what is signed",
        "remove the character";
    TAB = "ARCH-D105", "a tab",
        "YAML readers disagree about tabs",
        "indent with spaces; inside double quotes write `\\t`";
    NOT_NFC = "ARCH-D106", "text is not in Unicode normal form C",
        "two texts that look the same would have two digests",
        "write the text with composed characters";
    YAML_SYNTAX = "ARCH-D107", "the text is not YAML",
        "the reader did not find what YAML asks for in this place",
        "look at the indentation, quotes and brackets around the place";
    DUPLICATE_KEY = "ARCH-D108", "a key stands twice",
        "two entries of one map have the same key, perhaps in another spelling",
        "keep one of the two";
    KEY_FORM = "ARCH-D109", "a key has characters that keys may not have",
        "keys are 1 to 128 characters of `A-Z a-z 0-9 . _ / -`",
        "rename the key";
    KEY_NOT_TEXT = "ARCH-D110", "a key is not text",
        "YAML readers take the key for a number, a truth value, a list or a map",
        "put the key in double quotes";
    MERGE_KEY = "ARCH-D111", "a merge key",
        "`<<` is understood by some YAML readers only",
        "write the fields out";
    ANCHOR = "ARCH-D112", "an anchor",
        "anchors make a text mean something that does not stand there",
        "remove it and write the value where it is needed";
    ALIAS = "ARCH-D113", "an alias",
        "aliases make a text mean something that does not stand there",
        "write the value out, or quote text that starts with `*`";
    TAG = "ARCH-D114", "a tag",
        "YAML readers treat tags differently",
        "remove the tag, or quote text that starts with `!`";
    DIRECTIVE = "ARCH-D115", "a directive",
        "lines such as `%YAML 1.1` change how the rest is read",
        "remove the line";
    SECOND_DOCUMENT = "ARCH-D116", "more than one document in the file",
        "a signature is over one document; some readers would see the first, some the last",
        "put each document into a file of its own, and remove `...`";
    NULL_VALUE = "ARCH-D117", "a value is missing or null",
        "an empty value, `~` or `null` says nothing",
        "leave the field out, or write a value; text is written in quotes";
    AMBIGUOUS = "ARCH-D118", "YAML readers disagree about this value",
        "unquoted, some versions of YAML read it as a truth value, a number or a date and some as text",
        "put text in double quotes; truth values are `true` and `false`";
    NUMBER_FORM = "ARCH-D119", "a number is written in an unusual way",
        "numbers have one spelling: no leading zeros, signs, underscores, exponents or trailing zeros",
        "write the number plainly, or put text in double quotes";
    NUMBER_RANGE = "ARCH-D120", "a number is too large or too fine",
        "integers lie within ±(2^53-1), decimals have at most 15 digits of which 6 stand after the point; others get rounded by some readers",
        "write it as text in double quotes where the field allows that";
    TOO_DEEP = "ARCH-D121", "nested deeper than 16",
        "lists and maps stand inside each other more than 16 deep",
        "make it flatter";
    TOO_MANY_NODES = "ARCH-D122", "more than 10,000 values",
        "keys, values, lists and maps together are more than 10,000",
        "move data into files and name them by digest";
    SCALAR_TOO_LONG = "ARCH-D123", "a text is longer than 64 KiB",
        "documents are read by people; data goes into inputs by digest",
        "move the text into a file and name it by digest";
    TOO_MANY_FIELDS = "ARCH-D124", "a map has more than 512 keys",
        "one map has more keys than anybody reads",
        "move data into files and name them by digest";
    EMPTY_DOCUMENT = "ARCH-D125", "the document is empty",
        "the file holds nothing but blanks and comments",
        "write a document; `archctl job new` and the examples show one";
    NOT_A_MAP = "ARCH-D126", "the document is not a map",
        "a document is a map with `apiVersion`, `kind`, `metadata` and `spec`",
        "start with `apiVersion: arch.network/v1`";
    FOLDED_LINES = "ARCH-D127", "text runs over several lines",
        "how lines are joined is easy to get wrong",
        "write it on one line, or use `|` for text of several lines";
    SURROGATE_ESCAPE = "ARCH-D128", "half of a character is escaped",
        "`\\ud800` to `\\udfff` are halves of UTF-16 that YAML readers join differently",
        "write the character itself, or `\\U` and eight digits";
    BLOCK_WITHOUT_END = "ARCH-D129", "a block text ends the file without a line break",
        "YAML readers disagree whether the text then ends with a line break",
        "end the file with a line break";
    NEEDS_QUOTES = "ARCH-D130", "unquoted text starts with a sign that YAML uses",
        "YAML readers disagree about unquoted text that starts this way",
        "put it in double quotes";
    BLOCK_STARTS_BLANK = "ARCH-D131", "a block text starts with an empty line",
        "YAML readers disagree about blanks in empty lines before the first line of text",
        "start with a line of text, or put the text in double quotes with `\\n`";
    BLOCK_LINE_OF_BLANKS = "ARCH-D132", "a line of a block text holds nothing but blanks",
        "YAML readers disagree whether the blanks beyond the indent belong to the text",
        "leave the line empty, or put the text in double quotes with `\\n`";
    SLASH_ESCAPE = "ARCH-D133", "a slash is escaped",
        "`\\/` came with YAML 1.2, and some readers do not know it",
        "write `/` alone";
    JSON_SYNTAX = "ARCH-D140", "the text is not JSON",
        "a file that starts with `{` is read as a DSSE envelope in JSON",
        "mend the JSON, or write the document as YAML that starts with `apiVersion:`";
    ENVELOPE_FORM = "ARCH-D141", "not a DSSE envelope",
        "an envelope has `payload`, `payloadType` and `signatures` and nothing else, in standard base64",
        "make envelopes with a DSSE tool or `archctl`";
    PAYLOAD_NOT_CANONICAL = "ARCH-D142", "the payload is not canonical JSON",
        "the payload of an envelope is the document in the form of RFC 8785, without its signatures",
        "make the payload with a tool for RFC 8785";
    PAYLOAD_TYPE = "ARCH-D143", "the payload type does not fit the document",
        "`payloadType` is `application/vnd.arch-network.<kind>.v1+json`, with the kind in lower case",
        "sign the document again as what it is";
    UNKNOWN_KIND = "ARCH-D201", "no such kind of document",
        "`kind` is none of Root, Policy, Job, Playbook, Directive, Revocation, Receipt and Dispute",
        "write one of these kinds";
    UNKNOWN_FIELD = "ARCH-D202", "no such field",
        "fields that nobody reads are refused, since a signer may believe in them",
        "mend or remove the field; notes go under `metadata.annotations` with names that start with `x-`";
    MISSING_FIELD = "ARCH-D203", "a field is missing",
        "the document's kind needs the field",
        "add the field";
    WRONG_TYPE = "ARCH-D204", "a value of the wrong type",
        "text, a number, a truth value, a list or a map stands where another is needed",
        "write a value of the right type; numbers that are text go in double quotes";
    BAD_VALUE = "ARCH-D205", "a value that makes no sense here",
        "the value does not have the form or lie in the range that the field asks for",
        "the refusal says what the field takes";
    API_VERSION = "ARCH-D206", "another version of the format",
        "`apiVersion` is not `arch.network/v1`",
        "write `apiVersion: arch.network/v1`";
    TWO_SIGNATURE_PLACES = "ARCH-D207", "signatures in two places",
        "a document has either `spec.signature` or `signatures`, never both",
        "move the one of `spec.signature` into the list `signatures`";
    SIGNATURE_FORM = "ARCH-D208", "a signature entry cannot be read",
        "an entry has `by` (a did:key), `alg` and `sig` (standard base64 of the algorithm's length)",
        "remove the entry and sign again";
    ALREADY_SIGNED_SHORT = "ARCH-D209", "the document carries a signature inside `spec`",
        "a further signature needs the list form, and a document has never both",
        "remove `spec.signature` and sign again with all signers";
    CANNOT_ADD_SIGNATURE = "ARCH-D210", "no place to add a signature",
        "signatures are added to a list in block form in a YAML file",
        "write the document, and its `signatures`, with one entry a line";
}
