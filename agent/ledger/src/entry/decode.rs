//! Reads an entry that is spelled as [`encode`](super::encode) spells it; everything else is left to
//! the general reader, which knows every spelling.
//!
//! A node reads its whole ledger at each start, so this is worth a second way. It takes nothing but
//! canonical spellings, nothing that the general reader does not take, and the two never disagree
//! (`the_two_readers_agree`).

use std::collections::BTreeMap;

use arch_identity::{Digest, Timestamp, canonical};

use super::Parsed;
use crate::record::{EndState, Record, Usage};
use crate::tree::Hash;

/// Length of a digest as text: `sha256:` and 64 digits.
const DIGEST: usize = 71;
/// Length of a time as text.
const TIME: usize = 20;

/// The first field of an object, up to its value.
macro_rules! first {
    ($name:literal) => {
        concat!("{\"", $name, "\":").as_bytes()
    };
}

/// Another field, up to its value.
macro_rules! next {
    ($name:literal) => {
        concat!(",\"", $name, "\":").as_bytes()
    };
}

/// The kind of a record, which is a field as any other.
macro_rules! kind {
    ($kind:literal) => {
        concat!(",\"kind\":\"", $kind, "\"").as_bytes()
    };
}

/// The version that is written here, as a field.
const VERSION: &[u8] = b",\"v\":1";
const _: () = assert!(super::VERSION == 1);

/// What the bytes say, if they are plain and of a frequent kind. The first field tells the kind apart.
pub(super) fn plainly(bytes: &[u8]) -> Option<Parsed> {
    let mut from = Fields { rest: bytes };
    let parsed = if from.is_next(first!("document")) {
        accepted(&mut from)
    } else if from.is_next(first!("attempt")) {
        attempt(&mut from)
    } else {
        refused(&mut from)
    };
    parsed.filter(|_| from.rest.is_empty())
}

fn accepted(from: &mut Fields<'_>) -> Option<Parsed> {
    let document = from.digest(first!("document"))?;
    let (grants, inputs) = (from.texts(next!("grants"))?, from.digests(next!("inputs"))?);
    from.eat(kind!("accepted"))?;
    let module = from.maybe(next!("module"), Fields::digest)?;
    let name = from.text(next!("name"))?;
    let (owner, policy) = (from.text(next!("owner"))?, from.digest(next!("policy"))?);
    let prev = from.prev()?;
    let rules = from.texts(next!("rules"))?;
    let time = from.time()?;
    from.eat(VERSION)?;
    from.eat(b"}")?;
    let record = Record::Accepted { document, name, owner, module, inputs, policy, rules, grants };
    Some(Parsed { prev, time, record })
}

/// What is said of one attempt: that it was started, interrupted, or ended.
fn attempt(from: &mut Fields<'_>) -> Option<Parsed> {
    let attempt = from.small(first!("attempt"))?;
    let code = from.maybe(next!("code"), Fields::text)?;
    let document = from.digest(next!("document"))?;
    if from.is_next(next!("fuel")) {
        return finished(from, attempt, code, document);
    }
    if code.is_some() {
        return None;
    }
    let environment = from.maybe(next!("environment"), Fields::digest)?;
    from.eat(if environment.is_some() { kind!("started") } else { kind!("interrupted") })?;
    let (prev, time) = (from.prev()?, from.time()?);
    from.eat(VERSION)?;
    let record = match environment {
        Some(environment) => Record::Started { document, attempt, environment },
        None => Record::Interrupted { document, attempt, why: from.text(next!("why"))? },
    };
    from.eat(b"}")?;
    Some(Parsed { prev, time, record })
}

fn finished(
    from: &mut Fields<'_>,
    attempt: u32,
    code: Option<String>,
    document: Digest,
) -> Option<Parsed> {
    let fuel = from.number(next!("fuel"))?;
    from.eat(kind!("finished"))?;
    let logs = from.maybe(next!("logs"), Fields::digest)?;
    let (outcome, outputs) = (from.text(next!("outcome"))?, from.digests(next!("outputs"))?);
    let prev = from.prev()?;
    let reads = from.maybe(next!("reads"), Fields::digest)?;
    from.eat(next!("state"))?;
    let state = end(from.string()?)?;
    let (time, usage) = (from.time()?, from.usage()?);
    from.eat(VERSION)?;
    from.eat(b"}")?;
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
    Some(Parsed { prev, time, record })
}

fn refused(from: &mut Fields<'_>) -> Option<Parsed> {
    let code = from.text(first!("code"))?;
    let column = from.maybe(next!("column"), Fields::small)?;
    let file = from.text(next!("file"))?;
    from.eat(kind!("refused"))?;
    let line = from.maybe(next!("line"), Fields::small)?;
    let message = from.text(next!("message"))?;
    let prev = from.prev()?;
    let rule = from.maybe(next!("rule"), Fields::text)?;
    let subject = from.digest(next!("subject"))?;
    let time = from.time()?;
    from.eat(VERSION)?;
    from.eat(b"}")?;
    let record = Record::Refused { subject, file, code, message, line, column, rule };
    Some(Parsed { prev, time, record })
}

fn end(state: &[u8]) -> Option<EndState> {
    Some(match state {
        b"completed" => EndState::Completed,
        b"failed" => EndState::Failed,
        b"quarantined" => EndState::Quarantined,
        b"disputed" => EndState::Disputed,
        b"dead" => EndState::Dead,
        b"cancelled" => EndState::Cancelled,
        _ => return None,
    })
}

