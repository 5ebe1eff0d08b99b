//! Arguments, environment, clock, randomness, end; and the sockets that are not there.

use super::memory::after;
use super::{Answer, Call};
use crate::wasm::clock::TICK;
use crate::wasm::stop::Stop;
use crate::wasm::vfs::fault::Errno;

pub(super) fn args_sizes_get(call: &mut Call<'_>, count: u32, size: u32) -> Answer {
    let texts = call.guest.args.clone();
    sizes(call, &texts, count, size)
}

pub(super) fn args_get(call: &mut Call<'_>, list: u32, text: u32) -> Answer {
    let texts = call.guest.args.clone();
    strings(call, &texts, list, text)
}

pub(super) fn environ_sizes_get(call: &mut Call<'_>, count: u32, size: u32) -> Answer {
    let texts = environment(call);
    sizes(call, &texts, count, size)
}

pub(super) fn environ_get(call: &mut Call<'_>, list: u32, text: u32) -> Answer {
    let texts = environment(call);
    strings(call, &texts, list, text)
}

fn environment(call: &Call<'_>) -> Vec<String> {
    call.guest.env.iter().map(|(name, value)| format!("{name}={value}")).collect()
}

fn sizes(call: &mut Call<'_>, texts: &[String], count: u32, size: u32) -> Answer {
    let bytes = texts.iter().map(|text| text.len().saturating_add(1)).sum::<usize>();
    let number = |n: usize| u32::try_from(n).map_err(|_| Errno::Overflow);
    call.memory.put_u32(count, number(texts.len())?)?;
    call.memory.put_u32(size, number(bytes)?)?;
    Ok(())
}

fn strings(call: &mut Call<'_>, texts: &[String], mut list: u32, mut at: u32) -> Answer {
    for text in texts {
        call.memory.put_u32(list, at)?;
        call.memory.put(at, text.as_bytes())?;
        at = after(at, u32::try_from(text.len()).map_err(|_| Errno::Overflow)?)?;
        call.memory.put(at, &[0])?;
        at = after(at, 1)?;
        list = after(list, 4)?;
    }
    Ok(())
}

pub(super) fn clock_res_get(call: &mut Call<'_>, clock: u32, out: u32) -> Answer {
    let step = match clock {
        0 => 1_000_000_000,
        1..=3 => TICK,
        _ => return Err(Errno::Invalid.into()),
    };
    Ok(call.memory.put_u64(out, step)?)
}

// The wall clock (0) stands at the epoch; the other three count the guest's own readings.
pub(super) fn clock_time_get(call: &mut Call<'_>, clock: u32, _: u64, out: u32) -> Answer {
    let time = match clock {
        0 => 0,
        1..=3 => call.guest.clock.read(),
        _ => return Err(Errno::Invalid.into()),
    };
    Ok(call.memory.put_u64(out, time)?)
}

pub(super) fn random_get(call: &mut Call<'_>, buffer: u32, length: u32) -> Answer {
    call.guest.chance.fill(call.memory.bytes_mut(buffer, length)?);
    Ok(())
}

pub(super) fn yield_now(_: &mut Call<'_>) -> Answer {
    Ok(())
}

pub(super) fn exit(code: u32) -> Answer {
    Err(Stop::Exit(code.cast_signed()).into())
}

pub(super) fn raise(_: &mut Call<'_>, _signal: u32) -> Answer {
    Err(Errno::NotSupported.into())
}

pub(super) fn accept(call: &mut Call<'_>, fd: u32, _: u32, _: u32) -> Answer {
    no_socket(call, fd)
}

pub(super) fn recv(call: &mut Call<'_>, fd: u32, _: u32, _: u32, _: u32, _: u32, _: u32) -> Answer {
    no_socket(call, fd)
}

pub(super) fn send(call: &mut Call<'_>, fd: u32, _: u32, _: u32, _: u32, _: u32) -> Answer {
    no_socket(call, fd)
}

pub(super) fn shutdown(call: &mut Call<'_>, fd: u32, _: u32) -> Answer {
    no_socket(call, fd)
}

fn no_socket(call: &mut Call<'_>, fd: u32) -> Answer {
    call.guest.descriptors.slot(fd)?;
    Err(Errno::NotSocket.into())
}
