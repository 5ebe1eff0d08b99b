;; expect: Completed
;; Makes symbolic and hard links to what lies outside and tries to open through them, in each of
;; its folders; also through `link`, which a test plants in a granted folder as a link to a file
;; outside, and `link-out`, a link to a folder. Code 66 if something opens that should not, 65 if nothing opens
;; at all; ends well if all of this is refused.
(module
  (import "wasi_snapshot_preview1" "args_sizes_get"
    (func $args_sizes_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "args_get" (func $args_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_symlink"
    (func $path_symlink (param i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_link"
    (func $path_link (param i32 i32 i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_open"
    (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 1056) "in")
  (data (i32.const 1064) "out")
  (data (i32.const 1072) "good")
  (data (i32.const 0) "/etc")
  (data (i32.const 64) "made-link")
  (data (i32.const 128) "made-link/passwd")
  (data (i32.const 192) "link-out/passwd")
  (data (i32.const 256) "link")
  (data (i32.const 320) "../etc/passwd")
  (data (i32.const 384) "made-name")
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
  (func $refused (param $folder i32) (param $at i32) (param $length i32)
    (if (i32.eqz
          (call $path_open (local.get $folder) (i32.const 1) (local.get $at) (local.get $length)
            (i32.const 0) (i64.const 2) (i64.const 2) (i32.const 0) (i32.const 1024)))
      (then (call $proc_exit (i32.const 66)))))
  (func (export "_start") (local $folder i32)
    (call $enter)
    (call $allowed)
    (local.set $folder (i32.const 3))
    (loop $next
      (drop (call $path_symlink (i32.const 0) (i32.const 4) (local.get $folder) (i32.const 64) (i32.const 9)))
      (drop (call $path_link (local.get $folder) (i32.const 1) (i32.const 320) (i32.const 13)
        (local.get $folder) (i32.const 384) (i32.const 9)))
      (call $refused (local.get $folder) (i32.const 128) (i32.const 16))
      (call $refused (local.get $folder) (i32.const 192) (i32.const 15))
      (call $refused (local.get $folder) (i32.const 256) (i32.const 4))
      (call $refused (local.get $folder) (i32.const 384) (i32.const 9))
      (local.set $folder (i32.add (local.get $folder) (i32.const 1)))
      (br_if $next (i32.lt_s (local.get $folder) (i32.const 10))))))
