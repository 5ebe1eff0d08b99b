//! P: admission by the local policy. 0xx a job is refused, 1xx a policy is not usable, 2xx it has no place here.

area! {
    POLICY_OVER = "ARCH-P001", "the policy's time is over",
        "the policy that is active here is past its `notAfter`, and nothing is allowed without a policy",
        "put a newer policy, signed by its signers, in the configuration folder and reload";
    IMAGE_NOT_ALLOWED = "ARCH-P002", "the policy does not allow this image",
        "no pattern under `images.allow` of the policy fits the job's image",
        "use an allowed image, or have the policy's signers add this one to `images.allow`";
    NOT_ALLOWED = "ARCH-P003", "the policy does not allow what the job asks for",
        "no rule of the policy grants the capability",
        "remove the request, or have the policy's signers allow it";
    BEYOND_ROLE = "ARCH-P004", "the signers may not ask for this",
        "the trust root gives the roles that signed the job smaller capabilities than it asks for",
        "remove the request, or have a role sign whose `caps` in the trust root cover it";
    IMAGE_WITHOUT_DIGEST = "ARCH-P005", "the image is named without a digest",
        "a tag can be moved to other bytes after the job was signed",
        "write the image as `name@sha256:…`";
    RUNTIME_NOT_OFFERED = "ARCH-P006", "this node does not offer the runtime",
        "the policy does not list the runtime, or the agent has none of that kind running",
        "use a runtime that the refusal lists, or send the job to another node";
    OVER_CAP = "ARCH-P007", "the job asks for more than the policy's cap",
        "a value under `resources` is above the one under `resources.max` of the policy",
        "ask for less, or have the policy's signers raise the cap";
    REFUSED_BY_RULE = "ARCH-P008", "a rule of this node refuses the job",
        "a rule under `refuse` of the policy fits the job; such a rule beats every allowance",
        "read the rule's reason; only the policy's signers can remove the rule";
    OWNER_NOT_ALLOWED = "ARCH-P009", "the policy does not know this owner",
        "no rule under `owners` of the policy fits the job's `metadata.owner`",
        "have the policy's signers add the owner, or send the job to another node";
    SHARED_NOT_ALLOWED = "ARCH-P010", "the policy does not let this owner share a warm worker",
        "the job asks for `isolation: shared`, which the policy allows to listed owners only",
        "write `isolation: process`, which costs a few milliseconds";
    NO_GPU = "ARCH-P011", "this node has no GPU to give",
        "the job asks for more GPUs than the node has",
        "send the job to a node with a GPU, or write `gpu: \"0\"`";
    CONSTRAINT_NOT_MET = "ARCH-P012", "a placement constraint does not hold here",
        "the node's fact has another value than the job's constraint asks for",
        "send the job to a node that meets the constraint, or loosen the constraint";
    FACT_UNKNOWN = "ARCH-P013", "the node does not know the fact that a constraint asks about",
        "a constraint over a fact that is missing or of another type is never satisfied",
        "set the fact in the node's settings, or remove the constraint";
    NOT_PINNED = "ARCH-P014", "an address without a digest",
        "what an address leads to can change after the job was signed, and the policy asks for pinned ones",
        "write the address as `…@sha256:…`";
    NOT_FOR_THIS_NODE = "ARCH-P015", "the job is meant for other nodes",
        "`metadata.audience` names neither this node, nor a group it is in, nor `*`",
        "send the job to the node it names, or have it signed again for this one";
    NOT_OFFERED_YET = "ARCH-P016", "this agent cannot do what the job asks for",
        "the document format knows the field, this version of the agent does not act on it, and leaving it out silently would change the job",
        "remove the field, or send the job to a node that offers it";
    JOB_OUT_OF_TIME = "ARCH-P017", "the job is outside its time",
        "the moment of admission is before the job's `notBefore` or past its `notAfter`",
        "wait for `notBefore`, or have the job signed again with a later `notAfter`";
    NOT_YET_DONE = "ARCH-P018", "a job that has to be done first is not done",
        "`after` names a job that has not completed on this node",
        "leave its file in the drop folder, from where it is taken in once the other one has completed here; one that was sent with `archctl job submit` is sent again then";
    RULE_ID_TWICE = "ARCH-P101", "two rules have one id",
        "an id names one rule of a policy, so that a refusal can point at it",
        "rename one of the two rules";
    RULE_ID_FORM = "ARCH-P102", "a rule's id is not a name",
        "ids are 1 to 64 characters of `a-z`, `0-9`, `.`, `_` and `-`, starting with a letter",
        "write an id such as `net.egress`";
    RULE_EMPTY = "ARCH-P103", "a rule says nothing",
        "an allow rule without capabilities or a refuse rule without conditions is more likely a slip than a wish",
        "say what the rule is about, or remove it";
    PATTERN_FORM = "ARCH-P104", "a pattern cannot be used",
        "patterns are 1 to 256 visible ASCII characters; `*` stands for any run without `/`, and under `refuse` for any run at all; `**` for any run at all",
        "write a pattern such as `user:*` or `ghcr.io/arch/**`";
    CAP_IS_ZERO = "ARCH-P105", "a cap of zero allows no job at all",
        "a job needs some CPU, memory and time",
        "write the most that one job may have, or list no runtime to refuse all jobs";
    CAP_TOO_HIGH = "ARCH-P106", "a cap is above what the sandbox can hold to",
        "a limit that cannot be enforced is no limit",
        "write a smaller value; the refusal names the highest";
    POLICY_FOR_OTHERS = "ARCH-P107", "the policy is meant for other nodes",
        "`metadata.audience` of the policy names neither this node, nor a group it is in, nor `*`",
        "install the policy that is meant for this node, or have its signers add the node to the audience";
    PIN_TWICE = "ARCH-P108", "two pins are about one circuit or one key",
        "a circuit has one key in one version, and a key is for one circuit in one version",
        "remove one of the two, or write the version that it is for";
    PIN_FORM = "ARCH-P109", "a pin is about nothing",
        "circuits have names of 1 to 64 characters of `a-z`, `0-9`, `.`, `_` and `-`, starting with a letter, and versions that are counted from 1",
        "write name and version as `archctl circuit list` prints them";
    TOO_MANY_PINS = "ARCH-P110", "too many pins",
        "a policy pins 64 keys at most",
        "remove the pins of versions that nobody makes proofs under any more";
    STAKE_RANGE = "ARCH-P111", "a stake that nobody can put in",
        "a bond has at least one unit, an endowment that is given at all covers a bond, and neither has more than 8589934591 units",
        "write a bond from 1 on, and an endowment of 0 or of at least the bond";
    DEADLINE_RANGE = "ARCH-P112", "a time that nobody can keep or wait for",
        "each of `answer`, `exchange`, `proof` and `verdict` of `disputes` is 1 second to 30 days",
        "write a time that the slowest of the nodes keeps, such as `1h`";
    NAMED_TWICE = "ARCH-P113", "one is named twice in a list",
        "a list of `disputes` says who or what is in it, so that a second mention changes nothing and was meant for another",
        "remove one of the two, or write the other one that was meant";
    DISPUTE_LIST = "ARCH-P114", "a list of `disputes` is empty or too long",
        "there is at least one of `resolvers`, and at most 64 `judges` and 256 `parties`",
        "list `reveal`, `groth16` or both, and leave out keys that are not needed any more";
    NEVER_FITS = "ARCH-P201", "the job is larger than the node",
        "what the job reserves is more than the node lends in all, so that it would wait for ever",
        "ask for less, or send the job to a larger node";
    QUEUE_FULL = "ARCH-P202", "too many jobs wait here already",
        "the node's queue, or the owner's share of it, is full",
        "send the job again later, or to another node";
    ALREADY_HERE = "ARCH-P203", "the job waits here already",
        "a job is known by its digest, and one digest runs once",
        "let it wait; `archctl job list` shows its state";
}
