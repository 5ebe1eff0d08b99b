//! What grants show, and that nothing else is reachable.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;

use arch_wire::executor::Outcome;

use super::modules::both;
use super::script::{
    CREATE, CROSS_DEVICE, DENIED, NO_ENTRY, NO_LINKS, OK, OUT, READ, READ_ONLY, Script, TRUNCATE,
    WRITE,
};
use super::{Access, World};

/// A real folder that is reached without links.
pub(super) fn folder() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().canonicalize().unwrap();
    (folder, path)
}

/// A path as the guest's root folder takes it.
pub(super) fn inside(path: &std::path::Path) -> String {
    path.to_str().unwrap().trim_start_matches('/').to_owned()
}

#[test]
fn a_folder_is_listed_in_the_order_of_its_names() {
    let (_keep, path) = folder();
    for name in ["b", "a", "ä", "C", "a.b"] {
        fs::write(path.join(name), name).unwrap();
    }
    fs::create_dir(path.join("sub")).unwrap();
    let mut script = Script::new();
    script.open(&inside(&path), 2, READ, 100, OK).list(100);
    let world = World::new().share(&path, Access::Read);
    let listing = |bytes: &[u8]| {
        let (mut names, mut rest) = (Vec::new(), bytes);
        while rest.len() > 24 {
            let length = usize::from(rest[16]);
            names.push(String::from_utf8(rest[24..24 + length].to_vec()).unwrap());
            rest = &rest[24 + length..];
        }
        names
    };
    let [module, component] = both(&world, &mut script);
    let expected = [".", "..", "C", "a", "a.b", "b", "sub", "ä"];
    assert_eq!(listing(&module.stdout), expected);
    assert_eq!(listing(&component.stdout), expected);
}

#[test]
fn what_is_read_is_noted_with_its_digest() {
    let (_keep, path) = folder();
    fs::write(path.join("b"), "second").unwrap();
    fs::write(path.join("a"), "first").unwrap();
    let mut script = Script::new();
    for name in ["b", "a", "b"] {
        script.open(&inside(&path.join(name)), 0, READ, 100, OK).cat(100);
    }
    for result in both(&World::new().share(&path, Access::Read), &mut script) {
        assert_eq!(result.stdout, b"secondfirstsecond");
        let mut lines = [("a", "first"), ("b", "second")].map(|(name, text)| {
            let digest = arch_identity::Digest::of(text.as_bytes());
            format!("{digest} {} {}\n", text.len(), path.join(name).display())
        });
        lines.sort();
        assert_eq!(String::from_utf8(result.reads.unwrap()).unwrap(), lines.concat());
    }
}

#[test]
fn nothing_leaves_a_grant() {
    let (_keep, path) = folder();
    let granted = path.join("granted");
    fs::create_dir(&granted).unwrap();
    fs::write(path.join("secret"), "no").unwrap();
    symlink("../secret", granted.join("link")).unwrap();
    symlink("/etc", granted.join("etc")).unwrap();
    let base = inside(&granted);
    let mut script = Script::new();
    for way in ["../etc/passwd", "/etc/passwd", "etc/passwd", "proc/self/environ", "in/../../x"] {
        script.open(way, 0, READ, 100, DENIED);
    }
    script.open(&format!("{base}/../secret"), 0, READ, 100, DENIED);
    script.open(&format!("{base}/link"), 0, READ, 100, DENIED);
    script.open(&format!("{base}/etc/passwd"), 0, READ, 100, DENIED);
    script.open(&base, 2, READ, 104, OK);
    let (at, long) = script.text("../secret");
    script.on(104, "path_open", &[0, at, long, 0, READ, 0, 0, 100], &[76, 2, 63]);
    let (at, long) = script.text("link");
    script.on(104, "path_filestat_get", &[1, at, long, OUT], DENIED);
    script.on(104, "path_filestat_get", &[0, at, long, OUT], OK);
    for result in both(&World::new().share(&granted, Access::Read), &mut script) {
        assert_eq!(result.reads, None);
        let denied = result.denied.first.join("\n");
        for part in ["outside: /etc/passwd", "symlink: ", "outside: /proc/self/environ"] {
            assert!(denied.contains(part), "{part} in {denied}");
        }
    }
}

#[test]
fn a_read_grant_cannot_be_changed() {
    let (_keep, path) = folder();
    fs::write(path.join("a"), "first").unwrap();
    let base = inside(&path);
    let mut script = Script::new();
    script.open(&format!("{base}/a"), 0, WRITE, 100, READ_ONLY);
    script.open(&format!("{base}/a"), TRUNCATE, READ, 100, READ_ONLY);
    script.open(&format!("{base}/new"), CREATE, WRITE, 100, READ_ONLY);
    script.path("path_create_directory", &format!("{base}/d"), READ_ONLY);
    script.path("path_unlink_file", &format!("{base}/a"), READ_ONLY);
    script.rename(&format!("{base}/a"), &format!("{base}/b"), READ_ONLY);
    both(&World::new().share(&path, Access::Read), &mut script);
    assert_eq!(fs::read(path.join("a")).unwrap(), b"first");
    assert_eq!(fs::read_dir(&path).unwrap().count(), 1);
}

