//! Who is let in by `--mode=server`.

use std::{
    fs,
    io::{BufRead as _, BufReader, Write as _},
    net::TcpStream,
    os::unix::{fs::PermissionsExt as _, net::UnixStream, process::CommandExt as _},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use arch_wire::prover::{DigestRequest, FromProver, STRANGER_CAP, Terms, ToProver, VerifyRequest};

use crate::asker::{Double, Line, PATIENCE, PROGRAM, ended, eventually, fold, keys};

const SECRET: &str = "twenty letters, more";

/// A server that ends with the test.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _gone = self.0.kill();
        let _status = self.0.wait();
    }
}

fn command(options: &[&str]) -> Command {
    let mut command = Command::new(PROGRAM);
    command.arg("--keys").arg(keys()).args(["--allow-dev-keys", "--mode=server"]).args(options);
    command.stdin(Stdio::null()).stderr(Stdio::piped());
    command
}

fn secret_file(folder: &Path) -> String {
    let path = folder.join("secret");
    fs::write(&path, format!("{SECRET}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    path.display().to_string()
}

/// A server at a free port, and the port's address.
fn at_a_port(folder: &Path) -> (Server, String) {
    let mut child = command(&["--port=0", "--secret-file", &secret_file(folder)]).spawn().unwrap();
    let lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let address = lines.map_while(Result::ok).find_map(|line| {
        let (_, rest) = line.split_once("serves at ")?;
        rest.split_once(';').map(|(address, _)| address.to_owned())
    });
    (Server(child), address.unwrap())
}

fn call(address: &str) -> Line<TcpStream> {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    Line::new(stream)
}

fn present(secret: &str) -> ToProver {
    ToProver::Present { secret: secret.to_owned() }
}

#[test]
fn nobody_is_answered_at_a_port_before_the_secret_is_shown() {
    let folder = tempfile::tempdir().unwrap();
    let (_server, address) = at_a_port(folder.path());
    assert!(address.starts_with("127.0.0.1:"));
    let terms = Terms { pinned: None, dev_keys: true };
    let verify = ToProver::Verify(VerifyRequest { request: 1, proof: "{}".to_owned(), terms });
    let circuit = "arch-tile-fma-v1".to_owned();
    let digest = ToProver::Digest(DigestRequest { request: 3, circuit, tiles: vec![] });
    for first in
        [verify.clone(), digest.clone(), present("twenty letters, mor"), present(""), present("x")]
    {
        let mut line = call(&address);
        line.say(&first);
        let Some(FromProver::Refused(refusal)) = line.hear() else { panic!("{first:?}") };
        assert_eq!((refusal.request, refusal.code.as_str()), (None, "ARCH-V011"));
        assert_eq!(line.hear(), None);
    }
    // A stranger's frame may not even be long.
    let mut line = call(&address);
    let length = u32::try_from(STRANGER_CAP + 1).unwrap();
    line.stream.write_all(&length.to_le_bytes()).unwrap();
    let Some(FromProver::Refused(refusal)) = line.hear() else { panic!("no refusal") };
    assert_eq!(refusal.code, "ARCH-V002");

    let mut line = call(&address);
    line.say(&present(SECRET));
    let mut line = line.ready();
    line.say(&verify);
    assert!(matches!(line.hear(), Some(FromProver::Checked { holds: false, .. })));
    line.say(&digest);
    assert_eq!(line.hear(), Some(FromProver::Digests { request: 3, digests: vec![] }));
    line.proved(fold(2, &[1]));
    // Shown twice, it is no request.
    line.say(&present(SECRET));
    assert!(matches!(line.hear(), Some(FromProver::Refused(_))));
}

#[test]
fn a_stranger_who_says_a_byte_now_and_then_is_sent_away_all_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let (_server, address) = at_a_port(folder.path());
    let mut line = call(&address);
    let begun = Instant::now();
    // A frame as long as a stranger's may be, a byte every half second: it would take minutes.
    let length = u32::try_from(STRANGER_CAP).unwrap();
    line.stream.write_all(&length.to_le_bytes()).unwrap();
    while line.stream.write_all(b" ").is_ok() {
        assert!(begun.elapsed().as_secs() < 60, "he is still there");
        std::thread::sleep(Duration::from_millis(500));
    }
    let mut line = call(&address);
    line.say(&present(SECRET));
    let _served = line.ready();
}

#[test]
fn a_port_without_a_good_secret_is_not_served() {
    let folder = tempfile::tempdir().unwrap();
    let code = |options: &[&str]| ended(command(options).spawn().unwrap()).code();
    assert_eq!(code(&["--port=0"]), Some(2));
    assert_eq!(code(&["--port=0", "--secret-file", "/nowhere"]), Some(3));
    let file = secret_file(folder.path());
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    assert_eq!(code(&["--port=0", "--secret-file", &file]), Some(3));
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    fs::write(&file, "short").unwrap();
    assert_eq!(code(&["--port=0", "--secret-file", &file]), Some(3));
}

fn connect(path: &Path) -> Line<UnixStream> {
    let stream = eventually("the socket is served", || UnixStream::connect(path).ok());
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    Line::new(stream)
}

#[test]
fn who_hangs_up_keeps_nobody_else_waiting() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("socket");
    let double = Double::new(
        "if [ ! -e $FOLDER/once ]; then echo $$ > $FOLDER/once; exec sleep 600; fi\nexec $REAL \"$@\"",
    );
    let path_text = path.display().to_string();
    let options = ["--socket", &path_text, "--worker", &double.path(), "--proof-seconds", "600"];
    let _server = Server(command(&options).spawn().unwrap());
    let mut first = connect(&path).ready();
    first.say(&ToProver::Prove(fold(1, &[1])));
    first.begun(1);
    let mut second = connect(&path).ready();
    second.say(&ToProver::Prove(fold(2, &[1])));
    drop(first);
    assert!(matches!(second.end_of(2).1, FromProver::Proved { .. }));
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn a_socket_that_is_served_is_not_taken_over_and_one_that_was_left_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("socket");
    let text = path.display().to_string();
    let server = Server(command(&["--socket", &text]).spawn().unwrap());
    drop(connect(&path).ready());
    assert_eq!(ended(command(&["--socket", &text]).spawn().unwrap()).code(), Some(3));
    drop(connect(&path).ready());
    drop(server);
    let _server = Server(command(&["--socket", &text]).spawn().unwrap());
    drop(connect(&path).ready());
    let file = folder.path().join("file");
    fs::write(&file, "mine").unwrap();
    let text = file.display().to_string();
    assert_eq!(ended(command(&["--socket", &text]).spawn().unwrap()).code(), Some(3));
    assert_eq!(fs::read(&file).unwrap(), b"mine");
}

