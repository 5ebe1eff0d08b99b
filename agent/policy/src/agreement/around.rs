//! Random nodes, roles and signers.

use arch_campaign::Case as Drawn;
use arch_document::{Job, Runtime, quantity::GpuCount};
use arch_identity::Digest;
use proptest::{prelude::*, sample::select};
use serde_json::{Value, json};

use super::names::*;
use crate::{
    Fact, Facts, PolicySpec,
    case::{Case, RoleCaps},
    oracle::World,
};

/// Everything else that a decision depends upon.
#[derive(Debug, Clone)]
pub(super) struct Around {
    roles: Vec<Option<Vec<String>>>,
    signers: Vec<String>,
    groups: Vec<String>,
    runtimes: Vec<&'static str>,
    gpus: u32,
    known: Value,
    completed: Vec<String>,
}

pub(super) const NOW: &str = "2026-11-23T00:00:00Z";

pub(super) fn around() -> impl Strategy<Value = Around> {
    let all = vec!["wasm", "oci", "matrix"];
    let runtimes = select(vec![all.clone(), all, vec!["wasm"], vec!["wasm", "matrix"], vec![]]);
    let wide = ["read:/", "write:/", "egress:443", "egress:80", "egress:25"];
    let wide = wide.map(str::to_owned).to_vec();
    let role = prop_oneof![
        4 => Just(Some(wide)),
        1 => Just(None),
        2 => list_of(&GRANTS, 4).prop_map(Some),
    ];
    let price = proptest::option::of(prop_oneof![decimal(), (-2..3_i64).prop_map(|n| json!(n))]);
    let known = (-2..3_i64, select(&["x86_64", "arm"][..]), any::<bool>(), price);
    (
        proptest::collection::vec(role, 1..3),
        list_of(&["ann", "bob"], 2),
        list_of(&["lab"], 1),
        runtimes,
        0..3_u32,
        known,
    )
        .prop_map(|(roles, signers, groups, runtimes, gpus, (hops, arch, green, price))| {
            let mut known = json!({ "hops": hops, "cpu.arch": arch, "green": green });
            if let Some(price) = price {
                known["price"] = price;
            }
            let completed = vec![DONE.to_owned()];
            Around { roles, signers, groups, runtimes, gpus, known, completed }
        })
}

impl Around {
    pub(super) fn facts(&self) -> Facts {
        let runtime = |name: &&str| serde_json::from_value::<Runtime>(json!(name)).unwrap();
        let fact = |(key, value): (&String, &Value)| {
            (key.clone(), serde_json::from_value::<Fact>(value.clone()).unwrap())
        };
        Facts {
            node: NODE.to_owned(),
            groups: self.groups.clone(),
            now: NOW.parse().unwrap(),
            runtimes: self.runtimes.iter().map(runtime).collect(),
            gpus: GpuCount::new(self.gpus),
            policy_quorum: None,
            completed: [DONE.parse().unwrap()].into(),
            known: self.known.as_object().unwrap().iter().map(fact).collect(),
        }
    }

    pub(super) fn roles(&self) -> Vec<RoleCaps> {
        let role = |(i, caps): (usize, &Option<Vec<String>>)| RoleCaps {
            role: format!("role{i}"),
            caps: caps.as_ref().map(|caps| caps.iter().map(|cap| cap.parse().unwrap()).collect()),
            place: None,
        };
        self.roles.iter().enumerate().map(role).collect()
    }

    /// The same, with one of the roles poorer by one cap, or with caps where it had none.
    pub(super) fn with_poorer_role(&self, case: &mut Drawn) -> Self {
        let mut poorer = self.clone();
        let at = case.index(poorer.roles.len());
        if let Some(role) = poorer.roles.get_mut(at) {
            match role {
                Some(caps) if !caps.is_empty() => drop(caps.remove(case.index(caps.len()))),
                Some(_) => {}
                None => *role = Some(vec!["read:/".to_owned(), "egress:443".to_owned()]),
            }
        }
        poorer
    }

    pub(super) fn decide<T>(
        &self,
        policy: &Value,
        job: &Value,
        look: impl FnOnce(&Case<'_>) -> T,
    ) -> T {
        let policy: PolicySpec = serde_json::from_value(policy.clone()).unwrap();
        let job: Job = serde_json::from_value(job.clone()).unwrap();
        let (roles, facts) = (self.roles(), self.facts());
        look(&Case {
            policy: &policy,
            job: &job,
            digest: Digest::of(b"a job"),
            roles: &roles,
            signers: &self.signers,
            facts: &facts,
            tells: true,
        })
    }

    pub(super) fn world<'a>(&'a self, digest: &'a str) -> World<'a> {
        World {
            node: NODE,
            groups: &self.groups,
            now: NOW,
            runtimes: &self.runtimes,
            gpus: self.gpus.into(),
            known: &self.known,
            roles: &self.roles,
            signers: &self.signers,
            digest,
            completed: &self.completed,
        }
    }
}
