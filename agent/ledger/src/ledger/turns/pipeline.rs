//! Turns under way, as the thread has them that makes batches ready.

use std::io;
use std::sync::mpsc::{self, Receiver, Sender, SyncSender};

use arch_identity::Timestamp;

use super::{End, Said, Turn, Unanchored};
use crate::growth::Growth;
use crate::ledger::batch::Prepared;
use crate::ledger::file::{Place, Unwritten};
use crate::ledger::publish::{Publication, Published};
use crate::record::Record;

/// Bytes, and where they go.
type ToWrite = (u64, Vec<u8>);
type Written = Result<(), Unwritten>;
type Shown = (Publication, io::Result<String>);

/// The thread that writes batches.
pub(super) struct Disk {
    batches: SyncSender<ToWrite>,
    written: Receiver<Written>,
}

/// The thread that writes tiles and checkpoints, one publication at a time.
pub(super) struct Publisher {
    publications: SyncSender<Publication>,
    shown: Receiver<Shown>,
    /// When the one under way was asked for.
    under_way: Option<Timestamp>,
    /// The one that did not get there; nothing is begun after it.
    failed: Option<(Timestamp, io::Error)>,
}

impl Disk {
    /// With the ends of the channels that the thread has.
    pub(super) fn new() -> (Self, Receiver<ToWrite>, Sender<Written>) {
        let (batches, to_write) = mpsc::sync_channel(1);
        let (tell, written) = mpsc::channel();
        (Self { batches, written }, to_write, tell)
    }
}

impl Publisher {
    /// With the ends of the channels that the thread has.
    pub(super) fn new() -> (Self, Receiver<Publication>, Sender<Shown>) {
        let (publications, to_show) = mpsc::sync_channel(1);
        let (tell, shown) = mpsc::channel();
        (Self { publications, shown, under_way: None, failed: None }, to_show, tell)
    }
}

pub(super) struct Pipeline<'a> {
    pub(super) growth: &'a mut Growth,
    pub(super) published: &'a mut Published,
    /// Where the journal ends for memory.
    pub(super) place: &'a mut Place,
    pub(super) disk: Disk,
    pub(super) publisher: Publisher,
}

/// A batch that was handed to the disk, and where the journal ends with it.
type OnItsWay = (Prepared, Place);

impl Pipeline<'_> {
    /// Until there is no further batch, or something does not get to the disk.
    pub(super) fn run(
        mut self,
        next: &mut impl FnMut() -> Option<Turn>,
        done: &mut impl FnMut(Said),
    ) -> End {
        let end = self.batches(next, done);
        if self.publisher.under_way.is_some() {
            let shown = self.publisher.shown.recv();
            self.hear(shown.ok());
        }
        match (end, self.publisher.failed) {
            (End::Over, Some((now, error))) => End::Unpublished(now, error),
            // What failed there is tried again with the next publication.
            (end, _) => end,
        }
    }

    fn batches(
        &mut self,
        next: &mut impl FnMut() -> Option<Turn>,
        done: &mut impl FnMut(Said),
    ) -> End {
        let mut on_its_way: Option<OnItsWay> = None;
        loop {
            let (mut behind, mut said) = (None, None);
            let asked = self.next_batch(next);
            let over = asked.is_none();
            if let Some((now, records)) = asked {
                match self.send(on_its_way.as_ref(), now, records) {
                    Ok(Some(batch)) => behind = Some(batch),
                    Ok(None) => said = Some(Ok(Vec::new())),
                    Err(refusal) => said = Some(Err(refusal)),
                }
            }
            if on_its_way.is_some() {
                let gone = || Err(Unwritten::Unknown(io::ErrorKind::BrokenPipe.into()));
                if let Err(why) = self.disk.written.recv().unwrap_or_else(|_| gone()) {
                    let batches = on_its_way.into_iter().chain(behind);
                    let batches = batches.map(|(batch, _)| batch).collect();
                    return End::Stopped { why, batches, behind: said };
                }
            }
            if let Some((batch, place)) = std::mem::replace(&mut on_its_way, behind) {
                let begins = std::mem::replace(self.place, place).end;
                done(Ok(batch.into_memory(self.growth, begins)));
            }
            said.into_iter().for_each(&mut *done);
            if over {
                return End::Over;
            }
        }
    }

    /// What is to be committed next; publications that are asked for meanwhile are begun.
    fn next_batch(
        &mut self,
        next: &mut impl FnMut() -> Option<Turn>,
    ) -> Option<(Timestamp, Vec<Record>)> {
        loop {
            if let Ok(shown) = self.publisher.shown.try_recv() {
                self.hear(Some(shown));
            }
            if self.publisher.failed.is_some() {
                return None;
            }
            match next()? {
                Turn::Commit(now, records) => return Some((now, records)),
                Turn::Publish(now) => self.publish(now),
            }
        }
    }

    /// Makes a batch that follows the one on its way, and hands it to the disk; `None` if there is
    /// nothing in it.
    fn send(
        &self,
        on_its_way: Option<&OnItsWay>,
        now: Timestamp,
        records: Vec<Record>,
    ) -> Result<Option<OnItsWay>, Unanchored> {
        if records.is_empty() {
            return Ok(None);
        }
        let behind = on_its_way.map(|(batch, _)| batch);
        let mut batch = Prepared::new(self.growth, behind, now, records)?;
        let place = on_its_way.map_or(*self.place, |(_, place)| *place);
        let mut bytes = batch.take_bytes();
        let behind = place.make_room(&mut bytes);
        // Whoever is gone is noticed where its answer is waited for.
        let _ = self.disk.batches.send((place.end, bytes));
        Ok(Some((batch, behind)))
    }

    fn publish(&mut self, now: Timestamp) {
        if self.publisher.under_way.is_some() || self.published.size == self.growth.size() {
            return;
        }
        let Some(publication) = Publication::begin(self.growth) else { return };
        self.publisher.under_way = Some(now);
        if let Err(mpsc::SendError(publication)) = self.publisher.publications.send(publication) {
            self.hear(Some((publication, Err(io::ErrorKind::BrokenPipe.into()))));
        }
    }

    /// Lets memory know what became of the publication under way.
    fn hear(&mut self, shown: Option<Shown>) {
        let since = self.publisher.under_way.take();
        let Some((publication, written)) = shown else { return };
        let ended = publication.end(self.growth, self.published, written);
        self.publisher.failed = since.zip(ended.err());
    }
}
