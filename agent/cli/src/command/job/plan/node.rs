//! The node as its folders show it: root, policy, settings, and the ledger if it may be read.

use std::path::{Path, PathBuf};

use arch_document::{Moment, NoHistory, TrustRoot};
use arch_policy::{ActivePolicy, Facts, Here, Policy, Quorum};
use arch_problem::Problem;

use crate::answer::Stop;
use crate::ledger_folder::{Known, LedgerFolder};
use crate::node_settings::NodeSettings;
use crate::{documents, trust};

/// What a plan is made upon.
pub(super) struct Node {
    pub(super) config: PathBuf,
    pub(super) settings: NodeSettings,
    pub(super) moment: Moment,
    pub(super) root: TrustRoot,
    /// The policy, or why it would not be in force.
    pub(super) policy: Result<ActivePolicy, Problem>,
    pub(super) ledger: Option<Known>,
}

impl Node {
    pub(super) fn load(config: &Path, state: Option<&Path>) -> Result<Self, Stop> {
        let settings = NodeSettings::load(config)?;
        let ledger = state.map(|state| LedgerFolder::open(&state.join("ledger"))).transpose()?;
        let ledger = ledger.map(|ledger| ledger.known()).transpose()?;
        let moment = trust::moment(ledger.as_ref().and_then(Known::newest_time))?;
        let root = trust::in_force(config, settings.trust_root, &moment)?;
        let policy = documents::read(&config.join("policy.yaml"))?;
        let node = ledger.as_ref().and_then(Known::node).unwrap_or_default();
        let groups: Vec<String> = settings.groups.iter().cloned().collect();
        let here = Here { node: &node, groups: &groups };
        let policy = root
            .verify::<Policy>(policy, &moment, &NoHistory)
            .map_err(|refusal| Box::new(refusal.problem))
            .and_then(|policy| ActivePolicy::activate(policy, here))
            .map_err(|problem| *problem);
        let config = config.to_path_buf();
        Ok(Self { config, settings, moment, root, policy, ledger })
    }

    pub(super) fn facts(&self) -> Facts {
        Facts {
            node: self.ledger.as_ref().and_then(Known::node).unwrap_or_default(),
            groups: self.settings.groups.iter().cloned().collect(),
            now: self.moment.now(),
            runtimes: vec![arch_document::Runtime::Wasm],
            gpus: self.settings.inventory().gpu,
            policy_quorum: self.quorum(),
            completed: self.ledger.as_ref().map(Known::completed).unwrap_or_default(),
            known: self.settings.facts.clone(),
        }
    }

    /// Who must sign a change of the policy.
    fn quorum(&self) -> Option<Quorum> {
        let mut roles = self.root.root().spec.roles.values();
        let role = roles.find(|role| role.kinds.contains(&arch_document::Kind::Policy))?;
        let of = u32::try_from(role.keys.len()).unwrap_or(u32::MAX);
        Some(Quorum { need: role.threshold, of })
    }
}
