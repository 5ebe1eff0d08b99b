//! inotify, reduced to "look at these names" and "look at everything".

use std::{collections::BTreeMap, ffi::OsString, io, path::Path};

use inotify::{EventMask, Inotify, WatchMask};
use tokio::io::{Interest, unix::AsyncFd};

use super::is_ours;

/// What moved.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Stir {
    /// These names, and whether a writer closed the file.
    Names(BTreeMap<OsString, bool>),
    /// Too much to tell.
    All,
    /// The folder itself went away.
    Gone,
}

/// A watch on a folder; without one only the regular reading is left.
#[derive(Debug)]
pub(super) struct Watch(Option<AsyncFd<Inotify>>);

/// Links, FIFOs and devices appear by CREATE alone; a regular file is looked at when it is closed,
/// or by the regular reading.
const MASK: WatchMask = WatchMask::CLOSE_WRITE
    .union(WatchMask::MOVED_TO)
    .union(WatchMask::CREATE)
    .union(WatchMask::ATTRIB)
    .union(WatchMask::DELETE_SELF)
    .union(WatchMask::MOVE_SELF)
    .union(WatchMask::ONLYDIR);

impl Watch {
    /// Watches the folder if that is possible right now.
    pub(super) fn on(folder: &Path) -> Self {
        #[expect(
            deprecated,
            reason = "the successor is unsafe because of types that lie about their descriptor; \
                      Inotify owns its own for as long as it lives"
        )]
        let watched = Inotify::init().and_then(|inotify| {
            inotify.watches().add(folder, MASK)?;
            AsyncFd::with_interest(inotify, Interest::READABLE)
        });
        if let Err(error) = &watched {
            tracing::warn!(folder = %folder.display(), %error, "not watched, only read regularly");
        }
        Self(watched.ok())
    }

    /// Whether events will come.
    pub(super) fn is_live(&self) -> bool {
        self.0.is_some()
    }

    /// Waits for something to move. Safe to drop while waiting.
    pub(super) async fn stirred(&mut self) -> Stir {
        let Some(watched) = &mut self.0 else { return std::future::pending().await };
        loop {
            let read = match watched.readable_mut().await {
                Ok(mut guard) => guard.try_io(|inotify| read(inotify.get_mut())),
                Err(error) => Ok(Err(error)),
            };
            match read {
                // Not for us, or nothing there after all.
                Err(_) | Ok(Ok(None)) => {}
                Ok(Ok(Some(Stir::Gone)) | Err(_)) => {
                    self.0 = None;
                    return Stir::Gone;
                }
                Ok(Ok(Some(stir))) => return stir,
            }
        }
    }
}

fn read(inotify: &mut Inotify) -> io::Result<Option<Stir>> {
    let mut buffer = [0_u8; 16_384];
    let mut names = BTreeMap::new();
    for event in inotify.read_events(&mut buffer)? {
        if event.mask.intersects(EventMask::Q_OVERFLOW) {
            return Ok(Some(Stir::All));
        }
        let gone = EventMask::DELETE_SELF | EventMask::MOVE_SELF | EventMask::IGNORED;
        if event.mask.intersects(gone | EventMask::UNMOUNT) {
            return Ok(Some(Stir::Gone));
        }
        let Some(name) = event.name.filter(|name| is_ours(name)) else { continue };
        let closed = event.mask.intersects(EventMask::CLOSE_WRITE | EventMask::MOVED_TO);
        *names.entry(name.to_owned()).or_default() |= closed;
    }
    Ok((!names.is_empty()).then_some(Stir::Names(names)))
}
