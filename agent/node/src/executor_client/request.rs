//! From a placed job to the message that asks for its run.

use arch_document::{Isolation as Asked, Job};
use arch_policy::Limits as Allowed;
use arch_schedule::Placed;
use arch_wire::executor::{Isolation, Limits, RunRequest, STREAMS};

use crate::supplies::Supplies;

pub(super) fn of(run: u64, placed: &Placed, supplies: &Supplies) -> RunRequest {
    let admitted = placed.job();
    let job: &Job = admitted.job().get();
    let outputs = job.spec.outputs.keys();
    RunRequest {
        run,
        module: supplies.module_digest(),
        args: (job.spec.image.iter().map(|image| image.name().to_owned()))
            .chain(job.spec.args.iter().cloned())
            .collect(),
        env: job.spec.env.clone(),
        inputs: supplies.inputs(),
        // Only what the policy gave; a guest in wasm has no network to be let into.
        grants: admitted.grants().iter().filter(|grant| !grant.is_net()).cloned().collect(),
        outputs: outputs.filter(|name| !STREAMS.contains(&name.as_str())).cloned().collect(),
        limits: limits(admitted.limits()),
        seed: job.seed(admitted.digest()),
        isolation: match admitted.isolation() {
            Asked::Process => Isolation::Process,
            Asked::Shared => Isolation::Shared { owner: admitted.owner().to_owned() },
        },
    }
}

/// Field by field, so that a new limit of one side cannot be forgotten on the other.
fn limits(allowed: &Allowed) -> Limits {
    let Allowed {
        fuel,
        wall_millis,
        memory_bytes,
        table_elements,
        instances,
        output_bytes,
        host_calls,
        write_bytes,
        write_entries,
        read_bytes,
        compile_millis,
        module_bytes,
    } = *allowed;
    Limits {
        fuel,
        wall_millis,
        memory_bytes,
        table_elements,
        instances,
        output_bytes,
        host_calls,
        write_bytes,
        write_entries,
        read_bytes,
        compile_millis,
        module_bytes,
    }
}
