;; expect: Denied
;; Wants a function that no host of ours offers. The module itself is sound: what is refused is its
;; wish, so the outcome names the wish, as it does for a capability that was not granted.
(module
  (import "env" "system" (func $system (param i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "_start") (drop (call $system (i32.const 0)))))
