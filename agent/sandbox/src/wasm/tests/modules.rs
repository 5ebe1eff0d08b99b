//! Honest modules: streams, arguments, environment, inputs, outputs.

use arch_wire::executor::Outcome;

use super::World;
use super::script::{
    BUFFER, CREATE, EXISTS, FUNCTIONS, NO_ENTRY, NOT_EMPTY, OK, OUT, READ, ROOT, Script, WRITE,
};

#[test]
fn a_guest_prints_to_both_streams_and_ends_well() {
    let result = World::new().run(&Script::new().print(1, "hello\n").print(2, "talk\n").wat());
    assert_eq!(result.outcome, Outcome::Completed);
    assert_eq!((result.stdout, result.stderr), (b"hello\n".to_vec(), b"talk\n".to_vec()));
    assert!(result.fuel > 0 && result.peak_memory_bytes == 128 << 10);
}

#[test]
fn a_module_that_does_nothing_and_has_no_memory_runs() {
    let result = World::new().run("(module (func (export \"_start\")))");
    assert_eq!(result.outcome, Outcome::Completed);
}

#[test]
fn all_46_functions_are_there() {
    let mut script = Script::new();
    for (name, _) in FUNCTIONS {
        script.import(name);
    }
    assert_eq!(World::new().run(&script.wat()).outcome, Outcome::Completed);
}

#[test]
fn arguments_and_environment_are_those_given() {
    let mut world = World::new();
    world.args = vec!["guest".into(), "b c".into()];
    world.env.insert("KEY".into(), "value".into());
    let mut script = Script::new();
    script.call("args_sizes_get", &[OUT, OUT + 4], OK).show(OUT, 8);
    script.call("args_get", &[OUT, BUFFER], OK).show(BUFFER, 10);
    script.call("environ_sizes_get", &[OUT, OUT + 4], OK).show(OUT, 8);
    script.call("environ_get", &[OUT, BUFFER], OK).show(BUFFER, 10);
    let result = world.run(&script.wat());
    let expected = [&[2, 0, 0, 0, 10, 0, 0, 0], &b"guest\0b c\0"[..]].concat();
    let environment = [&[1, 0, 0, 0, 10, 0, 0, 0], &b"KEY=value\0"[..]].concat();
    assert_eq!(result.stdout, [expected, environment].concat());
}

#[test]
fn an_exit_code_is_an_outcome_of_its_own() {
    let leave = |code: i32| {
        let code = format!("(call $proc_exit (i32.const {code}))");
        World::new().run(&Script::new().raw(&code).wat()).outcome
    };
    assert_eq!(leave(3), Outcome::Exit { code: 3 });
    assert_eq!(leave(0), Outcome::Completed);
}

/// Runs a script as module and as component; both must end well.
pub(super) fn both(world: &World, script: &mut Script) -> [super::RunResult; 2] {
    let wat = script.wat();
    let results = [world.run(&wat), world.run_component(&wat)];
    for result in &results {
        let told = String::from_utf8_lossy(&result.stderr);
        assert_eq!(result.outcome, Outcome::Completed, "{told} {:?}", result.denied);
    }
    results
}

#[test]
fn inputs_can_be_read_and_not_written() {
    let world = World::new().input("a.txt", b"first").input("b", &[b'x'; 5000]);
    let mut script = Script::new();
    script.open("in/a.txt", 0, READ, 100, OK).cat(100);
    script.open("in/b", 0, READ, 104, OK).cat(104);
    script.open("in/c", 0, READ, 108, NO_ENTRY);
    script.open("in/a.txt", 0, READ | WRITE, 108, super::script::READ_ONLY);
    script.open("in/new", CREATE, WRITE, 108, super::script::READ_ONLY);
    for result in both(&world, &mut script) {
        assert_eq!(result.stdout, [&b"first"[..], &[b'x'; 5000]].concat());
        assert_eq!(result.denied.first, ["write: /in/a.txt", "write: /in/new"]);
        assert_eq!(result.reads, None);
    }
}

