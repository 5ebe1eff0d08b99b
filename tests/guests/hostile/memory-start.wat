;; expect: MemoryCap
;; Asks for 4 GiB before its first instruction.
(module
  (memory (export "memory") 65536)
  (func (export "_start")))
