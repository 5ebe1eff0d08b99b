;; expect: OutOfFuel
;; Never ends. With more fuel than the wall time allows, the outcome is Deadline.
(module
  (memory (export "memory") 1)
  (func (export "_start") (loop $again (br $again))))
