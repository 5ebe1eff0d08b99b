//! The node as its folders show it: root, policy, settings, and the ledger if it may be read.

use std::path::{Path, PathBuf};

use arch_document::{History, Moment, NoHistory, Runtime, TrustRoot};
use arch_policy::{ActivePolicy, Facts, Here, Policy, Quorum};
use arch_problem::Problem;

use crate::answer::Stop;
use crate::ledger_folder::{Known, LedgerFolder};
use crate::node_settings::NodeSettings;
use crate::{documents, trust};

/// What a plan is made upon.
pub(super) struct Node {
    pub(super) config: PathBuf,
    pub(super) state: Option<PathBuf>,
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
        let ledger = state.map(LedgerFolder::known_below).transpose()?;
        let moment = trust::moment(ledger.as_ref().and_then(Known::newest_time))?;
        let history: &dyn History = match &ledger {
            Some(known) => known,
            None => &NoHistory,
        };
        let root = trust::in_force(config, state, settings.trust_root, &moment, history)?;
        let policy = documents::read(&config.join("policy.yaml"))?;
        let node = ledger.as_ref().and_then(Known::node).unwrap_or_default();
        let groups: Vec<String> = settings.groups.iter().cloned().collect();
        let here = Here { node: &node, groups: &groups };
        let policy = root
            .verify::<Policy>(policy, &moment, history)
            .map_err(|refusal| Box::new(refusal.problem))
            .and_then(|policy| ActivePolicy::activate(policy, here))
            .map_err(|problem| *problem);
        let (config, state) = (config.to_path_buf(), state.map(Path::to_path_buf));
        Ok(Self { config, state, settings, moment, root, policy, ledger })
    }

    pub(super) fn facts(&self) -> Facts {
        Facts {
            node: self.ledger.as_ref().and_then(Known::node).unwrap_or_default(),
            groups: self.settings.groups.iter().cloned().collect(),
            now: self.moment.now(),
            runtimes: vec![Runtime::Wasm, Runtime::Matrix],
            gpus: self.settings.inventory().gpu,
            policy_quorum: self.quorum(),
            completed: self.ledger.as_ref().map(Known::completed).unwrap_or_default(),
            known: self.settings.facts.clone(),
        }
    }

    /// Who must sign a change of the policy.
    fn quorum(&self) -> Option<Quorum> {
        let roles = self.root.root().spec.roles.values();
        let role = roles
            .filter(|role| role.kinds.contains(&arch_document::Kind::Policy))
            .min_by_key(|role| role.threshold)?;
        let of = u32::try_from(role.keys.len()).unwrap_or(u32::MAX);
        Some(Quorum { need: role.threshold, of })
    }
}