#[test]
fn a_write_grant_takes_files_and_shows_only_ones_own() {
    for component in [false, true] {
        let (_keep, path) = folder();
        fs::write(path.join("others"), "secret").unwrap();
        let base = inside(&path);
        let mut script = Script::new();
        script.open(&format!("{base}/mine"), CREATE, WRITE, 100, OK).write(100, "text", OK);
        script.open(&format!("{base}/mine"), 0, READ, 104, OK).cat(104);
        script.open(&format!("{base}/others"), 0, READ, 108, &[2]);
        script.open(&format!("{base}/others"), 0, WRITE, 108, OK).write(108, "S", OK);
        script.open(&format!("{base}/others"), 0, READ, 112, &[2]);
        script.path("path_create_directory", &format!("{base}/d"), OK);
        script.rename(&format!("{base}/mine"), &format!("{base}/d/moved"), OK);
        script.open("out/x", CREATE, WRITE, 116, OK);
        script.rename(&format!("{base}/d/moved"), "out/x", CROSS_DEVICE);
        let world = World::new().share(&path, Access::Write);
        let wat = script.wat();
        let result = if component { world.run_component(&wat) } else { world.run(&wat) };
        assert_eq!(result.outcome, Outcome::Completed, "{:?}", result.denied);
        assert_eq!((result.stdout, result.reads), (b"text".to_vec(), None));
        assert_eq!(fs::read(path.join("d/moved")).unwrap(), b"text");
        assert_eq!(fs::read(path.join("others")).unwrap(), b"Secret");
    }
}

#[test]
fn both_grants_together_note_what_was_there_and_not_what_the_guest_wrote() {
    let (_keep, path) = folder();
    fs::write(path.join("cache"), "old").unwrap();
    let file = inside(&path.join("cache"));
    let mut script = Script::new();
    script.open(&file, 0, READ, 100, OK).cat(100);
    script.open(&file, 0, WRITE, 104, OK).write(104, "new", OK);
    script.open(&file, 0, READ, 108, OK).cat(108);
    let world = World::new().share(&path, Access::Read).share(&path, Access::Write);
    let result = world.run(&script.wat());
    assert_eq!(result.outcome, Outcome::Completed);
    assert_eq!(result.stdout, b"oldnew");
    let reads = String::from_utf8(result.reads.unwrap()).unwrap();
    assert!(reads.starts_with(&arch_identity::Digest::of(b"old").to_string()));
    assert_eq!(reads.lines().count(), 1);
}

#[test]
fn links_are_never_made_and_never_written_through() {
    let (_keep, path) = folder();
    let granted = path.join("granted");
    fs::create_dir(&granted).unwrap();
    fs::write(path.join("outside"), "safe").unwrap();
    symlink("../outside", granted.join("soft")).unwrap();
    fs::hard_link(path.join("outside"), granted.join("hard")).unwrap();
    let base = inside(&granted);
    let mut script = Script::new();
    let (target, long) = script.text("../outside");
    let (name, wide) = script.text(&format!("{base}/new"));
    script.call("path_symlink", &[target, long, 3, name, wide], NO_LINKS);
    let (old, far) = script.text(&format!("{base}/soft"));
    script.call("path_link", &[3, 0, old, far, 3, name, wide], NO_LINKS);
    script.open(&format!("{base}/soft"), TRUNCATE, WRITE, 100, DENIED);
    script.open(&format!("{base}/hard"), TRUNCATE, WRITE, 100, &[2]);
    script.open(&format!("{base}/soft/x"), CREATE, WRITE, 100, DENIED);
    both(&World::new().share(&granted, Access::Write), &mut script);
    assert_eq!(fs::read(path.join("outside")).unwrap(), b"safe");
    assert!(!granted.join("new").exists());
}

#[test]
fn a_pipe_in_a_grant_neither_blocks_nor_opens() {
    let (_keep, path) = folder();
    let pipe = path.join("pipe");
    rustix::fs::mknodat(
        rustix::fs::CWD,
        &pipe,
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::from_raw_mode(0o600),
        0,
    )
    .unwrap();
    let mut script = Script::new();
    script.open(&inside(&pipe), 0, READ, 100, &[2]);
    for access in [Access::Read, Access::Write] {
        both(&World::new().share(&path, access), &mut script);
    }
}

#[test]
fn a_grant_can_be_one_file() {
    let (_keep, path) = folder();
    fs::write(path.join("one"), "only this").unwrap();
    fs::write(path.join("two"), "not this").unwrap();
    let mut script = Script::new();
    script.open(&inside(&path.join("one")), 0, READ, 100, OK).cat(100);
    script.open(&inside(&path.join("two")), 0, READ, 104, DENIED);
    script.open(&inside(&path), 2, READ, 108, OK);
    for result in both(&World::new().share(&path.join("one"), Access::Read), &mut script) {
        assert_eq!(result.stdout, b"only this");
        assert_eq!(result.reads.unwrap().iter().filter(|b| **b == b'\n').count(), 1);
    }
}

