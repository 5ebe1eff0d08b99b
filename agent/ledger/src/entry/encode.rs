//! Canonical bytes of an entry, written straight out: its fields are known, and so is their order.
//!
//! What is not plain goes the general way through [`canonical`](arch_identity::canonical): a number
//! over 2^53 − 1 is refused there, and names beyond ASCII are sorted there.

use std::collections::BTreeMap;

use arch_identity::{Digest, canonical};

use crate::record::{EndState, Record, Usage};

/// Stands in every entry between its own fields, in the order of their names.
pub(super) struct Common<'a> {
    pub(super) prev: &'a Digest,
    /// As text, which all entries of a batch share.
    pub(super) time: &'a str,
}

/// Appends the canonical bytes to `bytes`. `None` where something about the record is not plain; what
/// was appended then is worth nothing.
pub(super) fn plainly(bytes: &mut Vec<u8>, common: &Common<'_>, record: &Record) -> Option<()> {
    bytes.push(b'{');
    let mut out = Object { bytes };
    match record {
        Record::Accepted { document, name, owner, module, inputs, policy, rules, grants } => {
            out.digest("document", document).texts("grants", grants);
            out.digests("inputs", inputs)?.text("kind", "accepted");
            out.maybe_digest("module", module.as_ref()).text("name", name).text("owner", owner);
            out.digest("policy", policy).prev(common).texts("rules", rules).time(common);
        }
        Record::Started { document, attempt, environment } => {
            out.number("attempt", u64::from(*attempt))?.digest("document", document);
            out.digest("environment", environment).text("kind", "started");
            out.prev(common).time(common);
        }
        Record::Finished {
            document,
            attempt,
            state,
            outcome,
            code,
            outputs,
            logs,
            reads,
            fuel,
            usage,
        } => {
            out.number("attempt", u64::from(*attempt))?.maybe_text("code", code.as_deref());
            out.digest("document", document).number("fuel", *fuel)?.text("kind", "finished");
            out.maybe_digest("logs", logs.as_ref()).text("outcome", outcome);
            out.digests("outputs", outputs)?.prev(common).maybe_digest("reads", reads.as_ref());
            out.text("state", end(*state)).time(common).usage(usage)?;
        }
        Record::Refused { subject, file, code, message, line, column, rule } => {
            out.text("code", code).maybe_number("column", *column)?.text("file", file);
            out.text("kind", "refused").maybe_number("line", *line)?.text("message", message);
            out.prev(common).maybe_text("rule", rule.as_deref()).digest("subject", subject);
            out.time(common);
        }
        Record::Interrupted { document, attempt, why } => {
            out.number("attempt", u64::from(*attempt))?.digest("document", document);
            out.text("kind", "interrupted").prev(common).time(common).version();
            // `v` stands before `why`.
            out.text("why", why).end();
            return Some(());
        }
        // Rare ones.
        _ => return None,
    }
    out.version().end();
    Some(())
}

fn end(state: EndState) -> &'static str {
    match state {
        EndState::Completed => "completed",
        EndState::Failed => "failed",
        EndState::Quarantined => "quarantined",
        EndState::Disputed => "disputed",
        EndState::Dead => "dead",
        EndState::Cancelled => "cancelled",
    }
}

/// An object under way; fields come in their canonical order.
struct Object<'a> {
    bytes: &'a mut Vec<u8>,
}

impl Object<'_> {
    fn name(&mut self, name: &str) -> &mut Vec<u8> {
        if self.bytes.last() != Some(&b'{') {
            self.bytes.push(b',');
        }
        self.bytes.push(b'"');
        self.bytes.extend_from_slice(name.as_bytes());
        self.bytes.extend_from_slice(b"\":");
        self.bytes
    }

    fn text(&mut self, name: &str, value: &str) -> &mut Self {
        text(self.name(name), value);
        self
    }

    fn maybe_text(&mut self, name: &str, value: Option<&str>) -> &mut Self {
        match value {
            Some(value) => self.text(name, value),
            None => self,
        }
    }

    fn texts(&mut self, name: &str, values: &[String]) -> &mut Self {
        let out = self.name(name);
        out.push(b'[');
        for (at, value) in values.iter().enumerate() {
            if at > 0 {
                out.push(b',');
            }
            text(out, value);
        }
        out.push(b']');
        self
    }

    fn digest(&mut self, name: &str, value: &Digest) -> &mut Self {
        digest(self.name(name), value);
        self
    }

    fn maybe_digest(&mut self, name: &str, value: Option<&Digest>) -> &mut Self {
        match value {
            Some(value) => self.digest(name, value),
            None => self,
        }
    }

    /// `None` where the order of the names is not that of their bytes.
    fn digests(&mut self, name: &str, values: &BTreeMap<String, Digest>) -> Option<&mut Self> {
        if !values.keys().all(|key| key.is_ascii()) {
            return None;
        }
        let out = self.name(name);
        out.push(b'{');
        for (at, (name, value)) in values.iter().enumerate() {
            if at > 0 {
                out.push(b',');
            }
            text(out, name);
            out.push(b':');
            digest(out, value);
        }
        out.push(b'}');
        Some(self)
    }

    /// `None` beyond what every reader of JSON keeps exactly.
    fn number(&mut self, name: &str, value: u64) -> Option<&mut Self> {
        if value > canonical::MAX_INTEGER.unsigned_abs() {
            return None;
        }
        let mut digits = [0; 20];
        let (mut rest, mut from) = (value, digits.len());
        for (at, digit) in digits.iter_mut().enumerate().rev() {
            *digit = b'0'.wrapping_add(u8::try_from(rest.checked_rem(10)?).ok()?);
            rest = rest.checked_div(10)?;
            from = at;
            if rest == 0 {
                break;
            }
        }
        self.name(name).extend_from_slice(digits.get(from..)?);
        Some(self)
    }

    fn maybe_number(&mut self, name: &str, value: Option<u32>) -> Option<&mut Self> {
        match value {
            Some(value) => self.number(name, u64::from(value)),
            None => Some(self),
        }
    }

    fn usage(&mut self, usage: &Usage) -> Option<&mut Self> {
        let Usage { cpu_millis, peak_memory_bytes, output_bytes, wall_millis, denied } = *usage;
        self.name("usage").push(b'{');
        self.number("cpuMillis", cpu_millis)?;
        if denied > 0 {
            self.number("denied", denied)?;
        }
        self.number("outputBytes", output_bytes)?;
        self.number("peakMemoryBytes", peak_memory_bytes)?;
        self.number("wallMillis", wall_millis)?;
        self.bytes.push(b'}');
        Some(self)
    }

    fn prev(&mut self, common: &Common<'_>) -> &mut Self {
        self.digest("prev", common.prev)
    }

    fn time(&mut self, common: &Common<'_>) -> &mut Self {
        self.text("time", common.time)
    }

    fn version(&mut self) -> &mut Self {
        self.name("v").push(b'1');
        self
    }

    fn end(&mut self) {
        self.bytes.push(b'}');
    }
}

fn digest(out: &mut Vec<u8>, value: &Digest) {
    out.extend_from_slice(b"\"sha256:");
    out.extend_from_slice(&value.hex_digits());
    out.push(b'"');
}

/// RFC 8785 §3.2.2.2.
fn text(out: &mut Vec<u8>, value: &str) {
    let plain = |byte: u8| byte >= 0x20 && byte != b'"' && byte != b'\\';
    if value.bytes().all(plain) {
        out.push(b'"');
        out.extend_from_slice(value.as_bytes());
        out.push(b'"');
    } else {
        canonical::text_into(out, value);
    }
}
