//! Requests and claims for tests.

use std::collections::BTreeMap;

use arch_identity::Digest;
use proptest::{collection::vec, prelude::*};

use arch_matrix::file::{Dtype, Stored};
use arch_matrix::{Format, Part, Splits};

use super::{
    Blob, Claim, Denied, Inline, InputFile, Isolation, LimitKind, Limits, MultiplyRequest, Outcome,
    RunRequest,
};

pub(crate) fn plain_request() -> RunRequest {
    RunRequest {
        run: 1,
        module: Digest::of(b"module"),
        args: Vec::new(),
        env: BTreeMap::new(),
        inputs: Vec::new(),
        grants: Vec::new(),
        outputs: Vec::new(),
        limits: Limits {
            fuel: 1,
            wall_millis: 2,
            memory_bytes: 3,
            table_elements: 4,
            instances: 5,
            output_bytes: 6,
            host_calls: 7,
            write_bytes: 8,
            write_entries: 9,
            read_bytes: 10,
            compile_millis: 11,
            module_bytes: 12,
        },
        seed: Digest::of(b"seed"),
        isolation: Isolation::Process,
    }
}

pub(crate) fn plain_multiply() -> MultiplyRequest {
    MultiplyRequest {
        run: 1,
        format: Format::I8,
        a: Stored { dtype: Dtype::I8, rows: 6, columns: 4, offset: 128 },
        b: Stored { dtype: Dtype::I8, rows: 4, columns: 5, offset: 64 },
        splits: Splits::even(2),
        part: Part::Row { index: 1 },
        memory_bytes: 1 << 20,
        first: 0,
        count: 1,
        wall_millis: 1_000,
    }
}

pub(crate) fn multiply() -> impl Strategy<Value = MultiplyRequest> {
    (any::<[u64; 6]>(), 1_u32..9, any::<u32>()).prop_map(
        |([run, rows, memory_bytes, first, count, wall_millis], parts, index)| {
            let plain = plain_multiply();
            let a = Stored { rows, ..plain.a };
            let (splits, part) = (Splits::even(parts), Part::Reduction { index });
            MultiplyRequest {
                run,
                a,
                splits,
                part,
                memory_bytes,
                first,
                count,
                wall_millis,
                ..plain
            }
        },
    )
}

pub(crate) fn all_outcomes() -> Vec<Outcome> {
    let text = || "words".to_owned();
    vec![
        Outcome::Completed,
        Outcome::Exit { code: -3 },
        Outcome::OutOfFuel,
        Outcome::Deadline,
        Outcome::MemoryCap,
        Outcome::TableCap,
        Outcome::InstanceCap,
        Outcome::OutputCap,
        Outcome::HostCallCap,
        Outcome::WriteCap,
        Outcome::ReadCap,
        Outcome::StackOverflow,
        Outcome::Trap { kind: text() },
        Outcome::Denied { what: text() },
        Outcome::ModuleRefused { why: text() },
        Outcome::CompileCap,
        Outcome::InputChanged { path: text() },
        Outcome::OperandUnusable { why: text() },
        Outcome::Cancelled,
        Outcome::WorkerLost { why: text() },
    ]
}

pub(crate) fn request() -> impl Strategy<Value = RunRequest> {
    let isolation = prop_oneof![
        Just(Isolation::Process),
        ".{0,20}".prop_map(|owner| Isolation::Shared { owner }),
    ];
    let input = (".{0,20}", any::<u64>(), any::<[u8; 32]>()).prop_map(|(name, size, digest)| {
        InputFile { name, size, digest: Digest::from_bytes(digest) }
    });
    (any::<u64>(), vec(".{0,20}", 0..4), vec(input, 0..4), any::<u64>(), isolation).prop_map(
        |(run, args, inputs, fuel, isolation)| {
            let plain = plain_request();
            let limits = Limits { fuel, ..plain.limits.clone() };
            RunRequest { run, args, inputs, limits, isolation, ..plain }
        },
    )
}

pub(crate) fn claim() -> impl Strategy<Value = Claim> {
    let few = prop::option::of(vec(any::<u8>(), 0..50));
    let blob =
        (".{0,20}", any::<u64>(), any::<[u8; 32]>(), few).prop_map(|(name, size, digest, few)| {
            Blob {
                name,
                size,
                digest: Digest::from_bytes(digest),
                bytes: few.and_then(|few| Inline::of(&few)),
            }
        });
    let outcome = prop::sample::select(all_outcomes());
    (outcome, any::<[u64; 4]>(), vec(blob.clone(), 0..4), prop::option::of(blob)).prop_map(
        |(outcome, [fuel, cpu_millis, peak_memory_bytes, wall_millis], outputs, reads)| Claim {
            outcome,
            fuel,
            cpu_millis,
            peak_memory_bytes,
            wall_millis,
            outputs,
            reads,
            limits_hit: vec![LimitKind::Memory],
            denied: Denied { count: fuel, first: vec!["escape: /a + ../b".to_owned()] },
        },
    )
}
