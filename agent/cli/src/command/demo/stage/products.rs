//! One product, shared by three shards and by nine.

use arch_document::Job;
use arch_identity::Digest;
use arch_matrix::Plan;

use super::{Stage, Troupe};
use crate::answer::Stop;
use crate::command::demo::audited;
use crate::command::demo::claim::claim;
use crate::command::demo::counted::{self, Proving};
use crate::command::demo::cover::{self, Cover};
use crate::command::demo::entries;
use crate::command::demo::jobs::{Draft, SignedJob};
use crate::command::demo::report::{JobTold, ProductTold};
use crate::documents;

/// How many share it, in one job after the other.
const SHARDS: [u32; 2] = [3, 9];

impl Stage {
    pub(super) fn products(
        &self,
        troupe: &mut Troupe,
        jobs: &mut Vec<JobTold>,
    ) -> Result<Vec<ProductTold>, Stop> {
        self.story.part("one product of two matrices, shared by three and by nine")?;
        self.story.tell(&self.factors.words())?;
        let mut products = Vec::new();
        for shards in SHARDS {
            self.story.tell("")?;
            let (told, product) = self.product(troupe, shards)?;
            jobs.push(told);
            products.push(product);
        }
        let mut digests: Vec<&String> =
            jobs.iter().filter_map(|job| job.outputs.get("product")).collect();
        let all = digests.len() == SHARDS.len();
        digests.dedup();
        let same = all && digests.len() == 1;
        claim(same, "three and nine shards gave different products")?;
        self.story.tell("\nthree and nine shards gave the same product, byte by byte")?;
        let proving = counted::read(&self.folder.path("state"))?;
        self.story.tell(&format!(
            "proofs: {}, digests that proofs are about: {}: nobody disputed anything",
            proving.proofs, proving.tile_digests
        ))?;
        let nothing = Proving { proofs: 0, tile_digests: 0, milliseconds: 0 };
        claim(proving == nothing, "an honest run asked for proofs")?;
        Ok(products)
    }

    fn product(&self, troupe: &mut Troupe, shards: u32) -> Result<(JobTold, ProductTold), Stop> {
        let name = format!("product-{shards}");
        let job = Draft::product(&self.factors, shards)?
            .named(&name)
            .sign(&format!("{name}.yaml"), &self.cast.issuer)?;
        let (plan, cover) = self.plan(&job)?;
        self.story.tell(&cover.words())?;
        let told = self.run(troupe, &job)?;
        let (state, product) = (self.folder.path("state"), self.factors.product);
        let entries = entries::read(&state, self.deadline)?;
        let audit = audited::read((&state, &entries), job.digest, &told, &plan, product)?;
        audit.tell(self.story)?;
        let product = ProductTold { job: told.digest.clone(), plan: cover, audit };
        Ok((told, product))
    }

    /// What the signed document says of who computes what: everybody can tell from it.
    pub(super) fn plan(&self, job: &SignedJob) -> Result<(Plan, Cover), Stop> {
        let document = documents::parse(&job.file, &job.text)?;
        let digest: Digest = document.digest();
        let read: Job = document.read().map_err(|problem| Stop::from(*problem))?;
        let matrix = read.spec.matrix();
        let matrix = matrix.ok_or_else(|| Stop::could_not("no product is asked for", "tell us"))?;
        cover::plan(&matrix.order(self.factors.shape, digest))
    }
}
