//! What a test asks the guest's service manager.

use crate::{checkout, process};

use super::Booted;

/// What a package runs after it has laid down its files.
const AFTER_INSTALL: [&[&str]; 4] = [
    &["systemd-sysusers", "arch.conf"],
    &["systemd-tmpfiles", "--create", "arch.conf"],
    &["systemctl", "daemon-reload"],
    &[
        "systemctl",
        "start",
        "arch-node-agent.socket",
        "arch-node-agent-metrics.socket",
        "arch-executor-wasm.socket",
        "arch-prover.socket",
    ],
];

impl Booted {
    /// Does what a package does once its files are there; the sockets are open then.
    ///
    /// # Panics
    /// When something of it does not work.
    pub fn install(&self) {
        for (place, text) in newer(self.systemd()) {
            self.write(&place, &text);
        }
        for line in AFTER_INSTALL {
            let _quiet = self.good(line);
        }
    }

    /// The version of the guest's systemd.
    ///
    /// # Panics
    /// When it does not say.
    #[must_use]
    pub fn systemd(&self) -> u32 {
        let text = self.good(&["systemctl", "--version"]);
        let number = text.split_whitespace().nth(1).and_then(|number| number.parse().ok());
        number.expect("systemd says its version")
    }

    /// Changes a unit by a drop-in, another each time.
    ///
    /// # Panics
    /// When the guest is gone.
    pub fn change(&self, unit: &str, text: &str) {
        self.write(&format!("/run/systemd/system/{unit}.d/90-changed.conf"), text);
        let _quiet = self.good(&["systemctl", "daemon-reload"]);
    }

    /// Asks for a start; how that ended.
    ///
    /// # Panics
    /// When the guest is gone.
    #[must_use]
    pub fn start(&self, unit: &str) -> Option<i64> {
        self.run(&["systemctl", "start", unit]).code
    }

    /// Starts it, and it is ready then.
    ///
    /// # Panics
    /// When it is not.
    pub fn started(&self, unit: &str) {
        let code = self.start(unit);
        assert_eq!(code, Some(0), "{}", self.journal(unit));
    }

    /// All that was said of and by a unit until now.
    ///
    /// # Panics
    /// When the guest is gone.
    #[must_use]
    pub fn journal(&self, unit: &str) -> String {
        self.heard();
        self.good(&["journalctl", "--no-pager", "--output=cat", "--unit", unit])
    }

    /// Waits until the journal has all that was said before.
    ///
    /// # Panics
    /// When the guest is gone.
    pub fn heard(&self) {
        let _quiet = self.good(&["journalctl", "--sync"]);
    }

    /// Properties as the service manager has them in force.
    ///
    /// # Panics
    /// When the guest is gone.
    #[must_use]
    pub fn show(&self, unit: &str, properties: &[&str]) -> Vec<String> {
        let names = format!("--property={}", properties.join(","));
        let text = self.good(&["systemctl", "show", &names, unit]);
        let line = |name: &&str| {
            let start = format!("{name}=");
            text.lines().find_map(|line| line.strip_prefix(&start)).unwrap_or("absent").to_owned()
        };
        properties.iter().map(line).collect()
    }
}

/// The drop-ins that a package installs for this systemd.
fn newer(version: u32) -> Vec<(String, String)> {
    let folder = checkout().join("dist/systemd");
    let mut found = vec![];
    for path in process::files(&folder) {
        let below = path.strip_prefix(&folder).expect("found below it").display().to_string();
        let since = below.strip_prefix("since-").and_then(|rest| rest.split_once('/'));
        let number = |text: &str| text.parse::<u32>().expect("a version");
        if let Some((_, name)) = since.filter(|(since, _)| number(since) <= version) {
            let text = std::fs::read_to_string(&path).expect("a drop-in of dist/systemd");
            assert!(!text.is_empty(), "{below}");
            found.push((format!("/usr/lib/systemd/system/{name}"), text));
        }
    }
    found
}
