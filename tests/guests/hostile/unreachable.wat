;; expect: Trap
;; Ends itself the hard way.
(module
  (memory (export "memory") 1)
  (func (export "_start") unreachable))
