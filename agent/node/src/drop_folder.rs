//! The drop folder: whatever regular file appears there is taken in, once for every content.
//!
//! inotify says where to look, and nothing more: a lost or doubled event changes nothing, because
//! the folder is also read whole at the start, after an overflow, after a reload, and regularly.
//! Names do not matter; a document is known by its digest.

mod look;
mod seen;
mod watch;

use std::{ffi::OsString, path::PathBuf, sync::Arc, time::Duration};

use tokio::{sync::Notify, task::JoinSet, time};

use crate::pulse::Pulse;

pub use look::{Found, Verdict, is_ours};
use seen::Seen;
use watch::{Stir, Watch};

/// How many files are judged at once, so that their entries share a commit of the ledger.
const AT_ONCE: usize = 32;

/// How soon a file that may be half-written is looked at again.
const SOON: Duration = Duration::from_millis(500);

/// A drop folder and how it is read.
#[derive(Debug)]
pub struct DropFolder {
    /// Where it is.
    pub path: PathBuf,
    /// How often it is read whole.
    pub rescan: Duration,
}

/// Who judges a file. Called once for every content of a file, again for the same file only when it changed
/// or when the judge asked for it.
pub trait Judge: Send + Sync + 'static {
    /// Looks at the bytes of a file, or at why there are none.
    fn judge(&self, found: Found) -> impl Future<Output = Verdict> + Send;
}

impl DropFolder {
    /// Watches until the task is dropped. `anew` makes it look at every file again, `again` at those
    /// that are not settled; `pulse` beats for as long as that goes well.
    pub(crate) async fn watch<J: Judge>(
        self,
        judge: Arc<J>,
        anew: Arc<Notify>,
        again: Arc<Notify>,
        pulse: Pulse,
    ) {
        let mut seen = Seen::default();
        let mut watch = Watch::on(&self.path);
        self.whole(&judge, &mut seen, &pulse).await;
        loop {
            let soon = seen.next_look(self.rescan);
            let stirred = async {
                tokio::select! {
                    stir = watch.stirred() => stir,
                    () = anew.notified() => { seen.forget(); Stir::All }
                    () = again.notified() => Stir::All,
                    () = time::sleep(soon) => Stir::All,
                }
            };
            match pulse.waiting(stirred).await {
                Stir::Names(names) => self.some(names, &judge, &mut seen, &pulse).await,
                Stir::All => self.whole(&judge, &mut seen, &pulse).await,
                // The folder was moved or removed; perhaps another one takes its place.
                Stir::Gone => time::sleep(Duration::from_secs(1)).await,
            }
            if !watch.is_live() {
                watch = Watch::on(&self.path);
            }
        }
    }

    /// Looks at every file until none may be half-written any more.
    pub async fn read_until_settled<J: Judge>(&self, judge: &Arc<J>) {
        let mut seen = Seen::default();
        let nobodys = Pulse::of_nobody();
        self.whole(judge, &mut seen, &nobodys).await;
        while seen.has_unready() {
            time::sleep(SOON).await;
            self.whole(judge, &mut seen, &nobodys).await;
        }
    }

    async fn whole<J: Judge>(&self, judge: &Arc<J>, seen: &mut Seen, pulse: &Pulse) {
        let names = look::names(&self.path);
        seen.keep_only(&names);
        self.some(names.into_iter().map(|name| (name, false)), judge, seen, pulse).await;
    }

    async fn some<J: Judge>(
        &self,
        names: impl IntoIterator<Item = (OsString, bool)>,
        judge: &Arc<J>,
        seen: &mut Seen,
        pulse: &Pulse,
    ) {
        let mut looking = JoinSet::new();
        for (name, closed) in names {
            let path = self.path.join(&name);
            let Some(identity) = seen.should_look(&path, &name, closed) else { continue };
            if looking.len() >= AT_ONCE {
                seen.learn(pulse.working(looking.join_next()).await);
            }
            let half_written = seen.may_be_half_written(&identity, closed);
            let judge = Arc::clone(judge);
            looking.spawn(async move {
                let verdict = judge.judge(look::look(&path, &name, half_written)).await;
                (name, identity, verdict)
            });
        }
        while let Some(judged) = pulse.working(looking.join_next()).await {
            seen.learn(Some(judged));
        }
    }
}
