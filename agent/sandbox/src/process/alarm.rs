//! The deadline inside a worker: an alarm whose handler moves the engine's epoch on.
//!
//! A signal handler and no thread: the worker stays single-threaded, so its filter needs no call
//! that makes threads, and its file rules hold for all there is.
#![expect(unsafe_code, reason = "no safe wrapper offers sigaction and setitimer")]

use std::sync::OnceLock;
use std::time::Duration;

use crate::wasm::Ticker;

static TICKER: OnceLock<Ticker> = OnceLock::new();

/// Ticks go on after the first, so that one which comes before the guest starts is not the last.
const AGAIN: Duration = Duration::from_millis(10);

/// The handler is installed. Children inherit it; the alarm itself is each process's own.
#[derive(Debug, Clone, Copy)]
pub struct Alarm(());

extern "C" fn ring(_signal: libc::c_int) {
    // Two atomic operations and nothing else: safe in a signal handler.
    if let Some(ticker) = TICKER.get() {
        ticker.tick();
    }
}

impl Alarm {
    /// Installs the handler for this process's engine. The first ticker counts.
    pub fn install(ticker: Ticker) -> rustix::io::Result<Self> {
        TICKER.get_or_init(|| ticker);
        // WHY: no safe wrapper offers sigaction.
        // SAFETY: all-zero is a valid `sigaction`: no handler, no flags, empty mask.
        let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
        let handler: extern "C" fn(libc::c_int) = ring;
        #[expect(clippy::as_conversions, reason = "the C interface wants the address as a number")]
        {
            action.sa_sigaction = handler as libc::sighandler_t;
        }
        action.sa_flags = libc::SA_RESTART | libc::SA_ONSTACK;
        // WHY: as above.
        // SAFETY: `action` is whole and live; the handler does what handlers may do.
        let rc = unsafe { libc::sigaction(libc::SIGALRM, &raw const action, std::ptr::null_mut()) };
        if rc == 0 { Ok(Self(())) } else { Err(last_errno()) }
    }

    /// Rings after `millis`, and then again and again until [`Alarm::stop`].
    pub fn start(self, millis: u64) -> rustix::io::Result<()> {
        // Zero would mean never.
        set(Duration::from_millis(millis.max(1)), AGAIN)
    }

    /// Rings no more.
    pub fn stop(self) -> rustix::io::Result<()> {
        set(Duration::ZERO, Duration::ZERO)
    }
}

fn set(first: Duration, again: Duration) -> rustix::io::Result<()> {
    let timer = libc::itimerval { it_value: timeval(first), it_interval: timeval(again) };
    // WHY: no safe wrapper offers setitimer.
    // SAFETY: `timer` is whole and live; the old value is not asked for.
    let rc = unsafe {
        libc::syscall(
            libc::SYS_setitimer,
            libc::ITIMER_REAL,
            &raw const timer,
            std::ptr::null_mut::<libc::itimerval>(),
        )
    };
    if rc == 0 { Ok(()) } else { Err(last_errno()) }
}

fn timeval(time: Duration) -> libc::timeval {
    // A century is for ever, and fits every kernel's idea of a second.
    let seconds = time.as_secs().min(3_155_760_000);
    libc::timeval {
        tv_sec: seconds.try_into().unwrap_or(libc::time_t::MAX),
        tv_usec: time.subsec_micros().into(),
    }
}

fn last_errno() -> rustix::io::Errno {
    rustix::io::Errno::from_io_error(&std::io::Error::last_os_error())
        .unwrap_or(rustix::io::Errno::INVAL)
}
