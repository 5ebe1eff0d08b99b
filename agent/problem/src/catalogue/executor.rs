//! S: running foreign code in the sandbox. 0xx how a run ended, 1xx the executor itself.

area! {
    OUT_OF_FUEL = "ARCH-S001", "the job used up its instruction budget",
        "the guest ran more instructions than its fuel allows",
        "raise `resources.fuel` in the manifest, within the policy's cap";
    DEADLINE = "ARCH-S002", "the job's time was up",
        "the guest ran longer than `resources.timeout`",
        "raise `resources.timeout`, or give the job less to do";
    MEMORY_CAP = "ARCH-S003", "the job needed more memory than it may have",
        "a memory could not grow beyond `resources.memory`, and the guest did not cope with that",
        "raise `resources.memory`, within the policy's cap";
    TABLE_CAP = "ARCH-S004", "the job needed more table elements than it may have",
        "a table could not grow, and the guest did not cope with that",
        "make the module's tables smaller, or have the policy's `tableElements` raised";
    INSTANCE_CAP = "ARCH-S005", "the job needed more instances than it may have",
        "the component makes more core instances than the policy allows",
        "make the component simpler, or have the policy's `instances` raised";
    OUTPUT_CAP = "ARCH-S006", "the job wrote more than it may",
        "standard output, standard error and `/out` together passed the policy's `outputs`",
        "write less, or have the policy's `outputs` raised";
    HOST_CALL_CAP = "ARCH-S007", "the job called the host more often than it may",
        "the guest passed the policy's `hostCalls`",
        "read and write in larger pieces, or have the policy's `hostCalls` raised";
    WRITE_CAP = "ARCH-S008", "the job wrote more into its write grants than it may",
        "the guest passed the policy's `writes` or `writeEntries`",
        "write less, or have the policy's limit raised";
    READ_CAP = "ARCH-S009", "the job read more through its read grants than it may",
        "the guest passed the policy's `reads`",
        "grant a smaller folder, or have the policy's `reads` raised";
    STACK_OVERFLOW = "ARCH-S010", "the job recursed too deep",
        "the guest's call stack passed the engine's limit",
        "turn the recursion into a loop";
    GUEST_TRAP = "ARCH-S011", "the job did something that wasm forbids",
        "the guest trapped: an unreachable instruction, an access out of bounds, a division by zero",
        "look at the job's logs with `archctl job logs`, and mend the guest";
    GUEST_EXIT = "ARCH-S012", "the job exited with an error of its own",
        "the guest called exit with a code other than 0",
        "look at the job's logs with `archctl job logs`";
    GUEST_DENIED = "ARCH-S013", "the job needs something that it was not granted",
        "the guest imports or opens something outside its grants",
        "ask for it under `capabilities`, or build the guest without it";
    MODULE_REFUSED = "ARCH-S014", "the module is not one that runs here",
        "the bytes are no wasm module or component, have another digest, or use what the engine lacks",
        "check the file with a wasm validator, and that its digest is the one in `image`";
    COMPILE_CAP = "ARCH-S015", "compiling the module took more than it may",
        "the module is too large or too intricate for the policy's `compile` time and memory",
        "split the module, or have the policy's `compile` raised";
    INPUT_CHANGED = "ARCH-S016", "a file changed while the job read it",
        "a file under a read grant had other bytes when the guest opened it again",
        "run the job when nobody writes to the folder";
    RUN_CANCELLED = "ARCH-S017", "the job was called off",
        "an operator cancelled it",
        "submit it again with a new nonce if that was a mistake";
    WORKER_LOST = "ARCH-S018", "the worker died without an answer",
        "the worker process was killed: by the kernel's filter, for memory, or by somebody",
        "see the reason beside this code; if it is SIGSYS, report it as a bug or an attack";
    OPERAND_UNUSABLE = "ARCH-S019", "a number of a matrix cannot be multiplied",
        "an element is NaN or infinite, or the file changed since the job was accepted",
        "make every element finite; the place is named as row and column";
    CANNOT_CONFINE = "ARCH-S101", "the sandbox cannot be closed on this kernel",
        "Landlock or seccomp is missing or switched off; foreign code is not run without",
        "boot a kernel of 5.19 or later with `landlock` among its security modules; ask `archctl doctor`";
    ENGINE_DOES_NOT_START = "ARCH-S102", "the wasm engine does not start",
        "the engine could not reserve its address space or install its handlers",
        "look for a limit on address space (`ulimit -v`) or MemoryDenyWriteExecute in the unit";
    CACHE_FOLDER = "ARCH-S103", "the folder of compiled modules cannot be used",
        "it or its key file cannot be made, read or locked down, or belongs to somebody else",
        "give the executor a folder of its own with mode 0700";
    EXECUTOR_SOCKET = "ARCH-S104", "there is no agent on the other end",
        "the descriptor given with `--socket-fd` is no open Unix stream socket, or it failed",
        "let the agent start the executor, or pass a connected socket and its number";
    EXECUTOR_FRAME = "ARCH-S105", "the agent sent what cannot be read",
        "a message is too long, torn, without its files or not of this protocol",
        "install agent and executor of the same version";
    CANNOT_FORK = "ARCH-S106", "no worker can be started",
        "the executor has more than one thread, or the system refused it a process or a signal handler",
        "look at the limits of the service (`TasksMax`, `LimitNPROC`, `LimitNOFILE`)";
}
