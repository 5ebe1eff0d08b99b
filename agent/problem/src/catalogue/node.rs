//! N: the agent itself, its settings and its sockets.

area! {
    BAD_SETTING = "ARCH-N001", "a setting cannot be read",
        "a settings file has a field that does not exist, or a value of the wrong kind",
        "mend the setting; `arch-node-agent --check-config` shows all of them";
}
