//! Stands in for `arch-executor` and lies: over the real socket, to the real agent.
//!
//! `trick` in its cache folder names what it does with each run, and how often before it is honest:
//! `wrong-digest 1`. It runs nothing; whoever is honest here says that the guest wrote `hello`.

#[path = "lying-executor/products.rs"]
mod products;

use std::{
    collections::VecDeque,
    error::Error,
    fs::{self, File},
    io::Write as _,
    os::fd::{AsFd as _, OwnedFd},
    path::PathBuf,
    time::Duration,
};

use arch_handover::MOST_FILES;
use arch_identity::Digest;
use arch_matrix::Part;
use arch_wire::{
    executor::{Blob, Busy, Claim, FromExecutor, INLINE_CAP, Inline, Outcome, ToExecutor},
    frame::{FrameReader, encode},
};
use rustix::{
    fs::{MemfdFlags, SealFlags, fcntl_add_seals, memfd_create},
    net::accept,
    process::{PidfdFlags, PidfdGetfdFlags, getpid, pidfd_getfd, pidfd_open},
};

type Done = Result<(), Box<dyn Error>>;

fn main() -> Done {
    let arguments: Vec<String> = std::env::args().collect();
    let value = |name: &str| {
        let at = arguments.iter().position(|argument| argument == name);
        at.and_then(|at| arguments.get(at.saturating_add(1))).ok_or(format!("{name} is missing"))
    };
    let socket = match value("--socket-fd") {
        Ok(number) => {
            // It was inherited under this number; this is the way to own it without `unsafe`.
            let own = pidfd_open(getpid(), PidfdFlags::empty())?;
            pidfd_getfd(own, number.parse()?, PidfdGetfdFlags::empty())?
        }
        // A service manager hands in one that listens, as standard input.
        Err(_) => accept(std::io::stdin())?,
    };
    let trick = PathBuf::from(value("--cache")?).join("trick");
    Liar { socket, trick, last: 0, asked: Vec::new(), silent: Vec::new() }.live()
}

struct Liar {
    socket: OwnedFd,
    trick: PathBuf,
    /// The run before this one.
    last: u64,
    /// Parts that somebody was asked for already, each with the first tile.
    asked: Vec<(Part, u64)>,
    /// Runs of products that end only when they are called off.
    silent: Vec<u64>,
}

impl Liar {
    fn live(&mut self) -> Done {
        let environment = Digest::of(b"liar");
        self.say(&FromExecutor::Ready { engine: "liar".to_owned(), environment }, &[])?;
        let mut reader = FrameReader::default();
        let mut arrived = VecDeque::new();
        let mut buffer = vec![0; 65_536];
        loop {
            let got = arch_handover::receive(self.socket.as_fd(), &mut buffer)?;
            if got.bytes == 0 {
                return Ok(());
            }
            reader.push(buffer.get(..got.bytes).unwrap_or_default());
            arrived.extend(got.files);
            while let Some(message) = reader.take::<ToExecutor>()? {
                let files: Vec<OwnedFd> = arrived.drain(..message.fds()).collect();
                match message {
                    ToExecutor::Multiply(request) => self.multiply(&request, files)?,
                    ToExecutor::Run(request) => self.answer(request.run)?,
                    ToExecutor::Cancel { run }
                        if self.is_silent() || self.silent.contains(&run) =>
                    {
                        let claim = Claim::without_work(Outcome::Cancelled);
                        self.say(&FromExecutor::Finished { run, claim }, &[])?;
                    }
                    ToExecutor::Cancel { run } => self.finish(run, b"hello")?,
                    ToExecutor::Ping => self.say(&FromExecutor::Pong, &[])?,
                    ToExecutor::Shutdown => return Ok(()),
                }
            }
        }
    }

    /// Whether it ends runs only when they are called off.
    fn is_silent(&self) -> bool {
        fs::read_to_string(&self.trick).is_ok_and(|trick| trick.starts_with("silent-later"))
    }

    /// What is to be done with this run; the file is left as it is for the next one.
    fn trick(&self) -> Result<String, Box<dyn Error>> {
        let text = fs::read_to_string(&self.trick).unwrap_or_default();
        let Some((name, left)) = text.trim().rsplit_once(' ') else {
            return Ok("honest".to_owned());
        };
        let left: u32 = left.parse()?;
        let Some(less) = left.checked_sub(1) else { return Ok("honest".to_owned()) };
        fs::write(&self.trick, format!("{name} {less}"))?;
        Ok(name.to_owned())
    }

    /// Whether the trick was played as often as was asked.
    fn is_spent(&self) -> bool {
        fs::read_to_string(&self.trick).is_ok_and(|trick| trick.ends_with(" 0"))
    }

