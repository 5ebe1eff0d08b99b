;; expect: TableCap
;; Takes table elements until they are refused, and then cannot go on.
(module
  (memory (export "memory") 1)
  (table $t 1 funcref)
  (func (export "_start")
    (loop $again
      (br_if $again
        (i32.ne (table.grow $t (ref.null func) (i32.const 1024)) (i32.const -1))))
    unreachable))