#[test]
fn a_file_that_changes_between_two_openings_ends_the_run() {
    let (_keep, path) = folder();
    let file = path.join("f");
    fs::write(&file, "one").unwrap();
    let mut script = Script::new();
    script.open(&inside(&file), 0, READ, 100, OK);
    // the guest itself changes it, through a write grant on the folder below the read grant
    script.open(&inside(&path.join("w/same")), 0, WRITE, 104, OK).write(104, "two", OK);
    script.open(&inside(&file), 0, READ, 108, OK);
    fs::create_dir(path.join("w")).unwrap();
    fs::write(path.join("w/same"), "one").unwrap();
    let world = World::new().share(&path, Access::Read).share(&path.join("w"), Access::Write);
    assert_eq!(world.run(&script.wat()).outcome, Outcome::Completed);

    let mut script = Script::new();
    let same = inside(&path.join("w/same"));
    script.open(&same, 0, READ, 100, OK);
    script.open(&same, 0, READ, 104, OK);
    let world = World::new().share(&path.join("w"), Access::Read);
    let wat = script.wat();
    let mut mounts = super::super::vfs::Vfs::new(
        super::Mounts::open(&world.shared, Vec::new()).unwrap(),
        super::super::vfs::Caps {
            output_bytes: 0,
            read_bytes: 100,
            write_bytes: 0,
            write_entries: 0,
        },
        crate::wasm::meter::Meter::new(1 << 20),
    );
    assert_eq!(world.run(&wat).outcome, Outcome::Completed);
    let wish = super::super::vfs::open::Wish { read: true, ..Default::default() };
    let root = super::super::vfs::path::GuestPath::default();
    assert!(mounts.open(&root, &same, wish).is_ok());
    fs::write(path.join("w/same"), "six").unwrap();
    assert_eq!(
        mounts.open(&root, &same, wish).unwrap_err(),
        super::super::stop::Stop::InputChanged(format!("/{same}")).into()
    );
}

#[test]
fn a_folder_that_leads_to_another_grant_stays_where_it_is() {
    let (_keep, path) = folder();
    fs::create_dir_all(path.join("w/ro/deep")).unwrap();
    fs::write(path.join("w/ro/deep/f"), "x").unwrap();
    let base = inside(&path.join("w"));
    let mut script = Script::new();
    let busy: &[i64] = &[10];
    script.rename(&format!("{base}/ro"), &format!("{base}/rw"), busy);
    script.path("path_remove_directory", &format!("{base}/ro"), busy);
    script.open(&format!("{base}/ro/deep/f"), 0, WRITE, 100, READ_ONLY);
    script.open(&format!("{base}/ro/g"), 0, READ, 100, NO_ENTRY);
    let deep = path.join("w/ro/deep");
    both(
        &World::new().share(&path.join("w"), Access::Write).share(&deep, Access::Read),
        &mut script,
    );
}

#[test]
fn grants_that_cannot_be_shown_are_refused_before_anything_runs() {
    use super::{Mounts, Shared};
    use crate::wasm::NotShared;
    let (_keep, path) = folder();
    symlink("/etc", path.join("link")).unwrap();
    let try_path = |path: &str| {
        let shared = [Shared { path: path.into(), access: Access::Read }];
        Mounts::open(&shared, Vec::new()).map(drop)
    };
    for bad in ["relative", "/a/../b", "/in", "/in/x", "/out", "/out/x", ""] {
        assert_eq!(try_path(bad), Err(NotShared::BadPath(bad.into())), "{bad}");
    }
    let link = format!("{}/link/apt", path.display());
    for bad in ["/no/such/folder", &link, "/dev/null"] {
        assert_eq!(try_path(bad), Err(NotShared::CannotOpen(bad.into())), "{bad}");
    }
    for bad in ["..", "a/b", ""] {
        let input = super::input(bad, b"");
        assert_eq!(Mounts::open(&[], vec![input]).map(drop), Err(NotShared::BadInput(bad.into())));
    }
}

#[test]
fn the_kernels_own_files_are_not_shown_under_any_grant() {
    use super::{Mounts, Shared};
    use crate::wasm::NotShared;
    for bad in ["/proc", "/proc/sys/kernel", "/sys"] {
        let shared = [Shared { path: bad.into(), access: Access::Read }];
        let told = Mounts::open(&shared, Vec::new()).map(drop);
        assert_eq!(told, Err(NotShared::CannotOpen(bad.into())), "{bad}");
    }
    let world = World::new().share(std::path::Path::new("/"), Access::Read);
    let mut script = Script::new();
    script.open("proc/sys/kernel/hostname", 0, READ, 100, &[2]);
    script.open("proc/version", 0, READ, 100, &[2]);
    script.open("etc/passwd", 0, READ, 100, OK);
    both(&world, &mut script);
    let world = World::new().share(std::path::Path::new("/"), Access::Write);
    let mut script = Script::new();
    script.open("proc/sys/kernel/hostname", 0, WRITE, 100, &[2]);
    assert_eq!(world.run(&script.wat()).denied.first, ["special: /proc/sys/kernel/hostname"]);
}
