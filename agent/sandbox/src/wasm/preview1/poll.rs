//! `poll_oneoff`: files and streams are always ready, and a clock is waited for by jumping to it.

use super::folder::nth;
use super::memory::Memory;
use super::{Answer, Call};
use crate::wasm::vfs::fault::Errno;

/// Bytes of a `subscription` and of an `event`.
const SUBSCRIPTION: u32 = 48;
const EVENT: u32 = 32;
/// Most subscriptions in one call.
const SUBSCRIPTIONS_MAX: u32 = 1024;

/// What one subscription waits for.
enum Awaited {
    /// A moment of the virtual clock.
    Clock(u64),
    /// A descriptor; 1 reading, 2 writing.
    Descriptor(u32, u8),
    /// Something that cannot be.
    Bad(u8),
}

pub(super) fn oneoff(
    call: &mut Call<'_>,
    subscriptions: u32,
    events: u32,
    count: u32,
    out: u32,
) -> Answer {
    if count == 0 || count > SUBSCRIPTIONS_MAX {
        return Err(Errno::Invalid.into());
    }
    let now = call.guest.clock.now();
    let mut awaited = Vec::new();
    for n in 0..count {
        awaited.push(subscription(&call.memory, nth(subscriptions, n, SUBSCRIPTION)?, now)?);
    }
    let clocks = awaited.iter().filter_map(|(_, awaited)| match awaited {
        Awaited::Clock(at) => Some(*at),
        _ => None,
    });
    // With nothing else to wait for, sleep until the first clock.
    let only_clocks = awaited.iter().all(|(_, awaited)| matches!(awaited, Awaited::Clock(_)));
    if let (true, Some(first)) = (only_clocks, clocks.min()) {
        call.guest.clock.sleep_until(first);
    }
    let mut ready = 0_u32;
    for (userdata, awaited) in awaited {
        if let Some(event) = event(call, userdata, &awaited) {
            call.memory.put(nth(events, ready, EVENT)?, &event)?;
            ready = ready.saturating_add(1);
        }
    }
    Ok(call.memory.put_u32(out, ready)?)
}

// `subscription`: userdata, tag, then clock (id, timeout, precision, flags) or descriptor.
fn subscription(memory: &Memory<'_>, at: u32, now: u64) -> Result<(u64, Awaited), Errno> {
    let userdata = u64::from_le_bytes(memory.array(at)?);
    let [tag] = memory.array(nth(at, 1, 8)?)?;
    let first = memory.u32(nth(at, 2, 8)?)?;
    let awaited = match tag {
        0 => {
            let timeout = u64::from_le_bytes(memory.array(nth(at, 3, 8)?)?);
            let absolute = u16::from_le_bytes(memory.array(nth(at, 5, 8)?)?) & 1 != 0;
            match (first, absolute) {
                (0, true) => Awaited::Clock(0), // the wall clock stands: any moment is over
                (0..=3, true) => Awaited::Clock(timeout),
                (0..=3, false) => Awaited::Clock(now.saturating_add(timeout)),
                _ => Awaited::Bad(0),
            }
        }
        1 | 2 => Awaited::Descriptor(first, tag),
        _ => return Err(Errno::Invalid),
    };
    Ok((userdata, awaited))
}

// `event`: userdata, error, type, then for a descriptor the bytes that are ready.
fn event(call: &mut Call<'_>, userdata: u64, awaited: &Awaited) -> Option<[u8; 32]> {
    let (errno, tag, bytes) = match awaited {
        Awaited::Clock(at) if *at <= call.guest.clock.now() => (0, 0, 0),
        Awaited::Clock(_) => return None,
        Awaited::Bad(tag) => (super::abi::number(Errno::Invalid), *tag, 0),
        Awaited::Descriptor(fd, tag) => match call.guest.descriptors.slot(*fd) {
            Ok(_) => (0, *tag, 1),
            Err(errno) => (super::abi::number(errno), *tag, 0),
        },
    };
    let second = u64::from(errno) | u64::from(tag) << 16;
    let mut out = [0; 32];
    for (place, word) in out.chunks_exact_mut(8).zip([userdata, second, bytes, 0_u64]) {
        place.copy_from_slice(&word.to_le_bytes());
    }
    Some(out)
}
