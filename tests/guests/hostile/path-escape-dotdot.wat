;; expect: Completed
;; Tries to open files outside its folders, through each folder it has, by `..` and by absolute
;; paths. Code 66 if one opens, 65 if nothing opens at all; ends well if all of these are refused.
(module
  (import "wasi_snapshot_preview1" "args_sizes_get"
    (func $args_sizes_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "args_get" (func $args_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_open"
    (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 1056) "in")
  (data (i32.const 1064) "out")
  (data (i32.const 1072) "good")
  (data (i32.const 0) "../etc/passwd")
  (data (i32.const 64) "../../../../../../../../etc/passwd")
  (data (i32.const 128) "/etc/passwd")
  (data (i32.const 192) "a/../../etc/passwd")
  (data (i32.const 256) "..")
  (data (i32.const 320) "/proc/self/root/etc/passwd")
  (data (i32.const 384) "./.././../etc/passwd")
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
    (if (call $path_open (i32.const 3) (i32.const 0) (local.get $name) (local.get $length)
          (i32.const 2) (i64.const -67) (i64.const -1) (i32.const 0) (i32.const 1048))
      (then (call $proc_exit (i32.const 65)))))
  ;; What may be opened does open, in the last of these folders: `good`, read or else made.
  (func $allowed
    (if (call $path_open (i32.load (i32.const 1048)) (i32.const 1) (i32.const 1072) (i32.const 4)
          (i32.const 0) (i64.const 2) (i64.const 2) (i32.const 0) (i32.const 1024))
      (then
        (if (call $path_open (i32.load (i32.const 1048)) (i32.const 1) (i32.const 1072) (i32.const 4)
              (i32.const 1) (i64.const 64) (i64.const 64) (i32.const 0) (i32.const 1024))
          (then (call $proc_exit (i32.const 65)))))))
  (func $refused (param $at i32) (param $length i32) (local $folder i32)
    (local.set $folder (i32.const 3))
    (loop $next
      ;; rights: fd_read = 2; lookup flags 1 = follow links
      (if (i32.eqz
            (call $path_open (local.get $folder) (i32.const 1) (local.get $at) (local.get $length)
              (i32.const 0) (i64.const 2) (i64.const 2) (i32.const 0) (i32.const 1024)))
        (then (call $proc_exit (i32.const 66))))
      (local.set $folder (i32.add (local.get $folder) (i32.const 1)))
      (br_if $next (i32.lt_s (local.get $folder) (i32.const 10)))))
  (func (export "_start")
    (call $enter)
    (call $allowed)
    (call $refused (i32.const 0) (i32.const 13))
    (call $refused (i32.const 64) (i32.const 34))
    (call $refused (i32.const 128) (i32.const 11))
    (call $refused (i32.const 192) (i32.const 18))
    (call $refused (i32.const 256) (i32.const 2))
    (call $refused (i32.const 320) (i32.const 26))
    (call $refused (i32.const 384) (i32.const 20))))
