//! Lines: one message each, capped before it is parsed.

use arch_problem::Problem;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::{Answer, Call};

/// The version of this protocol, in every message.
pub const SCHEMA: &str = "arch.control/v1";

/// The longest line in bytes, its end included.
pub const LINE_CAP: usize = 1 << 20;

/// A line that is no message of this protocol.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MalformedLine {
    /// Longer than [`LINE_CAP`].
    #[error("a line has at most {LINE_CAP} bytes")]
    TooLong,
    /// Not JSON of this shape.
    #[error("not a message of `{SCHEMA}`: {0}")]
    Shape(String),
    /// Another version.
    #[error("`{0}` is not `{SCHEMA}`")]
    Version(String),
}

/// An answer, or why there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// It was done.
    Ok(Answer),
    /// It was not done.
    Problem(Box<Problem>),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Request<C> {
    schema: String,
    call: C,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Response<A, P> {
    schema: String,
    #[serde(default = "none", skip_serializing_if = "Option::is_none")]
    ok: Option<A>,
    #[serde(default = "none", skip_serializing_if = "Option::is_none")]
    problem: Option<P>,
}

fn none<T>() -> Option<T> {
    None
}

/// Writes a call as one line.
///
/// # Errors
/// [`MalformedLine::TooLong`]: a submitted file is too large for this way in.
pub fn write_call(call: &Call) -> Result<Vec<u8>, MalformedLine> {
    write(&Request { schema: SCHEMA.to_owned(), call })
}

/// Reads a call; the line may end in a line feed.
///
/// # Errors
/// [`MalformedLine`].
pub fn read_call(line: &[u8]) -> Result<Call, MalformedLine> {
    let request: Request<Call> = read(line)?;
    Ok(request.call)
}

/// Writes a reply as one line.
///
/// # Errors
/// [`MalformedLine::TooLong`].
pub fn write_reply(reply: &Reply) -> Result<Vec<u8>, MalformedLine> {
    let (ok, problem) = match reply {
        Reply::Ok(answer) => (Some(answer), None),
        Reply::Problem(problem) => (None, Some(problem)),
    };
    write(&Response { schema: SCHEMA.to_owned(), ok, problem })
}

/// Reads a reply; the line may end in a line feed.
///
/// # Errors
/// [`MalformedLine`].
pub fn read_reply(line: &[u8]) -> Result<Reply, MalformedLine> {
    let response: Response<Answer, Box<Problem>> = read(line)?;
    match (response.ok, response.problem) {
        (Some(answer), None) => Ok(Reply::Ok(answer)),
        (None, Some(problem)) => Ok(Reply::Problem(problem)),
        _ => Err(MalformedLine::Shape("either `ok` or `problem` is needed".to_owned())),
    }
}

fn write(message: &impl Serialize) -> Result<Vec<u8>, MalformedLine> {
    let mut line = serde_json::to_vec(message).map_err(|e| MalformedLine::Shape(e.to_string()))?;
    line.push(b'\n');
    if line.len() > LINE_CAP { Err(MalformedLine::TooLong) } else { Ok(line) }
}

fn read<T: DeserializeOwned>(line: &[u8]) -> Result<T, MalformedLine> {
    #[derive(Deserialize)]
    struct Versioned {
        schema: String,
    }
    if line.len() > LINE_CAP {
        return Err(MalformedLine::TooLong);
    }
    let shape = |e: serde_json::Error| MalformedLine::Shape(e.to_string());
    let Versioned { schema } = serde_json::from_slice(line).map_err(shape)?;
    if schema != SCHEMA {
        return Err(MalformedLine::Version(schema.chars().take(60).collect()));
    }
    serde_json::from_slice(line).map_err(shape)
}

#[cfg(test)]
mod tests {
    use arch_identity::Digest;
    use arch_problem::codes;

    use super::*;
    use crate::control::{Bytes, HeardOf, Submitted};

    fn digest() -> Digest {
        Digest::of(b"job")
    }

    #[test]
    fn every_call_reads_back() {
        for call in [
            Call::Status {},
            Call::JobList { state: None },
            Call::JobList { state: Some("running".into()) },
            Call::JobShow { digest: digest() },
            Call::JobSubmit { file: "a.yaml".into(), bytes: Bytes(vec![0, 255, 10]) },
            Call::JobCancel { digest: digest() },
            Call::JobReplay { digest: digest() },
            Call::DisputeHear { file: "a.dsse.json".into(), bytes: Bytes(vec![0, 255, 10]) },
            Call::Reload {},
        ] {
            let line = write_call(&call).unwrap();
            assert_eq!(line.iter().filter(|b| **b == b'\n').count(), 1);
            assert_eq!(read_call(&line).unwrap(), call);
        }
    }

    #[test]
    fn the_line_of_a_call_is_as_documented() {
        let line = write_call(&Call::JobList { state: None }).unwrap();
        assert_eq!(line, b"{\"schema\":\"arch.control/v1\",\"call\":{\"jobList\":{}}}\n");
    }

    #[test]
    fn replies_read_back() {
        let submitted = Submitted {
            digest: digest(),
            state: "refused".into(),
            already: false,
            problems: vec![Problem::new(codes::BELOW_QUORUM, "0 of 1")],
        };
        let heard = HeardOf {
            message: digest(),
            word: "steps".into(),
            dispute: Some(digest()),
            entry: Some(9),
            already: false,
            state: Some("awaitsSteps".into()),
        };
        for reply in [
            Reply::Ok(Answer::JobSubmit(submitted)),
            Reply::Ok(Answer::DisputeHear(heard)),
            Reply::Problem(Box::new(Problem::new(codes::BELOW_QUORUM, "0 of 1"))),
        ] {
            assert_eq!(read_reply(&write_reply(&reply).unwrap()).unwrap(), reply);
        }
    }

    #[test]
    fn other_versions_other_shapes_and_long_lines_are_told_apart() {
        let other = br#"{"schema":"arch.control/v2","call":{"launch":{}}}"#;
        assert!(matches!(read_call(other), Err(MalformedLine::Version(_))));
        for bad in [
            &b""[..],
            b"{}",
            b"null",
            br#"{"schema":"arch.control/v1","call":{"status":{"x":1}}}"#,
            br#"{"schema":"arch.control/v1","call":{"status":{}},"more":1}"#,
            br#"{"schema":"arch.control/v1","call":{"jobShow":{"digest":"sha256:00"}}}"#,
        ] {
            assert!(matches!(read_call(bad), Err(MalformedLine::Shape(_))), "{bad:?}");
        }
        assert_eq!(read_call(&vec![b' '; LINE_CAP + 1]), Err(MalformedLine::TooLong));
        assert!(read_reply(br#"{"schema":"arch.control/v1"}"#).is_err());
    }
}
