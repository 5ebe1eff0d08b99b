//! The three processes around a guest of the tests; `arch_tests::booted` says how they stand.

#[path = "booted/groups.rs"]
mod groups;

use std::{
    env,
    error::Error,
    fs::{self, File},
    io::{self, BufRead as _, Read as _, Write as _},
    os::unix::{net::UnixStream, process::CommandExt as _},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::mpsc,
    time::Duration,
};

use arch_tests::booted::LINE;
use arch_wire::control::{Call, write_call};
use groups::Groups;
use rustix::process::{WaitOptions, getpid, set_child_subreaper, setsid};

type Done = Result<(), Box<dyn Error>>;

/// More than nspawn gives by itself, so that what is refused is refused by the unit and not by it.
const CALLS: &str = "@debug @keyring @pkey @raw-io @module @swap bpf perf_event_open kcmp fanotify_init \
     open_by_handle_at quotactl landlock_create_ruleset landlock_add_rule landlock_restrict_self";

fn main() -> Done {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["guard", folder] => guard(Path::new(folder)),
        ["start", folder] => start(Path::new(folder)),
        ["across", socket, line @ ..] => across(Path::new(socket), line),
        ["inside", socket] => Ok(arch_tests::booted::answer_all(Path::new(socket))?),
        _ => {
            Err("booted guard|start FOLDER, booted inside SOCKET, booted across SOCKET LINE".into())
        }
    }
}

/// Asks the agent how it is, runs a program to its end, and asks over the same connection again.
fn across(socket: &Path, line: &[&str]) -> Done {
    let (program, arguments) = line.split_first().ok_or("no program")?;
    let mut stream = UnixStream::connect(socket)?;
    let mut answers = io::BufReader::new(stream.try_clone()?);
    let mut ask = || -> Done {
        stream.write_all(&write_call(&Call::Status {})?)?;
        let mut answer = String::new();
        answers.read_line(&mut answer)?;
        print!("{answer}");
        Ok(())
    };
    ask()?;
    let ended = Command::new(program).args(arguments).status()?;
    ask()?;
    if ended.success() { Ok(()) } else { Err(format!("{line:?}: {ended}").into()) }
}

/// Lives as long as the test or the guest, whichever is shorter, and leaves nothing behind.
fn guard(folder: &Path) -> Done {
    // Out of reach of a Ctrl-C that is meant for the test.
    setsid()?;
    set_child_subreaper(Some(getpid()))?;
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || {
        // The test closes its end, or is gone and the kernel does.
        let _ = io::stdin().read_to_end(&mut vec![]);
        let _ = tell.send(());
    });
    let groups = Groups::make()?;
    let guest = groups.enter().and_then(|()| spawn(folder));
    // Among its own, nspawn must be alone.
    let left = groups.leave();
    let ended = guest.map(|mut guest| {
        while matches!(guest.try_wait(), Ok(None)) {
            if told.recv_timeout(Duration::from_millis(50)) != Err(mpsc::RecvTimeoutError::Timeout)
            {
                break;
            }
        }
        end(&mut guest);
    });
    let gone = groups.remove();
    let removed = fs::remove_dir_all(folder);
    ended.and(left).and(gone)?;
    Ok(removed?)
}

/// All of the guest's processes are in a namespace whose first one dies with this child, and its
/// mounts go with the last of them.
fn end(guest: &mut Child) {
    // It may have ended by itself.
    let _ = guest.kill();
    let _ = guest.wait();
    // What was below it is ours now, because nobody else may care.
    while let Ok(Some(_)) = rustix::process::wait(WaitOptions::empty()) {}
}

fn spawn(folder: &Path) -> io::Result<Child> {
    let console = File::create(folder.join("out/console"))?;
    if let Ok(line) = fs::read_to_string(folder.join(LINE)) {
        return Command::new("setpriv")
            .args(["--pdeathsig", "KILL"])
            .args(line.lines())
            .stdin(Stdio::null())
            .stdout(console.try_clone()?)
            .stderr(console)
            .spawn();
    }
    Command::new("setpriv")
        .args(["--pdeathsig", "KILL", "unshare", "--mount", "--propagation", "private"])
        .args(["--pid", "--fork", "--kill-child=KILL", "--mount-proc"])
        .arg(env::current_exe()?)
        .arg("start")
        .arg(folder)
        .stdin(Stdio::null())
        .stdout(console.try_clone()?)
        .stderr(console)
        .spawn()
}

/// Makes the guest's root and becomes systemd-nspawn.
fn start(folder: &Path) -> Done {
    let at = |name: &str| folder.join(name);
    // nspawn keeps things there that nobody else is to see.
    mount(&["-t", "tmpfs", "-o", "mode=0755", "tmpfs"], Path::new("/run"))?;
    fs::create_dir(at("memory"))?;
    mount(&["-t", "tmpfs", "-o", "mode=0755", "tmpfs"], &at("memory"))?;
    for name in ["upper", "work", "root"] {
        fs::create_dir(at("memory").join(name))?;
    }
    let root = at("memory/root");
    let below = fs::read_to_string(at("below"))?;
    let layers = format!(
        "lowerdir={below},upperdir={},workdir={}",
        at("memory/upper").display(),
        at("memory/work").display()
    );
    mount(&["-t", "overlay", "-o", &layers, "overlay"], &root)?;
    copy(&at("seed"), &root)?;
    let mut nspawn = Command::new("systemd-nspawn");
    nspawn
        .env("SYSTEMD_NSPAWN_UNIFIED_HIERARCHY", "1")
        .args(["--quiet", "--register=no", "--keep-unit", "--console=pipe", "--private-network"])
        .args(["--capability=all", "--system-call-filter", CALLS, "--machine=arch-booted"])
        .arg("--directory")
        .arg(&root)
        .arg(format!("--bind={}:/out", at("out").display()));
    for line in fs::read_to_string(at("bound"))?.lines() {
        let (_, to) = line.rsplit_once(':').ok_or("a line without `:`")?;
        let place = root.join(to.trim_start_matches('/'));
        fs::create_dir_all(place.parent().ok_or("a program has a folder")?)?;
        File::create(place)?;
        nspawn.arg(format!("--bind-ro={line}"));
    }
    Err(nspawn.args(["--boot", "systemd.unit=booted.target"]).exec().into())
}

fn mount(arguments: &[&str], target: &Path) -> Done {
    let ended = Command::new("mount").args(arguments).arg(target).status()?;
    if ended.success() { Ok(()) } else { Err(format!("mount {arguments:?}: {ended}").into()) }
}

fn copy(from: &Path, to: &Path) -> Done {
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target: PathBuf = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            fs::create_dir_all(&target)?;
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), &target)?;
        }
    }
    Ok(())
}