#[test]
fn processes_of_other_users_are_turned_away_unless_they_are_named() {
    const NOBODY: u32 = 65_534;
    let folder = tempfile::tempdir().unwrap();
    if !rustix::process::geteuid().is_root() {
        return skip("only root can be another user");
    }
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o777)).unwrap();
    // Where it was built nobody else may be let in.
    let program = folder.path().join("program");
    fs::copy(PROGRAM, &program).unwrap();
    for (name, options, let_in) in
        [("alone", &[][..], false), ("named", &["--allow-uid", "0"][..], true)]
    {
        let path = folder.path().join(name);
        let text = path.display().to_string();
        // The server is somebody else; we are the stranger.
        let mut command = Command::new(&program);
        command.args(["--mode=server", "--socket", &text, "--keys"]).arg(folder.path());
        let command = command.args(options).stdin(Stdio::null()).uid(NOBODY).gid(NOBODY);
        let _server = Server(command.spawn().unwrap());
        let first = connect(&path).hear();
        match first {
            Some(FromProver::Ready { .. }) => assert!(let_in),
            Some(FromProver::Refused(refusal)) => {
                assert!(!let_in);
                assert_eq!(refusal.code, "ARCH-V011");
            }
            other => panic!("{other:?}"),
        }
    }
}

fn skip(why: &str) {
    let line = format!("SKIPPED because {why}\n");
    eprint!("{line}");
    if let Some(path) = std::env::var_os("ARCH_SKIPPED_LOG") {
        let log = fs::OpenOptions::new().create(true).append(true).open(path);
        log.unwrap().write_all(line.as_bytes()).unwrap();
    }
}
