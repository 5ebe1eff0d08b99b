//! Modules that ran lately, in sealed memory files: hashed when they came in, and changed by nobody
//! since.

use std::{
    collections::VecDeque,
    os::fd::OwnedFd,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use arch_identity::Digest;

/// The most modules.
const MOST: usize = 16;

/// The most bytes of all of them.
const ROOM: u64 = 32 << 20;

/// The modules, the one that was asked for last in front.
#[derive(Debug, Default)]
pub struct Ready(Mutex<VecDeque<Module>>);

#[derive(Debug)]
struct Module {
    digest: Digest,
    size: u64,
    file: Arc<OwnedFd>,
}

impl Ready {
    /// Whether it is here. It is in the archive then as well, and was whole there.
    pub(super) fn has(&self, digest: &Digest) -> bool {
        self.lock().iter().any(|module| module.digest == *digest)
    }

    /// A module of at most `limit` bytes.
    pub(super) fn get(&self, digest: &Digest, limit: u64) -> Option<Arc<OwnedFd>> {
        let mut modules = self.lock();
        let at = modules.iter().position(|module| module.digest == *digest)?;
        let module = modules.remove(at)?;
        let file = (module.size <= limit).then(|| Arc::clone(&module.file));
        modules.push_front(module);
        file
    }

    /// Takes a module in, and lets go of those that were not asked for longest.
    pub(super) fn put(&self, digest: Digest, size: u64, file: &Arc<OwnedFd>) {
        let mut modules = self.lock();
        // Two runs may have read it at once.
        modules.retain(|module| module.digest != digest);
        modules.push_front(Module { digest, size, file: Arc::clone(file) });
        let mut room = ROOM;
        let fits = |module: &Module| {
            let left = room.checked_sub(module.size);
            room = left.unwrap_or(0);
            left.is_some()
        };
        let kept = modules.iter().take(MOST).map(fits).take_while(|fits| *fits).count();
        modules.truncate(kept);
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Module>> {
        // Between any two operations it is a list of whole modules.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file() -> Arc<OwnedFd> {
        Arc::new(std::fs::File::open("/dev/null").unwrap().into())
    }

    fn module(number: usize) -> Digest {
        Digest::of(&number.to_le_bytes())
    }

    #[test]
    fn what_was_not_asked_for_longest_goes_first() {
        let ready = Ready::default();
        for number in 0..MOST {
            ready.put(module(number), 1, &file());
        }
        assert!(ready.get(&module(0), 1).is_some());
        ready.put(module(MOST), 1, &file());
        assert!(ready.has(&module(0)) && !ready.has(&module(1)) && ready.has(&module(2)));
        ready.put(module(2), 1, &file());
        assert_eq!(ready.lock().len(), MOST);
    }

    #[test]
    fn together_they_keep_to_their_room_and_one_to_its_limit() {
        let ready = Ready::default();
        ready.put(module(0), ROOM, &file());
        assert!(ready.get(&module(0), ROOM - 1).is_none() && ready.get(&module(0), ROOM).is_some());
        ready.put(module(1), 1, &file());
        assert!(ready.has(&module(1)) && !ready.has(&module(0)));
        ready.put(module(2), ROOM + 1, &file());
        assert_eq!(ready.lock().len(), 0, "one that is too large is not kept");
    }
}