/// What is not read yet of an object. Every step ends in `None` where the next thing is another. Names
/// come whole, with what stands around them, so that the compiler knows their lengths.
struct Fields<'a> {
    rest: &'a [u8],
}

impl<'a> Fields<'a> {
    #[inline(always)]
    fn eat(&mut self, word: &[u8]) -> Option<()> {
        self.rest = self.rest.strip_prefix(word)?;
        Some(())
    }

    #[inline(always)]
    fn is_next(&self, name: &[u8]) -> bool {
        self.rest.starts_with(name)
    }

    /// A field that may be left out.
    #[inline(always)]
    fn maybe<T>(
        &mut self,
        name: &[u8],
        read: impl FnOnce(&mut Self, &[u8]) -> Option<T>,
    ) -> Option<Option<T>> {
        if self.is_next(name) { read(self, name).map(Some) } else { Some(None) }
    }

    /// The bytes of a string without escapes. They need not be text.
    fn string(&mut self) -> Option<&'a [u8]> {
        self.eat(b"\"")?;
        let end = self.rest.iter().position(|b| *b == b'"' || *b == b'\\' || *b < 0x20)?;
        let (string, rest) = self.rest.split_at_checked(end)?;
        self.rest = rest;
        self.eat(b"\"")?;
        Some(string)
    }

    fn owned(&mut self) -> Option<String> {
        std::str::from_utf8(self.string()?).ok().map(str::to_owned)
    }

    #[inline(always)]
    fn text(&mut self, name: &[u8]) -> Option<String> {
        self.eat(name)?;
        self.owned()
    }

    #[inline(always)]
    fn digest(&mut self, name: &[u8]) -> Option<Digest> {
        self.eat(name)?;
        self.plain_digest()
    }

    /// A string of the length of a digest; there are many, so nobody looks for its end.
    fn plain_digest(&mut self) -> Option<Digest> {
        Digest::from_text(self.of_length::<DIGEST>()?).ok()
    }

    #[inline(always)]
    fn of_length<const LENGTH: usize>(&mut self) -> Option<&'a [u8; LENGTH]> {
        self.eat(b"\"")?;
        let (string, rest) = self.rest.split_first_chunk()?;
        self.rest = rest;
        self.eat(b"\"")?;
        Some(string)
    }

    fn prev(&mut self) -> Option<Hash> {
        self.digest(next!("prev")).map(|prev| Hash::from_bytes(*prev.as_bytes()))
    }

    fn time(&mut self) -> Option<Timestamp> {
        self.eat(next!("time"))?;
        Timestamp::from_text(self.of_length::<TIME>()?).ok()
    }

    #[inline(always)]
    fn number(&mut self, name: &[u8]) -> Option<u64> {
        self.eat(name)?;
        self.plain_number()
    }

    fn plain_number(&mut self) -> Option<u64> {
        let digits = self.rest.iter().take_while(|b| b.is_ascii_digit()).count();
        let (number, rest) = self.rest.split_at_checked(digits)?;
        if !matches!(rest.first(), Some(b',' | b'}')) {
            return None;
        }
        self.rest = rest;
        let plain = number == b"0" || number.first().is_some_and(|digit| *digit != b'0');
        let number = number.iter().try_fold(0_u64, |number, digit| {
            number.checked_mul(10)?.checked_add(digit.wrapping_sub(b'0').into())
        })?;
        (plain && number <= canonical::MAX_INTEGER.unsigned_abs()).then_some(number)
    }

    #[inline(always)]
    fn small(&mut self, name: &[u8]) -> Option<u32> {
        self.number(name)?.try_into().ok()
    }

    #[inline(always)]
    fn texts(&mut self, name: &[u8]) -> Option<Vec<String>> {
        self.eat(name)?;
        self.plain_texts()
    }

    fn plain_texts(&mut self) -> Option<Vec<String>> {
        self.eat(b"[")?;
        let mut texts = Vec::new();
        while self.eat(b"]").is_none() {
            if !texts.is_empty() {
                self.eat(b",")?;
            }
            texts.push(self.owned()?);
        }
        Some(texts)
    }

    #[inline(always)]
    fn digests(&mut self, name: &[u8]) -> Option<BTreeMap<String, Digest>> {
        self.eat(name)?;
        self.plain_digests()
    }

    fn plain_digests(&mut self) -> Option<BTreeMap<String, Digest>> {
        self.eat(b"{")?;
        let mut digests = BTreeMap::new();
        while self.eat(b"}").is_none() {
            if !digests.is_empty() {
                self.eat(b",")?;
            }
            let name = self.owned()?;
            self.eat(b":")?;
            let digest = self.plain_digest()?;
            // A second one of a name, or another order, is no spelling of ours.
            let ascends = digests.last_key_value().is_none_or(|(last, _)| *last < name);
            if !ascends || !name.is_ascii() {
                return None;
            }
            digests.insert(name, digest);
        }
        Some(digests)
    }

    fn usage(&mut self) -> Option<Usage> {
        self.eat(next!("usage"))?;
        let cpu_millis = self.number(first!("cpuMillis"))?;
        let denied = self.maybe(next!("denied"), Self::number)?;
        if denied == Some(0) {
            // It is left out then.
            return None;
        }
        let denied = denied.unwrap_or(0);
        let output_bytes = self.number(next!("outputBytes"))?;
        let peak_memory_bytes = self.number(next!("peakMemoryBytes"))?;
        let wall_millis = self.number(next!("wallMillis"))?;
        self.eat(b"}")?;
        Some(Usage { cpu_millis, peak_memory_bytes, output_bytes, wall_millis, denied })
    }
}