    #[expect(clippy::too_many_lines, reason = "one trick after the other")]
    fn answer(&mut self, run: u64) -> Done {
        let trick = self.trick()?;
        // Some are played at the end alone: all runs before it are honest.
        let trick = match trick.strip_suffix("-at-last") {
            Some(name) if self.is_spent() => name,
            Some(_) => "honest",
            None => &trick,
        };
        let last = std::mem::replace(&mut self.last, run);
        let finished = |claim: Claim| FromExecutor::Finished { run, claim };
        let (claim, files) = honest(&[("stdout", b"hello"), ("stderr", b"")])?;
        match trick {
            "honest" => self.say(&finished(claim), &files)?,
            // True to the byte, and not what the guest would have written.
            "another-result" => {
                let (claim, files) = honest(&[("stdout", b"hallo"), ("stderr", b"")])?;
                self.say(&finished(claim), &files)?;
            }
            "another-end" => {
                let claim = Claim { outcome: Outcome::Exit { code: 3 }, ..claim };
                self.say(&finished(claim), &files)?;
            }
            // The first run ends, and what is asked for after it only when it is called off.
            "silent-later" if last == 0 => self.say(&finished(claim), &files)?,
            "silent-later" => {}
            // No frames.
            "garbage" => self.raw(&[0xff; 4_096], &[])?,
            "no-message" => self.raw(b"\x02\0\0\0{}", &[])?,
            "not-utf8" => self.raw(b"\x04\0\0\0\xff\xfe\xff\xfe", &[])?,
            "deep" => {
                let deep = "[".repeat(500_000);
                self.raw(&[&500_000_u32.to_le_bytes(), deep.as_bytes()].concat(), &[])?;
            }
            "over-the-cap" => {
                self.raw(&[&[1, 0, 16, 0], vec![b' '; 1 << 20].as_slice()].concat(), &[])?;
            }
            "half-and-gone" => {
                let frame = encode(&finished(claim))?;
                self.raw(frame.get(..frame.len() / 2).unwrap_or_default(), &files)?;
                std::process::exit(0);
            }
            "gone" => std::process::exit(0),
            // Whole frames that say what is not so.
            "wrong-digest" => {
                let outputs = claim.outputs.iter().cloned();
                let outputs = outputs.map(|b| Blob { digest: Digest::of(b"bye"), ..b }).collect();
                self.say(&finished(Claim { outputs, ..claim }), &files)?;
            }
            "other-bytes" => {
                let other = [sealed(b"hallo")?, sealed(b"")?];
                self.say(&finished(claim), &other)?;
            }
            "other-size" => self.say(&finished(claim), &[sealed(b"hell")?, sealed(b"")?])?,
            "other-run" => {
                // An answer to what was asked before, and to what is asked next.
                for run in [last, run.saturating_add(1), u64::MAX] {
                    self.finish(run, b"of another")?;
                }
                self.say(&finished(claim), &files)?;
            }
            "twice" => {
                self.say(&finished(claim), &files)?;
                self.finish(run, b"second thoughts")?;
            }
            "unasked-output" => {
                let (claim, files) = honest(&[("stdout", b"hello"), ("../../node.key", b"x")])?;
                self.say(&finished(claim), &files)?;
            }
            "same-output-twice" => {
                let (claim, files) = honest(&[("stdout", b"hello"), ("stdout", b"hello")])?;
                self.say(&finished(claim), &files)?;
            }
            "huge-claim" => {
                let outputs = claim.outputs.iter().cloned();
                let outputs = outputs.map(|blob| Blob { size: u64::MAX, ..blob }).collect();
                self.say(&finished(Claim { outputs, ..claim }), &files)?;
            }
            "endless-numbers" => {
                let most = u64::MAX;
                let claim =
                    Claim { fuel: most, cpu_millis: most, peak_memory_bytes: most, ..claim };
                self.say(&finished(Claim { wall_millis: most, ..claim }), &files)?;
            }
            // Bytes in the claim that are not what belongs there.
            "told-in-the-claim" => {
                let claim = told(claim, &[b"hello", b""]);
                self.say(&finished(claim), &[])?;
            }
            "other-bytes-in-the-claim" => {
                let claim = told(claim, &[b"hallo", b""]);
                self.say(&finished(claim), &[])?;
            }
            "other-size-in-the-claim" => {
                let claim = told(claim, &[b"hell", b""]);
                self.say(&finished(claim), &[])?;
            }
            "in-the-claim-and-in-a-file" => {
                let claim = told(claim, &[b"hello", b""]);
                self.say(&finished(claim), &files)?;
            }
            "too-much-in-the-claim" => {
                let claim = told(claim, &[b"hello", b""]);
                let body = serde_json::to_string(&finished(claim))?;
                // As base64: one byte more than is allowed, at the least.
                let long = format!("\"{}\"", "AAAA".repeat(INLINE_CAP / 3 + 1));
                let body = body.replace("\"aGVsbG8=\"", &long);
                let length = u32::try_from(body.len())?.to_le_bytes();
                self.raw(&[&length, body.as_bytes()].concat(), &[])?;
            }
            // Files that are not what belongs there.
            "no-files" => self.say(&finished(claim), &[])?,
            "fewer-files" => self.say(&finished(claim), files.get(..1).unwrap_or_default())?,
            "one-more-file" => {
                let more: Vec<OwnedFd> = files.into_iter().chain([sealed(b"more")?]).collect();
                self.say(&finished(claim), &more)?;
            }
            "more-files" => {
                let more: Result<Vec<_>, _> = (0..MOST_FILES).map(|_| sealed(b"more")).collect();
                self.say(&finished(claim), &more?)?;
            }
            "not-sealed" => {
                self.say(&finished(claim), &[memory(b"hello")?.into(), memory(b"")?.into()])?;
            }
            "changed-after-sending" => {
                let mut open = memory(b"hello")?;
                let sent = [open.try_clone()?.into(), sealed(b"")?];
                self.say(&finished(claim), &sent)?;
                open.write_all(b" and more")?;
            }
            "a-device" => {
                let endless = [File::open("/dev/zero")?.into(), sealed(b"")?];
                self.say(&finished(claim), &endless)?;
            }
            "a-pipe" => {
                let (read, _write) = rustix::pipe::pipe()?;
                self.say(&finished(claim), &[read, sealed(b"")?])?;
                // Kept open, so that a reader would wait.
                std::thread::sleep(Duration::from_millis(500));
            }
            // Too much of it.
            "a-flood" => {
                let long = "x".repeat(1 << 19);
                for stranger in 0..120_u64 {
                    let why = Outcome::WorkerLost { why: long.clone() };
                    let run = u64::MAX.saturating_sub(stranger);
                    let claim = Claim::without_work(why);
                    self.say(&FromExecutor::Finished { run, claim }, &[])?;
                }
                self.say(&finished(claim), &files)?;
            }
            "a-flood-of-files" => {
                for stranger in 0..20_u64 {
                    let many: Result<Vec<_>, _> = (0..200).map(|_| sealed(b"")).collect();
                    let names: Vec<String> = (0..200).map(|n: u32| n.to_string()).collect();
                    let outputs: Vec<(&str, &[u8])> =
                        names.iter().map(|name| (name.as_str(), &b""[..])).collect();
                    let (claim, _) = honest(&outputs)?;
                    let run = u64::MAX.saturating_sub(stranger);
                    self.say(&FromExecutor::Finished { run, claim }, &many?)?;
                }
                self.say(&finished(claim), &files)?;
            }
            "ready-again" => {
                let environment = Digest::of(b"another");
                let engine = "\u{1b}[31m".repeat(1_000);
                self.say(&FromExecutor::Ready { engine, environment }, &[])?;
                self.say(&finished(claim), &files)?;
            }
            // Too late.
            "late" => {
                std::thread::sleep(Duration::from_millis(1_500));
                self.say(&finished(claim), &files)?;
            }
            "busy" => self.say(&FromExecutor::Busy { run, why: Busy::NoWorker }, &[])?,
            "cannot" => self.say(&FromExecutor::Busy { run, why: Busy::Request }, &[])?,
            "lost" => {
                let why = Outcome::WorkerLost { why: "\u{7}so it goes".to_owned() };
                self.say(&finished(Claim::without_work(why)), &[])?;
            }
            other => return Err(format!("no trick `{other}`").into()),
        }
        Ok(())
    }

