//! The cache's key: on disk for us alone, in memory on a page that children never see.
#![expect(unsafe_code, reason = "memory that the kernel wipes in children is mapped by hand")]

use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;
use std::ptr::NonNull;

use rustix::fs::{AtFlags, Mode, OFlags, RenameFlags};
use rustix::io::Errno;
use rustix::mm::{Advice, MapFlags, ProtFlags, madvise, mlock, mmap_anonymous, munmap};
use zeroize::Zeroize as _;

use super::CacheError;

const KEY: usize = 32;
/// At least a page on every architecture.
const PAGE: usize = 1 << 16;

/// 32 secret bytes. After a fork the child finds zeros here (MADV_WIPEONFORK).
#[derive(Debug)]
pub struct KeyPage {
    page: NonNull<u8>,
}

impl KeyPage {
    /// Moves a key onto a page of its own and wipes where it came from.
    pub fn new(key: &mut [u8; KEY]) -> Result<Self, Errno> {
        // WHY: the kernel wipes whole mappings only, and no safe wrapper offers one.
        // SAFETY: a fresh private anonymous mapping; nothing else points there.
        let page = unsafe {
            mmap_anonymous(
                std::ptr::null_mut(),
                PAGE,
                ProtFlags::READ | ProtFlags::WRITE,
                MapFlags::PRIVATE,
            )
        }?;
        let page = NonNull::new(page.cast::<u8>()).ok_or(Errno::NOMEM)?;
        let made = Self { page };
        // WHY: as above.
        // SAFETY: both pieces of advice leave this process's bytes as they are.
        unsafe {
            madvise(page.as_ptr().cast(), PAGE, Advice::LinuxWipeOnFork)?;
            madvise(page.as_ptr().cast(), PAGE, Advice::LinuxDontDump)?;
            // Keeps it out of swap where the limit allows; a node without that is not refused.
            let _ = mlock(page.as_ptr().cast(), PAGE);
        }
        // WHY: the mapping has no safe owner.
        // SAFETY: the mapping is PAGE >= KEY bytes long, writable, and `key` is elsewhere.
        unsafe { std::ptr::copy_nonoverlapping(key.as_ptr(), page.as_ptr(), KEY) };
        key.zeroize();
        Ok(made)
    }

    /// Uses the key, and wipes what its use left on the stack below.
    pub(super) fn with<T>(&self, work: impl FnOnce(&[u8; KEY]) -> T) -> T {
        // WHY: the mapping has no safe owner.
        // SAFETY: mapped, readable, initialised (by `new`, or to zeros in a child), of alignment
        // 1, and written by nobody while `self` lives.
        let key = unsafe { self.page.cast::<[u8; KEY]>().as_ref() };
        let value = work(key);
        scrub();
        value
    }

    /// Whether this process can see the key; children cannot.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.with(|key| key.iter().all(|byte| *byte == 0))
    }
}

impl Drop for KeyPage {
    fn drop(&mut self) {
        // WHY: the mapping has no safe owner.
        // SAFETY: the mapping is ours, PAGE bytes long, and nobody borrows from it any more.
        unsafe {
            std::slice::from_raw_parts_mut(self.page.as_ptr(), KEY).zeroize();
            let _ = munmap(self.page.as_ptr().cast(), PAGE);
        }
    }
}

// The hash function keeps the key in locals. They lie within these bytes of the stack.
#[inline(never)]
fn scrub() {
    let mut below = [0_u8; 32 << 10];
    // Somebody might look and write: the zeros have to be there.
    std::hint::black_box(&mut below);
}

/// Reads the key file, or makes it.
pub(super) fn open(base: &OwnedFd, path: &Path) -> Result<KeyPage, CacheError> {
    let shown = path.join("key").display().to_string();
    let failed = |errno| CacheError::Path { path: shown.clone(), errno };
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let fd = match rustix::fs::openat(base, "key", flags, Mode::empty()) {
        Err(Errno::NOENT) => {
            make(base).map_err(failed)?;
            rustix::fs::openat(base, "key", flags, Mode::empty()).map_err(failed)?
        }
        other => other.map_err(failed)?,
    };
    if !super::folder::is_ours(fd.as_fd(), false).map_err(failed)? {
        return Err(CacheError::NotOurs(shown));
    }
    // One byte more than a key has, to see that there is none.
    let mut bytes = [0; KEY + 1];
    let got = rustix::io::read(&fd, &mut bytes).map_err(failed)?;
    let key = match bytes.first_chunk_mut::<KEY>() {
        Some(key) if got == KEY => KeyPage::new(key).map_err(failed),
        _ => Err(CacheError::Key(shown.clone())),
    };
    bytes.zeroize();
    key
}

// Whole before it has its name. Two executors that start at once agree on the first one's key.
fn make(base: &OwnedFd) -> Result<(), Errno> {
    let mut bytes = [0; KEY];
    let mut have = 0;
    while let Some(rest) = bytes.get_mut(have..).filter(|rest| !rest.is_empty()) {
        let got = rustix::rand::getrandom(rest, rustix::rand::GetRandomFlags::empty())?;
        have = have.saturating_add(got);
    }
    let name = format!(".key-{}", rustix::process::getpid());
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let _ = rustix::fs::unlinkat(base, name.as_str(), AtFlags::empty());
    let fd = rustix::fs::openat(base, name.as_str(), flags, Mode::RUSR | Mode::WUSR)?;
    let written = rustix::io::write(&fd, &bytes);
    bytes.zeroize();
    if written? != KEY {
        return Err(Errno::NOSPC);
    }
    rustix::fs::fsync(&fd)?;
    match rustix::fs::renameat_with(base, name.as_str(), base, "key", RenameFlags::NOREPLACE) {
        Err(Errno::EXIST) => rustix::fs::unlinkat(base, name.as_str(), AtFlags::empty()),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_moves_to_its_page_and_its_source_is_wiped() {
        let mut key = [7; KEY];
        let page = KeyPage::new(&mut key).unwrap();
        assert_eq!(key, [0; KEY]);
        assert!(page.with(|key| *key == [7; KEY]));
        assert!(!page.is_blank());
    }
}
