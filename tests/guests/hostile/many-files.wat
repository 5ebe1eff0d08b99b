;; expect: OutputCap
;; Makes one empty file after the other in /out: names alone must not flood either. With the path of
;; a write grant as argument it makes them there, and the outcome is WriteCap (entries).
(module
  (import "wasi_snapshot_preview1" "args_sizes_get"
    (func $args_sizes_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "args_get" (func $args_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_open"
    (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_close" (func $fd_close (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 1056) "in")
  (data (i32.const 1064) "out")
  (global $folder (mut i32) (i32.const 16))
  (global $count (mut i32) (i32.const 0))
  ;; Opens /in, /out and the folder given as last argument, if one is: 4, 5 and 6 beside 3, the root.
  (func $enter (local $at i32)
    (drop (call $args_sizes_get (i32.const 1040) (i32.const 1044)))
    (drop (call $args_get (i32.const 2048) (i32.const 4096)))
    (call $folder (i32.const 1056) (i32.const 2))
    (call $folder (i32.const 1064) (i32.const 3))
    ;; The last argument ends one byte (its zero) before the end of all of them.
    (local.set $at
      (i32.load (i32.add (i32.const 2044) (i32.mul (i32.const 4) (i32.load (i32.const 1040))))))
    (if (i32.eq (i32.load8_u (local.get $at)) (i32.const 47))
      (then
        (call $folder (i32.add (local.get $at) (i32.const 1))
          (i32.sub (i32.sub (i32.add (i32.const 4096) (i32.load (i32.const 1044))) (local.get $at))
            (i32.const 2))))))
  ;; O_DIRECTORY = 2; all rights but fd_read and fd_write
  (func $folder (param $name i32) (param $length i32)
    (drop (call $path_open (i32.const 3) (i32.const 0) (local.get $name) (local.get $length)
      (i32.const 2) (i64.const -67) (i64.const -1) (i32.const 0) (i32.const 1048))))
  ;; The count as eight letters a to p at 64.
  (func $name (local $i i32) (local $rest i32)
    (local.set $rest (global.get $count))
    (loop $next
      (i32.store8 (i32.add (i32.const 64) (local.get $i))
        (i32.add (i32.const 97) (i32.and (local.get $rest) (i32.const 15))))
      (local.set $rest (i32.shr_u (local.get $rest) (i32.const 4)))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $next (i32.lt_s (local.get $i) (i32.const 8)))))
  (func $make (result i32)
    (call $name)
    (call $path_open (global.get $folder) (i32.const 0) (i32.const 64) (i32.const 8)
      (i32.const 1) (i64.const 64) (i64.const 64) (i32.const 0) (i32.const 32)))
  (func (export "_start")
    (call $enter)
    (loop $next
      (global.set $folder (i32.sub (global.get $folder) (i32.const 1)))
      (if (i32.lt_s (global.get $folder) (i32.const 3)) (then (call $proc_exit (i32.const 65))))
      (br_if $next (call $make)))
    (loop $again
      (drop (call $fd_close (i32.load (i32.const 32))))
      (global.set $count (i32.add (global.get $count) (i32.const 1)))
      (br_if $again (i32.eqz (call $make))))
    (call $proc_exit (i32.const 66))))
