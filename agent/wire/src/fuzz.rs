//! Mutants of frames and lines, as an executor gone bad or a stranger at the socket writes them.
//!
//! `cargo xtask soak fuzz-wire` draws others.

use arch_campaign::{Campaign, Case, Mutator};
use arch_identity::Digest;
use proptest::{strategy::Strategy, strategy::ValueTree as _, test_runner::TestRunner};
use serde::{Serialize, de::DeserializeOwned};

use crate::control::{Bytes, Call, Reply, read_call, read_reply, write_call, write_reply};
use crate::executor::tests_support::{
    all_outcomes, claim, multiply, plain_multiply, plain_request, request,
};
use crate::executor::{FromExecutor, INLINE_CAP, InputFile, RunRequest, ToExecutor};
use crate::frame::{FRAME_CAP, FrameReader, encode};

const OTHERWISE: &str = "read otherwise again";
const OUTSIDE: &str = "names outside their folder";
const OUT_OF_STEP: &str = "frames out of step";

const WORDS: [&str; 29] = [
    "{\"",
    "\"}",
    "\":",
    ",\"",
    "null",
    "true",
    "[]",
    "{}",
    "-1",
    "1e9",
    "0.5",
    "18446744073709551616",
    "\"run\"",
    "\"finished\"",
    "\"claim\"",
    "\"outputs\"",
    "\"name\"",
    "\"bytes\":\"AA==\"",
    "../",
    "/",
    "\\u0000",
    "\\ud800",
    "\u{0}",
    "\"schema\":\"arch.control/v1\"",
    "\"arch.control/v2\"",
    "\"call\"",
    "\"ok\"",
    "\"problem\"",
    "\n",
];

fn drawn<S: Strategy>(strategy: &S) -> S::Value {
    strategy.new_tree(&mut TestRunner::deterministic()).unwrap().current()
}

fn frames() -> Vec<Vec<u8>> {
    let input = InputFile { name: "a".into(), size: 3, digest: Digest::of(b"a") };
    let busy = RunRequest { inputs: vec![input], outputs: vec!["b".into()], ..plain_request() };
    let to = [
        ToExecutor::Ping,
        ToExecutor::Shutdown,
        ToExecutor::Cancel { run: 7 },
        ToExecutor::Run(busy),
        ToExecutor::Run(drawn(&request())),
        ToExecutor::Multiply(plain_multiply()),
        ToExecutor::Multiply(drawn(&multiply())),
    ];
    let ready = FromExecutor::Ready { engine: "wasm".into(), environment: Digest::of(b"e") };
    let mut from = vec![ready, FromExecutor::Pong, FromExecutor::Started { run: 7 }];
    from.push(FromExecutor::Progress { run: 7, tiles: 3 });
    for outcome in all_outcomes() {
        let claim = crate::executor::Claim { outcome, ..drawn(&claim()) };
        from.push(FromExecutor::Finished { run: 7, claim });
    }
    let to = to.iter().map(|message| encode(message).unwrap());
    let from = from.iter().map(|message| encode(message).unwrap());
    to.chain(from).collect()
}

fn lines() -> Vec<Vec<u8>> {
    let digest = Digest::of(b"job");
    let calls = [
        Call::Status {},
        Call::JobList { state: Some("running".into()) },
        Call::JobShow { digest },
        Call::JobSubmit { file: "a.yaml".into(), bytes: Bytes(vec![0, 255, 10]) },
    ];
    let problem = arch_problem::Problem::new(arch_problem::codes::BELOW_QUORUM, "0 of 1");
    let submitted = crate::control::Submitted {
        digest,
        state: "refused".into(),
        already: false,
        problems: vec![problem.clone()],
    };
    let replies = [
        Reply::Ok(crate::control::Answer::JobSubmit(submitted)),
        Reply::Problem(Box::new(problem)),
    ];
    let calls = calls.iter().map(|call| write_call(call).unwrap());
    calls.chain(replies.iter().map(|reply| write_reply(reply).unwrap())).collect()
}

#[test]
fn an_accepted_mutant_of_a_frame_or_line_reads_the_same_again_and_names_nothing_outside() {
    let frames = Mutator::new(frames()).with_words(&WORDS);
    let lines = Mutator::new(lines()).with_words(&WORDS);
    Campaign::new("fuzz-wire", 1_500).watch(OTHERWISE).watch(OUTSIDE).watch(OUT_OF_STEP).run(
        |case| {
            if case.once_in(3) {
                let bytes = lines.draw(case);
                line(case, &bytes);
            } else {
                let bytes = framed(case, &frames);
                stream::<ToExecutor>(case, &bytes);
                stream::<FromExecutor>(case, &bytes);
            }
        },
    );
}

