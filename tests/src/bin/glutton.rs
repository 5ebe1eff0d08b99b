//! Takes what there is until it is told no, or reaches for somebody: run where a limit is to be tried.
//!
//! It says how far it came on standard output. Where the limit is one of memory, it is killed and
//! says nothing.

use std::{
    error::Error,
    io::{self, Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream, UdpSocket},
    process::Command,
    sync::mpsc,
    thread,
    time::Duration,
};

use rustix::{
    fs::{MemfdFlags, memfd_create},
    io::write,
};

type Done = Result<(), Box<dyn Error>>;

/// Taken at once.
const MIB: usize = 1 << 20;

/// Enough for a thread that waits.
const STACK: usize = 64 << 10;

/// Longer than an answer takes on any machine that is alive.
const ANSWER: Duration = Duration::from_secs(20);

fn main() -> Done {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["memory", mib] => memory(mib.parse()?),
        ["files", mib] => files(mib.parse()?),
        ["tasks", most] => tasks(most.parse()?),
        ["second"] => second(),
        ["listen", address] => listen(address.parse()?),
        ["call", addresses @ ..] => addresses.iter().try_for_each(|address| call(address)),
        _ => Err("glutton memory|files MIB, tasks MOST, second, listen|call ADDRESS".into()),
    }
}

/// Of its own.
fn memory(mib: usize) -> Done {
    let taken: Vec<Vec<u8>> = (0..mib).map(|_| vec![1; MIB]).collect();
    println!("took {} MiB", taken.len());
    Ok(())
}

/// In files that have no name: no limit of a process counts them.
fn files(mib: usize) -> Done {
    let file = memfd_create("glutton", MemfdFlags::CLOEXEC)?;
    let bytes = vec![1; MIB];
    for _ in 0..mib {
        let mut left = bytes.as_slice();
        while !left.is_empty() {
            left = left.get(write(&file, left)?..).unwrap_or_default();
        }
    }
    println!("took {mib} MiB");
    Ok(())
}

/// Threads, which the kernel counts as it counts processes.
fn tasks(most: u32) -> Done {
    let (stay, stays) = mpsc::channel::<()>();
    let stays = std::sync::Arc::new(std::sync::Mutex::new(stays));
    let mut own = 1_u32;
    let refused = loop {
        if own == most {
            break None;
        }
        let stays = stays.clone();
        let waits = move || drop(stays.lock().map(|stays| stays.recv()));
        match thread::Builder::new().stack_size(STACK).spawn(waits) {
            Ok(_detached) => own = own.saturating_add(1),
            Err(error) => break Some(error),
        }
    };
    drop(stay);
    println!("{own} {}", refused.map_or_else(|| "possible".to_owned(), |error| name(&error)));
    Ok(())
}

/// A process beside itself.
fn second() -> Done {
    let other = Command::new("/bin/true").status();
    println!("{}", other.map_or_else(|error| name(&error), |_| "possible".to_owned()));
    Ok(())
}

/// Sends back what it is sent.
fn listen(address: SocketAddr) -> Done {
    for stream in TcpListener::bind(address)?.incoming() {
        let mut stream = stream?;
        let mut byte = [0];
        // Who went away wants no answer.
        let _ = stream.read_exact(&mut byte).and_then(|()| stream.write_all(&byte));
    }
    Ok(())
}

/// Whether a packet goes there, and somebody answers a call.
fn call(address: &str) -> Done {
    let address: SocketAddr = address.parse()?;
    // The kernel tells the sender of a packet at once that it was thrown away, and a caller never.
    let sent = UdpSocket::bind("0.0.0.0:0").and_then(|own| own.send_to(b"?", address));
    let called = || TcpStream::connect_timeout(&address, ANSWER);
    let answered = sent.and_then(|_sent| called()).and_then(|mut stream| {
        stream.set_read_timeout(Some(ANSWER))?;
        stream.write_all(b"?")?;
        stream.read_exact(&mut [0])
    });
    println!("{}", answered.map_or_else(|error| name(&error), |()| "possible".to_owned()));
    Ok(())
}

fn name(error: &io::Error) -> String {
    let known = [
        (libc::EPERM, "EPERM"),
        (libc::EACCES, "EACCES"),
        (libc::EAGAIN, "EAGAIN"),
        (libc::EAFNOSUPPORT, "EAFNOSUPPORT"),
        (libc::ENETUNREACH, "ENETUNREACH"),
        (libc::ECONNREFUSED, "ECONNREFUSED"),
    ];
    let number = error.raw_os_error();
    let known = known.iter().find(|(known, _)| Some(*known) == number);
    known.map_or_else(|| error.to_string(), |(_, name)| (*name).to_owned())
}
