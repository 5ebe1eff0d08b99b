//! Plays the agent at the prover's socket: `asker SOCKET FILE...` asks what stands in each file, a
//! message of the wire in JSON, and prints what is answered, a line each.

use std::{
    error::Error,
    fs,
    io::{self, Read as _, Write as _},
    os::unix::net::UnixStream,
    time::Duration,
};

use arch_wire::{
    frame::{FrameReader, encode},
    prover::{FromProver, REQUEST_CAP, ToProver},
};

/// Longer than a proof takes on any machine that is alive.
const PATIENCE: Duration = Duration::from_secs(180);

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let mut stream = UnixStream::connect(arguments.next().ok_or("where is the socket?")?)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let mut reader = FrameReader::capped(REQUEST_CAP);
    say(&hear(&mut stream, &mut reader)?)?;
    for file in arguments {
        let asked: ToProver = serde_json::from_slice(&fs::read(file)?)?;
        stream.write_all(&encode(&asked)?)?;
        loop {
            let word = hear(&mut stream, &mut reader)?;
            say(&word)?;
            if !matches!(word, FromProver::Progress { .. }) {
                break;
            }
        }
    }
    Ok(())
}

fn hear(stream: &mut UnixStream, reader: &mut FrameReader) -> Result<FromProver, Box<dyn Error>> {
    let mut place = [0; 4096];
    loop {
        if let Some(word) = reader.take()? {
            return Ok(word);
        }
        match stream.read(&mut place)? {
            0 => return Err("the prover hung up".into()),
            length => reader.push(place.get(..length).unwrap_or_default()),
        }
    }
}

fn say(word: &FromProver) -> Result<(), Box<dyn Error>> {
    writeln!(io::stdout(), "{}", serde_json::to_string(word)?)?;
    Ok(())
}
