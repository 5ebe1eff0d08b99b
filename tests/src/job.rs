//! The text of a job, part by part, as its owner would write it.

use std::fmt::Write as _;

use arch_identity::{Digest, Timestamp};

/// A job that is not signed yet.
#[derive(Debug, Clone)]
pub struct JobText {
    name: String,
    /// What runs, as lines of `spec`.
    program: String,
    cpu: String,
    now: Timestamp,
    nonce: String,
    /// Further lines of `spec`, each with its two spaces of indent.
    spec: String,
    timeout: String,
    memory: String,
    fuel: Option<u64>,
}

impl JobText {
    /// A job that runs `module`, valid for an hour around `now`.
    #[must_use]
    pub fn new(name: &str, module: Digest, now: Timestamp) -> Self {
        Self::of(name, format!("  image: \"{name}.wasm@{module}\"\n  runtime: wasm\n"), now)
    }

    /// A job that asks for a product; `matrix` is what stands in the braces of `spec.matrix`.
    #[must_use]
    pub fn product(name: &str, matrix: &str, now: Timestamp) -> Self {
        Self::of(name, format!("  runtime: matrix\n  matrix: {{ {matrix} }}\n"), now)
    }

    fn of(name: &str, program: String, now: Timestamp) -> Self {
        let mut random = [0_u8; 16];
        getrandom::fill(&mut random).expect("the system has randomness");
        let nonce = random.iter().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        });
        Self {
            name: name.into(),
            program,
            cpu: "1".into(),
            now,
            nonce,
            spec: String::new(),
            timeout: "30s".into(),
            memory: "64Mi".into(),
            fuel: None,
        }
    }

    /// Adds lines to `spec`, indented by two spaces already.
    #[must_use]
    pub fn spec(mut self, lines: &str) -> Self {
        self.spec.push_str(lines);
        self.spec.push('\n');
        self
    }

    /// Wall time, such as `1s`.
    #[must_use]
    pub fn timeout(mut self, timeout: &str) -> Self {
        self.timeout = timeout.into();
        self
    }

    /// Processors, such as `2`.
    #[must_use]
    pub fn cpu(mut self, cpu: &str) -> Self {
        self.cpu = cpu.into();
        self
    }

    /// Memory, such as `16Mi`.
    #[must_use]
    pub fn memory(mut self, memory: &str) -> Self {
        self.memory = memory.into();
        self
    }

    /// Instructions.
    #[must_use]
    pub fn fuel(mut self, fuel: u64) -> Self {
        self.fuel = Some(fuel);
        self
    }

    /// The YAML.
    #[must_use]
    pub fn yaml(&self) -> String {
        let Self { name, program, cpu, nonce, spec, timeout, memory, .. } = self;
        let (before, after) = (self.now.minus(1_800), self.now.plus(1_800));
        let fuel = self.fuel.map(|fuel| format!(", fuel: {fuel}")).unwrap_or_default();
        format!(
            "apiVersion: arch.network/v1
kind: Job
metadata:
  name: {name}
  owner: \"user:test\"
  nonce: \"{nonce}\"
  notBefore: \"{before}\"
  notAfter: \"{after}\"
spec:
{program}  resources: {{ cpu: \"{cpu}\", memory: \"{memory}\", timeout: \"{timeout}\"{fuel} }}
{spec}"
        )
    }
}
