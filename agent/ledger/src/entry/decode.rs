//! Reads an entry that is spelled as [`encode`](super::encode) spells it; everything else is left to
//! the general reader, which knows every spelling.
//!
//! A node reads its whole ledger at each start, so this is worth a second way. It takes nothing that
//! the general reader does not take, and the two never disagree (`the_two_readers_agree`).

use std::collections::BTreeMap;

use arch_identity::{Digest, canonical};

use super::Parsed;
use crate::record::{EndState, Record, Usage};
use crate::tree::Hash;

/// Length of a digest as text: `sha256:` and 64 digits.
const DIGEST: usize = 71;

/// What the bytes say, if they are plain and of a frequent kind. The first field tells the kind apart.
pub(super) fn plainly(bytes: &[u8]) -> Option<Parsed> {
    let text = std::str::from_utf8(bytes).ok()?;
    let mut from = Fields { rest: text.strip_prefix('{')?.as_bytes(), text };
    let (record, Common { prev, time }) = if from.is_next("document") {
        accepted(&mut from)?
    } else if from.is_next("attempt") {
        attempt(&mut from)?
    } else {
        refused(&mut from)?
    };
    let prev = Hash::from_bytes(*prev.as_bytes());
    (from.rest == b"}").then_some(Parsed { prev, time: time.parse().ok()?, record })
}

/// What stands in every entry.
struct Common<'a> {
    prev: Digest,
    time: &'a str,
}

fn accepted<'a>(from: &mut Fields<'a>) -> Option<(Record, Common<'a>)> {
    let document = from.digest("document")?;
    let (grants, inputs) = (from.texts("grants")?, from.digests("inputs")?);
    from.kind("accepted")?;
    let module = from.maybe("module", |f| f.digest("module"))?;
    let name = from.owned("name")?;
    let (owner, policy) = (from.owned("owner")?, from.digest("policy")?);
    let prev = from.digest("prev")?;
    let rules = from.texts("rules")?;
    let time = from.text("time")?;
    from.version()?;
    let record = Record::Accepted { document, name, owner, module, inputs, policy, rules, grants };
    Some((record, Common { prev, time }))
}

/// What is said of one attempt: that it was started, interrupted, or ended.
fn attempt<'a>(from: &mut Fields<'a>) -> Option<(Record, Common<'a>)> {
    let attempt = from.small("attempt")?;
    let code = from.maybe("code", |f| f.owned("code"))?;
    let document = from.digest("document")?;
    if from.is_next("fuel") {
        return finished(from, attempt, code, document);
    }
    let environment = from.maybe("environment", |f| f.digest("environment"))?;
    from.kind(if environment.is_some() { "started" } else { "interrupted" })?;
    let prev = from.digest("prev")?;
    let time = from.text("time")?;
    from.version()?;
    let record = match environment {
        Some(environment) => Record::Started { document, attempt, environment },
        None => Record::Interrupted { document, attempt, why: from.owned("why")? },
    };
    code.is_none().then_some((record, Common { prev, time }))
}

fn finished<'a>(
    from: &mut Fields<'a>,
    attempt: u32,
    code: Option<String>,
    document: Digest,
) -> Option<(Record, Common<'a>)> {
    let fuel = from.number("fuel")?;
    from.kind("finished")?;
    let logs = from.maybe("logs", |f| f.digest("logs"))?;
    let (outcome, outputs) = (from.owned("outcome")?, from.digests("outputs")?);
    let prev = from.digest("prev")?;
    let reads = from.maybe("reads", |f| f.digest("reads"))?;
    let state = end(from.text("state")?)?;
    let time = from.text("time")?;
    let usage = from.usage()?;
    from.version()?;
    let record = Record::Finished {
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
    };
    Some((record, Common { prev, time }))
}

fn refused<'a>(from: &mut Fields<'a>) -> Option<(Record, Common<'a>)> {
    let code = from.owned("code")?;
    let column = from.maybe("column", |f| f.small("column"))?;
    let file = from.owned("file")?;
    from.kind("refused")?;
    let line = from.maybe("line", |f| f.small("line"))?;
    let message = from.owned("message")?;
    let prev = from.digest("prev")?;
    let rule = from.maybe("rule", |f| f.owned("rule"))?;
    let subject = from.digest("subject")?;
    let time = from.text("time")?;
    from.version()?;
    let record = Record::Refused { subject, file, code, message, line, column, rule };
    Some((record, Common { prev, time }))
}

fn end(state: &str) -> Option<EndState> {
    Some(match state {
        "completed" => EndState::Completed,
        "failed" => EndState::Failed,
        "quarantined" => EndState::Quarantined,
        "disputed" => EndState::Disputed,
        "dead" => EndState::Dead,
        "cancelled" => EndState::Cancelled,
        _ => return None,
    })
}

/// What is not read yet of an object. Every step ends in `None` where the next thing is another.
struct Fields<'a> {
    rest: &'a [u8],
    text: &'a str,
}

