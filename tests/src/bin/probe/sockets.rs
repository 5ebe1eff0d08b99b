//! Ways to somebody else.

use std::{
    io,
    net::{SocketAddr, TcpStream, UdpSocket},
    os::unix::net::UnixDatagram,
    time::Duration,
};

use super::Tries;

pub(super) const TRIES: Tries = &[
    ("make a socket of the Internet", || UdpSocket::bind("0.0.0.0:0").map(drop)),
    ("make a socket of IPv6", || make(libc::AF_INET6, libc::SOCK_DGRAM, 0)),
    ("call itself over the loopback", loopback),
    ("reach the kernel's tables", || make(libc::AF_NETLINK, libc::SOCK_RAW, 0)),
    ("take packets off the wire", || make(libc::AF_PACKET, libc::SOCK_RAW, 0)),
    ("speak to the hypervisor", || make(libc::AF_VSOCK, libc::SOCK_STREAM, 0)),
    ("reach the kernel's ciphers", || make(libc::AF_ALG, libc::SOCK_SEQPACKET, 0)),
    ("make a raw socket", || make(libc::AF_INET, libc::SOCK_RAW, libc::IPPROTO_ICMP)),
    ("make a Unix socket", || UnixDatagram::unbound().map(drop)),
    ("listen under an abstract name", abstract_name),
    ("may make a pair of sockets", || std::os::unix::net::UnixStream::pair().map(drop)),
];

fn make(family: i32, kind: i32, protocol: i32) -> io::Result<()> {
    // WHY: no safe wrapper offers all families.
    // SAFETY: takes integers only.
    let rc = unsafe { libc::socket(family, kind, protocol) };
    if rc < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

/// Nobody listens there: being refused by the other end is being let through.
fn loopback() -> io::Result<()> {
    let nobody = SocketAddr::from(([127, 0, 0, 1], 9));
    match TcpStream::connect_timeout(&nobody, Duration::from_secs(3)) {
        Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => Ok(()),
        other => other.map(drop),
    }
}

fn abstract_name() -> io::Result<()> {
    use std::os::linux::net::SocketAddrExt as _;
    let name = std::os::unix::net::SocketAddr::from_abstract_name(b"arch-probe")?;
    std::os::unix::net::UnixListener::bind_addr(&name).map(drop)
}
