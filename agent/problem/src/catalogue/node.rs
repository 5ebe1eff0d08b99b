//! N: the node. 0xx settings and start, 1xx what is asked of it, 2xx bytes that a job needs,
//! 3xx the executor and what it claims.

area! {
    SETTINGS_FORM = "ARCH-N001", "the settings cannot be read",
        "a settings file is not plain YAML, has an unknown key, or a value of the wrong form",
        "mend the line that is named; `arch-node-agent --check-config` shows what is in force";
    TRUST_ROOT_UNPINNED = "ARCH-N002", "no trust root is pinned",
        "the settings name no `trustRoot`, so that no document could ever be believed",
        "set `trustRoot` to the digest that `archctl root show` prints for the first root";
    ROOT_ABSENT = "ARCH-N003", "no root document has the pinned digest",
        "neither root.yaml nor a file in roots/ is the document that `trustRoot` names",
        "put the pinned root there, or correct `trustRoot`";
    NODE_KEY = "ARCH-N005", "the node's key cannot be used",
        "the key file is not a hybrid key, is sealed with a passphrase, or belongs to another node",
        "restore the key file; a new key begins a new node with a new, empty state folder";
    NOT_THAT_KIND = "ARCH-N006", "the file holds another kind of document",
        "a document of one kind stands where another kind belongs",
        "move the file to where its kind belongs";
    SOCKET_UNUSABLE = "ARCH-N007", "a socket cannot be made",
        "the path is too long, stands in no folder of ours, or something else stands there",
        "name another path in the settings, or remove what stands there";
    SETTINGS_SENSE = "ARCH-N008", "the settings contradict the machine or each other",
        "a value is of the right form but cannot be used here",
        "change the value that is named";
    PART_ENDED = "ARCH-N009", "a part of the agent ended by itself",
        "the drop folder, the control socket or the metrics are not served any more; this is a fault of the agent",
        "start the agent again, and report the last lines of its log";
    SOCKET_HANDED_IN = "ARCH-N010", "the sockets that the service manager hands in are not the agent's",
        "one has no name, a name that is not known or stands twice, or it is no listening Unix stream socket",
        "give each socket unit one ListenStream with an absolute path, and `FileDescriptorName=control` or `metrics`";
    NOT_DELEGATED = "ARCH-N011", "no part of the control groups is the agent's to divide",
        "cgroup2 is not mounted, or the group that the agent runs in was not delegated to its user",
        "nothing, for wasm jobs: the engine's caps and rlimits hold them; for OCI jobs run the agent with `Delegate=yes`";

    NOT_ACCEPTING = "ARCH-N101", "the node takes in no jobs right now",
        "it is stopping, its disk is full, its clock went backwards, its policy is not believed any more, or it is a consumer, which runs nothing",
        "see `archctl status` for the reason and try again later";
    NO_SUCH_JOB = "ARCH-N102", "the node knows no such job",
        "no entry of the ledger is about a document of this digest",
        "see `archctl job list` for the digests that there are";
    WRONG_STATE = "ARCH-N103", "the job is not in a state for that",
        "only jobs that wait or run are cancelled, only quarantined ones released or rejected, only ended ones run again",
        "see `archctl job show` for its state";
    NOT_YOUR_SOCKET = "ARCH-N104", "this user may not control the node",
        "the peer is neither root, nor the agent's own user, nor named in `control.users`",
        "become the agent's user, or name yours in the settings";
    MALFORMED_CALL = "ARCH-N105", "the call is not one of this protocol",
        "the line is too long, no JSON, of another version, or asks for something unknown",
        "use the archctl of the same release";
    TOO_MANY_CALLS = "ARCH-N106", "too many connections at once",
        "more clients are connected to the control socket than the agent serves",
        "close some and try again";
    WENT_MISSING = "ARCH-N107", "a document that was accepted cannot be believed any more",
        "its bytes are gone from the archive, or the trust root or the policy changed since",
        "submit the job anew, signed again";
    ANSWER_TOO_LONG = "ARCH-N108", "the answer is too long for the control socket",
        "one line of the protocol holds at most 1 MiB",
        "ask for less, such as the jobs of one state, or read the ledger with `archctl ledger`";
    REPLAY_WRITES = "ARCH-N109", "the job may write to the machine and is not run again here",
        "a replay would write to the folders of the job's `write:` grants a second time",
        "run it again from a bundle on a machine made for that, or submit a new job";
    REFUSALS_LEFT_OFF = "ARCH-N110", "refusals came too quickly to be written one by one",
        "somebody puts files into the drop folder that are refused, more than a thousand at once or one every five seconds",
        "find out who writes to the drop folder; `archctl job submit` answers each refusal";

    MODULE_ABSENT = "ARCH-N201", "the module is not on this node",
        "neither the archive nor the modules folder has a file of the digest that the job names",
        "put the .wasm file into the modules folder; any name will do";
    INPUT_ABSENT = "ARCH-N202", "an input is not on this node",
        "neither the archive nor the path that the job names has bytes of that digest",
        "put the file where the job says, unchanged";
    INPUT_OUT_OF_REACH = "ARCH-N203", "an input's address is of a kind that this node does not fetch",
        "inputs come from the archive, by their digest, or from a `file:///` path",
        "put the bytes on the node and name them by `file:///path@sha256:…`";
    INPUT_DIFFERS = "ARCH-N204", "an input is not the one that the job names",
        "the file at the path has another digest than the job pinned",
        "restore the file, or have the job signed for the new one";
    INPUT_TOO_LARGE = "ARCH-N205", "the inputs are too large",
        "the inputs of one job together have more bytes than the node gives a job",
        "raise `inputs.max` in the settings, or use a read grant instead";
    GRANT_INTO_STATE = "ARCH-N206", "a grant leads to the node's own files",
        "the policy allows a path that is in the agent's state folder, is that folder, or lies around it",
        "have the job ask for a narrower path, and the policy allow no wider one";
    MATRIX_FILE = "ARCH-N207", "an input is not readable as a matrix",
        "it is no .npy and no safetensors file, its header does not fit its length, or it holds no such tensor or other numbers than the format takes",
        "write it with NumPy or safetensors in two dimensions, row by row, in the type that the refusal names";
    MATRIX_SHAPE = "ARCH-N208", "the matrices do not allow this product",
        "A's columns are not B's rows, the depth is beyond the format's bound, or a side has fewer positions than parts",
        "take matrices that fit, another format, or fewer `splits` and `shards`";
    DISPUTED = "ARCH-N209", "parts of a product contradict each other, or what they were made from",
        "somebody computed wrongly: a worker, its machine, or somebody in between; the ledger's entry `diverged` names the evidence",
        "look at the evidence, run the job on other machines with a new nonce, and throw this result away by `archctl job reject`";
    UNREPEATABLE = "ARCH-N210", "runs of the same job gave different results",
        "the job is not deterministic, or somebody computed wrongly; the ledger's entry `diverged` names the evidence",
        "compare by `archctl job replay`, then `archctl job retry`, or throw it away by `archctl job reject`";

    EXECUTOR_ABSENT = "ARCH-N301", "the executor does not answer",
        "the program arch-executor is not found, does not start, or speaks another version",
        "install it beside arch-node-agent, or name it with `--executor`";
    EXECUTOR_LIED = "ARCH-N302", "the executor claims what is not so",
        "digests, sizes or names of outputs do not fit the bytes that came with them",
        "treat the executor as broken into: reinstall it, then run the job again";
    ATTEMPTS_SPENT = "ARCH-N303", "the job was cut off too often",
        "the executor died under every attempt that a job gets",
        "look for the executor's last words in the log; the job or the machine kills it";
    OUTPUT_DIFFERS = "ARCH-N304", "an output is not the expected one",
        "the job pins an output by digest and the run produced other bytes",
        "look at the output, then `archctl job release` or `archctl job reject` it";
    OUTPUT_ABSENT = "ARCH-N305", "an output is missing",
        "the job ended well but did not write an output that its document names",
        "write the file `/out/<name>` in the guest, or take the name out of the document";
}
