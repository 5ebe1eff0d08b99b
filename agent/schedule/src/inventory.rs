//! What a node lends, and what a job takes of it.

use std::fmt;

use arch_document::quantity::{ByteSize, Cpu, GpuCount, Watts};
use arch_policy::Admitted;

/// What a node lends, in all or right now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Inventory {
    /// Processor time.
    pub cpu: Cpu,
    /// Memory.
    pub memory: ByteSize,
    /// Whole GPUs.
    pub gpu: GpuCount,
    /// Power.
    pub watts: Watts,
}

/// What one job reserves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Demand {
    /// Processor time.
    pub cpu: Cpu,
    /// Memory.
    pub memory: ByteSize,
    /// Whole GPUs.
    pub gpu: GpuCount,
    /// Power.
    pub watts: Watts,
}

/// Something of which there is too little.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lack {
    /// Which resource.
    pub what: Resource,
    /// What the job asks for, as people write it.
    pub asked: String,
    /// What there is.
    pub have: String,
}

/// The four things that are reserved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Resource {
    /// Processor time.
    Cpu,
    /// Memory.
    Memory,
    /// GPUs.
    Gpu,
    /// Power.
    Power,
}

impl Resource {
    /// Its place in a job's document.
    #[must_use]
    pub fn pointer(self) -> &'static str {
        match self {
            Self::Cpu => "/spec/resources/cpu",
            Self::Memory => "/spec/resources/memory",
            Self::Gpu => "/spec/resources/gpu",
            Self::Power => "/spec/resources/powerBudgetW",
        }
    }
}

impl Inventory {
    /// What is left without `demand`, or nothing if that would be less than none of something.
    #[must_use]
    pub fn without(&self, demand: &Demand) -> Option<Self> {
        Some(Self {
            cpu: Cpu::from_millicores(self.cpu.millicores().checked_sub(demand.cpu.millicores())?),
            memory: ByteSize::new(self.memory.bytes().checked_sub(demand.memory.bytes())?),
            gpu: GpuCount::new(self.gpu.count().checked_sub(demand.gpu.count())?),
            watts: Watts::new(self.watts.watts().checked_sub(demand.watts.watts())?),
        })
    }

    /// What there is once `demand` is given back.
    pub(crate) fn with(&self, demand: &Demand) -> Self {
        Self {
            cpu: Cpu::from_millicores(
                self.cpu.millicores().saturating_add(demand.cpu.millicores()),
            ),
            memory: ByteSize::new(self.memory.bytes().saturating_add(demand.memory.bytes())),
            gpu: GpuCount::new(self.gpu.count().saturating_add(demand.gpu.count())),
            watts: Watts::new(self.watts.watts().saturating_add(demand.watts.watts())),
        }
    }

    /// Everything of which `demand` asks for more than there is.
    #[must_use]
    pub fn lacks(&self, demand: &Demand) -> Vec<Lack> {
        [
            lack(Resource::Cpu, demand.cpu, self.cpu),
            lack(Resource::Memory, demand.memory, self.memory),
            lack(Resource::Gpu, demand.gpu, self.gpu),
            lack(Resource::Power, demand.watts, self.watts),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    /// The largest of the four shares that `demand` takes of this, in millionths.
    #[must_use]
    pub fn dominant_share(&self, demand: &Demand) -> u64 {
        [
            share(demand.cpu.millicores(), self.cpu.millicores()),
            share(demand.memory.bytes(), self.memory.bytes()),
            share(demand.gpu.count().into(), self.gpu.count().into()),
            share(demand.watts.watts().into(), self.watts.watts().into()),
        ]
        .into_iter()
        .max()
        .unwrap_or(0)
    }
}

impl Demand {
    /// What `job` reserves: what it asked for, and the policy allowed.
    ///
    /// A job that states no `powerBudgetW` takes none of the node's power, as one that states no GPU
    /// takes none: nothing measures or caps what a job draws, the budget bounds the sum of what owners
    /// declare. A default of our own would refuse every job on a node that lends no power.
    #[must_use]
    pub fn of(job: &Admitted) -> Self {
        let asked = &job.job().get().spec.resources;
        Self {
            cpu: asked.cpu,
            memory: asked.memory,
            gpu: asked.gpu,
            watts: asked.power_budget.unwrap_or_default(),
        }
    }
}

fn lack<T: Ord + fmt::Display>(what: Resource, asked: T, have: T) -> Option<Lack> {
    (asked > have).then(|| Lack { what, asked: asked.to_string(), have: have.to_string() })
}

fn share(asked: u64, have: u64) -> u64 {
    let millionths = u128::from(asked).saturating_mul(1_000_000);
    millionths
        .checked_div(u128::from(have))
        .map_or(0, |share| u64::try_from(share).unwrap_or(u64::MAX))
}

impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Cpu => "cpu",
            Self::Memory => "memory",
            Self::Gpu => "gpu",
            Self::Power => "power",
        })
    }
}

impl fmt::Display for Lack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} `{}` of `{}`", self.what, self.asked, self.have)
    }
}