    fn finish(&self, run: u64, stdout: &[u8]) -> Done {
        let (claim, files) = honest(&[("stdout", stdout), ("stderr", b"")])?;
        self.say(&FromExecutor::Finished { run, claim }, &files)
    }

    fn say(&self, message: &FromExecutor, files: &[OwnedFd]) -> Done {
        self.raw(&encode(message)?, files)
    }

    fn raw(&self, bytes: &[u8], files: &[OwnedFd]) -> Done {
        let (mut rest, mut files) = (bytes, files);
        while !rest.is_empty() {
            let sent = arch_handover::send(self.socket.as_fd(), rest, files)?;
            rest = rest.get(sent..).unwrap_or_default();
            files = &[];
        }
        Ok(())
    }
}

/// The claim with these bytes in itself.
fn told(claim: Claim, bytes: &[&[u8]]) -> Claim {
    let outputs = claim.outputs.into_iter().zip(bytes);
    let outputs = outputs.map(|(blob, bytes)| Blob { bytes: Inline::of(bytes), ..blob }).collect();
    Claim { outputs, ..claim }
}

/// A claim that is true, and its files.
fn honest(outputs: &[(&str, &[u8])]) -> Result<(Claim, Vec<OwnedFd>), Box<dyn Error>> {
    let mut claim = Claim { fuel: 42, ..Claim::without_work(Outcome::Completed) };
    let mut files = vec![];
    for (name, bytes) in outputs {
        let size = u64::try_from(bytes.len())?;
        let (name, digest) = ((*name).to_owned(), Digest::of(bytes));
        claim.outputs.push(Blob { name, size, digest, bytes: None });
        files.push(sealed(bytes)?);
    }
    Ok((claim, files))
}

fn sealed(bytes: &[u8]) -> Result<OwnedFd, Box<dyn Error>> {
    let file = memory(bytes)?;
    fcntl_add_seals(&file, SealFlags::WRITE | SealFlags::SHRINK | SealFlags::GROW)?;
    Ok(file.into())
}

fn memory(bytes: &[u8]) -> Result<File, Box<dyn Error>> {
    let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
    let mut file = File::from(memfd_create("liar", flags)?);
    file.write_all(bytes)?;
    Ok(file)
}
