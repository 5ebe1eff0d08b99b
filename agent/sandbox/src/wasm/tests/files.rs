//! What the file system tells of files is made from paths, not from the node.

use std::fs;

use super::modules::both;
use super::script::{OK, OUT, READ, Script};
use super::{Access, World};

#[test]
fn facts_of_a_file_do_not_depend_on_where_and_when_it_was_made() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().canonicalize().unwrap();
    let facts = || {
        fs::write(path.join("f"), "x").unwrap();
        let mut script = Script::new();
        let name = path.join("f").to_str().unwrap().trim_start_matches('/').to_owned();
        let (at, long) = script.text(&name);
        script.call("path_filestat_get", &[3, 0, at, long, OUT], OK).show(OUT, 64);
        script.open(&name, 0, READ, 200, OK).on(200, "fd_filestat_get", &[OUT], OK).show(OUT, 64);
        World::new().share(&path, Access::Read).run(&script.wat()).stdout
    };
    let before = facts();
    fs::remove_file(path.join("f")).unwrap();
    fs::write(path.join("other"), "takes the inode").unwrap();
    assert_eq!(before, facts());
    assert_eq!(before[..64], before[64..]);
    assert!(before[40..64].iter().all(|b| *b == 0), "times are zero");
    assert!(before[8..16].iter().any(|b| *b != 0), "the inode is a number");
}

#[test]
fn one_folder_is_listed_in_pieces_as_in_one() {
    let mut script = Script::new();
    script.open(".", 2, READ, 100, OK);
    // 27 bytes: `.` and the head of `..`; the next piece starts at the second entry
    script.on(100, "fd_readdir", &[OUT, 27, 0, 200], OK).show(OUT, 25).show(200, 4);
    script.on(100, "fd_readdir", &[OUT, 26, 1, 200], OK).show(OUT + 24, 2);
    let result = World::new().run(&script.wat());
    assert_eq!(result.stdout[24], b'.');
    assert_eq!(result.stdout[25..29], 27_u32.to_le_bytes());
    assert_eq!(&result.stdout[29..], b"..");
}

#[test]
fn streams_are_no_terminals_and_stdin_is_empty() {
    let mut script = Script::new();
    script.call("fd_fdstat_get", &[1, OUT], OK).show(OUT, 1);
    script
        .raw("(i32.store (i32.const 0) (i32.const 40000)) (i32.store (i32.const 4) (i32.const 9))");
    script.call("fd_read", &[0, 0, 1, OUT], OK).show(OUT, 4);
    let [module, _] = both(&World::new(), &mut script);
    assert_eq!(module.stdout, [0; 5]);
}
