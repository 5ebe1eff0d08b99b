//! How exposed each service may be, by the judgement of `systemd-analyze security`, in tenths.

/// Services with the most that is taken.
pub const EXPOSURE: [(&str, u32); 3] =
    [("arch-node-agent.service", 1), ("arch-executor-wasm.service", 2), ("arch-prover.service", 1)];