/// Bytes of several frames; half of the times each mutant has a length that fits, so that it is
/// not the length alone that is tried.
fn framed(case: &mut Case, frames: &Mutator) -> Vec<u8> {
    let mut bytes = Vec::new();
    for _ in 0..=case.below(3) {
        let frame = frames.draw(case);
        if case.once_in(2) && frame.len() > 4 {
            let body = &frame[4..];
            bytes.extend_from_slice(&u32::try_from(body.len()).unwrap().to_le_bytes());
            bytes.extend_from_slice(body);
        } else {
            bytes.extend_from_slice(&frame);
        }
    }
    bytes
}

/// Pushes the bytes in pieces and takes messages until the stream is of no further use.
fn stream<T: DeserializeOwned + Serialize + PartialEq + std::fmt::Debug + Checked>(
    case: &mut Case,
    bytes: &[u8],
) {
    case.count("streams");
    let mut reader = FrameReader::default();
    let mut taken = 0_usize;
    let mut rest = bytes;
    'pushing: while !rest.is_empty() {
        let (now, later) = rest.split_at(1 + case.index(rest.len()));
        reader.push(now);
        rest = later;
        loop {
            match reader.take::<T>() {
                Ok(Some(message)) => {
                    case.count("messages");
                    taken += length_at(bytes, taken);
                    let frame = encode(&message).unwrap();
                    let mut again = FrameReader::default();
                    again.push(&frame);
                    if again.take::<T>() != Ok(Some(clone(&message))) {
                        case.fault(OTHERWISE, format!("{message:?}"));
                    }
                    if let Some(why) = message.leads_outside() {
                        case.fault(OUTSIDE, why);
                    }
                }
                Ok(None) => break,
                Err(_) => break 'pushing,
            }
        }
    }
    if taken > bytes.len() {
        case.fault(OUT_OF_STEP, format!("{taken} of {}", bytes.len()));
    }
}

/// Bytes of the frame that begins at `at`, its header included.
fn length_at(bytes: &[u8], at: usize) -> usize {
    let header: [u8; 4] = bytes[at..at + 4].try_into().unwrap();
    let length = u32::from_le_bytes(header) as usize;
    assert!(length <= FRAME_CAP, "a frame of {length} bytes was taken");
    length + 4
}

fn clone<T: Serialize + DeserializeOwned>(message: &T) -> T {
    serde_json::from_slice(&serde_json::to_vec(message).unwrap()).unwrap()
}

/// What a message that was read may not say.
trait Checked {
    fn leads_outside(&self) -> Option<String>;
}

impl Checked for ToExecutor {
    /// A request that passes its check names files, each once, and no network.
    fn leads_outside(&self) -> Option<String> {
        let Self::Run(request) = self else { return None };
        request.check().ok()?;
        let inputs = request.inputs.iter().map(|input| &input.name);
        let names: Vec<&String> = inputs.chain(&request.outputs).collect();
        let bad = names.iter().find(|name| {
            matches!(name.as_str(), "" | "." | "..") || name.contains(['/', '\0', '\n'])
        });
        bad.map(|name| format!("{name:?}"))
    }
}

impl Checked for FromExecutor {
    /// A claim says how many files come with it, and no more than that is waited for; bytes in it are
    /// few.
    fn leads_outside(&self) -> Option<String> {
        let Self::Finished { claim, .. } = self else { return None };
        let blobs = || claim.outputs.iter().chain(&claim.reads);
        let inline: Vec<usize> =
            blobs().filter_map(|blob| Some(blob.bytes.as_ref()?.as_slice().len())).collect();
        let files = blobs().count() - inline.len();
        let long = inline.into_iter().find(|length| *length > INLINE_CAP);
        let told = long.map(|length| format!("{length} bytes in a claim"));
        told.or_else(|| (self.fds() != files).then(|| format!("{} files for {files}", self.fds())))
    }
}

fn line(case: &mut Case, bytes: &[u8]) {
    case.count("lines");
    if let Ok(call) = read_call(bytes) {
        case.count("messages");
        if write_call(&call).and_then(|line| read_call(&line)).as_ref() != Ok(&call) {
            case.fault(OTHERWISE, bytes.escape_ascii().to_string());
        }
    }
    if let Ok(reply) = read_reply(bytes) {
        case.count("messages");
        if write_reply(&reply).and_then(|line| read_reply(&line)).as_ref() != Ok(&reply) {
            case.fault(OTHERWISE, bytes.escape_ascii().to_string());
        }
    }
}
