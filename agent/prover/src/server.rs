//! Who is served: one agent, or whoever comes and may.

use std::{
    fs, io,
    net::TcpListener,
    os::{
        fd::{AsFd as _, OwnedFd},
        unix::{
            fs::{FileTypeExt as _, PermissionsExt as _},
            net::{UnixListener, UnixStream},
        },
    },
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use arch_problem::codes;
use arch_wire::{frame::encode, prover::FromProver};
use nix::sys::socket::{getsockopt, sockopt::PeerCredentials};
use rustix::net::sockopt::{socket_acceptconn, socket_domain, socket_type};

use crate::{
    arguments::{Arguments, Door},
    circuits::Circuits,
    client::{House, serve},
    confinement,
    failure::Failure,
    foreman::Foreman,
    launcher::Launcher,
    queue::Queue,
    refused::Refused,
    say,
    secret::Secret,
    stream::Stream,
};

/// The most connections at a time.
const CLIENTS: usize = 32;

/// Serves the one agent at the inherited socket, and ends with it.
pub(crate) fn agent(arguments: &Arguments, keys: &Path) -> Result<(), Failure> {
    // Taken over first: before anything else has its number.
    let socket = inherited().map_err(Failure::Inherited)?;
    let house = open(arguments, keys)?;
    let agent = connected(socket).map_err(Failure::Inherited)?;
    Ok(serve(Stream::Unix(agent), None, &house)?)
}

/// Serves whoever comes and may, for ever.
pub(crate) fn everybody(arguments: &Arguments, keys: &Path, door: Door<'_>) -> Result<(), Failure> {
    match door {
        Door::Port { address, secret } => {
            let refused = |error| Failure::Door(address.to_string(), error);
            let secret = Arc::new(Secret::read(secret)?);
            let listener = TcpListener::bind(address).map_err(refused)?;
            let there = listener.local_addr().map_err(refused)?;
            let house = open(arguments, keys)?;
            say::talk(&format!("serves at {there}; there is no TLS, see --help"));
            each(house, &|| {
                let (stream, _from) = listener.accept()?;
                // Small answers do not wait for more.
                stream.set_nodelay(true)?;
                Ok((Stream::Tcp(stream), Some(Arc::clone(&secret))))
            })
        }
        Door::Socket { path, users } => {
            let refused = |error| Failure::Door(path.display().to_string(), error);
            let listener = listen(path, !users.is_empty()).map_err(refused)?;
            let own = rustix::process::geteuid().as_raw();
            let house = open(arguments, keys)?;
            say::talk(&format!("serves at {}", path.display()));
            each(house, &|| {
                let (stream, _from) = listener.accept()?;
                let user = getsockopt(&stream, PeerCredentials)?.uid();
                if user == own || users.contains(&user) {
                    return Ok((Stream::Unix(stream), None));
                }
                turn_away(&Stream::Unix(stream), &format!("user {user} may not ask here"));
                Err(io::ErrorKind::PermissionDenied.into())
            })
        }
    }
}

/// Gets everything that needs a right, gives all rights up, and begins to prove.
fn open(arguments: &Arguments, keys: &Path) -> Result<Arc<House>, Failure> {
    let manifest = Circuits::text(arguments.manifest.as_deref())?;
    if arguments.allow_dev_keys && !keys.exists() {
        arch_files::private_dir(keys)?;
    }
    let folder = fs::metadata(keys).and_then(|seen| match seen.is_dir() {
        true => Ok(()),
        false => Err(io::ErrorKind::NotADirectory.into()),
    });
    folder.map_err(|error| Failure::System("the folder of keys", error))?;
    let launcher = Launcher::start(arguments).map_err(Failure::Launcher)?;
    confinement::close_main()?;
    // What checks proofs; after the filter, which threads inherit.
    let pool = rayon::ThreadPoolBuilder::new().num_threads(arguments.threads().min(2));
    pool.build_global().map_err(|error| Failure::System("threads", io::Error::other(error)))?;
    let circuits = Circuits::read(&manifest, arguments.allow_dev_keys)?;
    let house = Arc::new(House { circuits, queue: Queue::new(arguments.queue) });
    let foreman = Foreman::new(launcher, arguments.patience());
    let his = Arc::clone(&house);
    let begun = thread::Builder::new().name("foreman".to_owned()).spawn(move || {
        let Err(gone) = foreman.serve(&his);
        say::talk(&format!("the launcher is gone ({gone}); this ends, to be started again"));
        std::process::exit(3);
    });
    begun.map_err(|error| Failure::System("a thread", error))?;
    Ok(house)
}

/// Takes connections in, each to a thread of its own.
fn each(
    house: Arc<House>,
    next: &dyn Fn() -> io::Result<(Stream, Option<Arc<Secret>>)>,
) -> Result<(), Failure> {
    let clients = Arc::new(AtomicUsize::new(0));
    loop {
        let Ok((stream, secret)) = next() else {
            // Somebody gave up, or was turned away, or there are no descriptors for a moment.
            thread::sleep(std::time::Duration::from_millis(10));
            continue;
        };
        if clients.fetch_add(1, Ordering::SeqCst) >= CLIENTS {
            clients.fetch_sub(1, Ordering::SeqCst);
            let refused = Refused::new(codes::PROVER_BUSY, "there are as many clients as it takes");
            refuse(stream, refused);
            continue;
        }
        let (house, count) = (Arc::clone(&house), Arc::clone(&clients));
        let begun = thread::Builder::new().name("client".to_owned()).spawn(move || {
            if let Err(error) = serve(stream, secret.as_deref(), &house) {
                say::talk(&format!("a client is not understood: {error}"));
            }
            count.fetch_sub(1, Ordering::SeqCst);
        });
        if begun.is_err() {
            clients.fetch_sub(1, Ordering::SeqCst);
        }
    }
}

fn turn_away(stream: &Stream, why: &str) {
    if let Ok(stream) = stream.try_clone() {
        refuse(stream, Refused::new(codes::PROVER_PEER, why));
    }
}

/// The first and last word to somebody; a fresh connection has room for it.
fn refuse(mut stream: Stream, refused: Refused) {
    use io::Write as _;
    if let Ok(frame) = encode(&FromProver::Refused(refused.of(None))) {
        let _gone = stream.write_all(&frame);
    }
    stream.end();
}

/// The socket that a service manager handed in (`LISTEN_FDS`, descriptor 3), or standard input.
fn inherited() -> io::Result<OwnedFd> {
    let socket: OwnedFd = match listenfd::ListenFd::from_env().take_unix_listener(0)? {
        Some(listener) => listener.into(),
        None => io::stdin().as_fd().try_clone_to_owned()?,
    };
    use rustix::net::{AddressFamily, SocketType};
    let unix = socket_domain(&socket)? == AddressFamily::UNIX
        && socket_type(&socket)? == SocketType::STREAM;
    if unix { Ok(socket) } else { Err(io::ErrorKind::InvalidInput.into()) }
}

/// The first who comes, at a socket that listens, is the agent, and nobody else is served.
fn connected(socket: OwnedFd) -> io::Result<UnixStream> {
    if socket_acceptconn(&socket)? {
        UnixListener::from(socket).accept().map(|(agent, _from)| agent)
    } else {
        Ok(socket.into())
    }
}

/// A socket in the place of one that nobody serves any more. Its mode lets others call only where
/// others may.
fn listen(path: &Path, others: bool) -> io::Result<UnixListener> {
    let left = fs::symlink_metadata(path).is_ok_and(|seen| seen.file_type().is_socket());
    if left
        && UnixStream::connect(path).is_err_and(|e| e.kind() == io::ErrorKind::ConnectionRefused)
    {
        fs::remove_file(path)?;
    }
    // Nobody else connects before the mode is set.
    let before = rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o177));
    let listener = UnixListener::bind(path);
    rustix::process::umask(before);
    let listener = listener?;
    if others {
        fs::set_permissions(path, fs::Permissions::from_mode(0o666))?;
    }
    Ok(listener)
}
