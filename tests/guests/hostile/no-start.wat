;; expect: ModuleRefused
;; A valid module that is no program.
(module (memory (export "memory") 1))