#[test]
fn what_is_written_to_out_becomes_the_outputs() {
    let mut script = Script::new();
    script.open("out/report", CREATE, WRITE, 100, OK).write(100, "one ", OK).write(100, "two", OK);
    script.on(100, "fd_close", &[], OK);
    script.path("path_create_directory", "out/d", OK);
    script.path("path_create_directory", "out/d", EXISTS);
    script.open("out/d/x", CREATE, WRITE, 104, OK).write(104, "x", OK);
    script.path("path_remove_directory", "out/d", NOT_EMPTY);
    script.rename("out/d/x", "out/y", OK).path("path_remove_directory", "out/d", OK);
    script.open("out/gone", CREATE, WRITE, 108, OK).path("path_unlink_file", "out/gone", OK);
    script.open("out/y", 0, READ, 112, OK).cat(112);
    for result in both(&World::new(), &mut script) {
        assert_eq!(result.stdout, b"x");
        let outputs: Vec<_> = result.outputs.iter().map(|(n, b)| (n.as_str(), &b[..])).collect();
        assert_eq!(outputs, [("report", &b"one two"[..]), ("y", b"x")]);
    }
}

#[test]
fn seeking_appending_and_cutting_work_as_in_posix() {
    let mut script = Script::new();
    let (path, long) = script.text("out/f");
    let append = [ROOT, 0, path, long, CREATE, READ | WRITE, 0, 1, 100];
    script.call("path_open", &append, OK).write(100, "abc", OK);
    script.on(100, "fd_seek", &[0, 0, OUT], OK).write(100, "def", OK);
    script.on(100, "fd_filestat_set_size", &[5], OK);
    script.on(100, "fd_seek", &[-2, 2, OUT], OK).cat(100);
    script.on(100, "fd_tell", &[OUT], OK).show(OUT, 8);
    for result in both(&World::new(), &mut script) {
        assert_eq!(result.outputs["f"], b"abcde");
        assert_eq!(result.stdout, b"de\x05\0\0\0\0\0\0\0");
    }
}

#[test]
fn the_root_shows_only_what_is_mounted() {
    let mut script = Script::new();
    script.open(".", 2, READ, 100, OK).list(100);
    let result = World::new().run(&script.wat());
    let text = String::from_utf8_lossy(&result.stdout).into_owned();
    assert!(text.contains("in") && text.contains("out"));
    assert_eq!(result.stdout.len(), 4 * 24 + 1 + 2 + 2 + 3);
}

#[test]
fn a_start_section_belongs_to_the_run() {
    let wat = "(module (func $s unreachable) (start $s) (func (export \"_start\")))";
    assert_eq!(World::new().run(wat).outcome, Outcome::Trap { kind: "unreachable".into() });
}

#[test]
fn bad_addresses_are_told_and_nothing_happens() {
    let mut script = Script::new();
    let fault: &[i64] = &[21];
    script.call("random_get", &[131_070, 10], fault);
    script.call("fd_write", &[1, 131_068, 1, OUT], fault);
    script.call("args_sizes_get", &[-1, OUT], fault);
    script.call("fd_write", &[1, 0, -1, OUT], OK); // at most 1,024 empty buffers are taken
    script.call("fd_write", &[99, 0, 0, OUT], &[8]);
    script.call("sock_shutdown", &[1, 0], &[57]);
    assert_eq!(World::new().run(&script.wat()).outcome, Outcome::Completed);
}

#[test]
fn descriptors_run_out_without_harm() {
    let mut script = Script::new();
    let (path, long) = script.text("in/a");
    script.import("path_open");
    let open = format!(
        "(call $path_open (i32.const 3) (i32.const 0) (i32.const {path}) (i32.const {long}) \
         (i32.const 0) (i64.const {READ}) (i64.const 0) (i32.const 0) (i32.const {OUT}))"
    );
    script.raw(&format!("(loop $l (br_if $l (i32.eqz {open})))"));
    script.raw(&format!("(if (i32.ne {open} (i32.const 33)) (then unreachable))"));
    let result = World::new().input("a", b"x").run(&script.wat());
    assert_eq!(result.outcome, Outcome::Completed);
}