impl<'a> Fields<'a> {
    fn eat(&mut self, word: &[u8]) -> Option<()> {
        self.rest = self.rest.strip_prefix(word)?;
        Some(())
    }

    /// Whether the field `name` comes next.
    fn is_next(&self, name: &str) -> bool {
        let rest = self.rest.strip_prefix(b",").unwrap_or(self.rest);
        let rest = rest.strip_prefix(b"\"").and_then(|rest| rest.strip_prefix(name.as_bytes()));
        rest.is_some_and(|rest| rest.starts_with(b"\":"))
    }

    fn name(&mut self, name: &str) -> Option<()> {
        if !self.is_first() {
            self.eat(b",")?;
        }
        self.eat(b"\"")?;
        self.eat(name.as_bytes())?;
        self.eat(b"\":")
    }

    fn is_first(&self) -> bool {
        let read = self.text.len().checked_sub(self.rest.len());
        let before = read.and_then(|read| self.text.as_bytes().get(read.checked_sub(1)?));
        before == Some(&b'{')
    }

    fn maybe<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(&mut Self) -> Option<T>,
    ) -> Option<Option<T>> {
        if self.is_next(name) { read(self).map(Some) } else { Some(None) }
    }

    /// A string without escapes.
    fn string(&mut self) -> Option<&'a str> {
        self.eat(b"\"")?;
        let end = self.rest.iter().position(|b| *b == b'"' || *b == b'\\' || *b < 0x20)?;
        let from = self.text.len().checked_sub(self.rest.len())?;
        let string = self.text.get(from..from.checked_add(end)?)?;
        self.rest = self.rest.get(end..)?;
        self.eat(b"\"")?;
        Some(string)
    }

    fn text(&mut self, name: &str) -> Option<&'a str> {
        self.name(name)?;
        self.string()
    }

    fn owned(&mut self, name: &str) -> Option<String> {
        self.text(name).map(str::to_owned)
    }

    fn digest(&mut self, name: &str) -> Option<Digest> {
        self.name(name)?;
        self.plain_digest()
    }

    /// A string of the length of a digest; there are many, so nobody looks for its end.
    fn plain_digest(&mut self) -> Option<Digest> {
        self.eat(b"\"")?;
        let from = self.text.len().checked_sub(self.rest.len())?;
        let digest = self.text.get(from..from.checked_add(DIGEST)?)?;
        self.rest = self.rest.get(DIGEST..)?;
        self.eat(b"\"")?;
        digest.parse().ok()
    }

    fn kind(&mut self, kind: &str) -> Option<()> {
        (self.text("kind")? == kind).then_some(())
    }

    fn version(&mut self) -> Option<()> {
        (self.number("v")? == super::VERSION).then_some(())
    }

    fn number(&mut self, name: &str) -> Option<u64> {
        self.name(name)?;
        let digits = self.rest.iter().take_while(|b| b.is_ascii_digit()).count();
        let (number, rest) = self.rest.split_at_checked(digits)?;
        if !matches!(rest.first(), Some(b',' | b'}')) {
            return None;
        }
        self.rest = rest;
        let plain = number == b"0" || number.first().is_some_and(|digit| *digit != b'0');
        let number = std::str::from_utf8(number).ok()?.parse().ok()?;
        (plain && number <= canonical::MAX_INTEGER.unsigned_abs()).then_some(number)
    }

    fn small(&mut self, name: &str) -> Option<u32> {
        self.number(name)?.try_into().ok()
    }

    fn texts(&mut self, name: &str) -> Option<Vec<String>> {
        self.name(name)?;
        self.eat(b"[")?;
        let mut texts = Vec::new();
        while self.eat(b"]").is_none() {
            if !texts.is_empty() {
                self.eat(b",")?;
            }
            texts.push(self.string()?.to_owned());
        }
        Some(texts)
    }

    fn digests(&mut self, name: &str) -> Option<BTreeMap<String, Digest>> {
        self.name(name)?;
        self.eat(b"{")?;
        let mut digests = BTreeMap::new();
        while self.eat(b"}").is_none() {
            if !digests.is_empty() {
                self.eat(b",")?;
            }
            let name = self.string()?;
            self.eat(b":")?;
            let digest = self.plain_digest()?;
            // A second one of a name, or another order, is no spelling of ours.
            let ascends =
                digests.last_key_value().is_none_or(|(last, _): (&String, _)| **last < *name);
            if !ascends || !name.is_ascii() {
                return None;
            }
            digests.insert(name.to_owned(), digest);
        }
        Some(digests)
    }

    fn usage(&mut self) -> Option<Usage> {
        self.name("usage")?;
        self.eat(b"{")?;
        let cpu_millis = self.number("cpuMillis")?;
        let denied = self.maybe("denied", |f| f.number("denied"))?.unwrap_or(0);
        let output_bytes = self.number("outputBytes")?;
        let peak_memory_bytes = self.number("peakMemoryBytes")?;
        let wall_millis = self.number("wallMillis")?;
        self.eat(b"}")?;
        Some(Usage { cpu_millis, peak_memory_bytes, output_bytes, wall_millis, denied })
    }
}
