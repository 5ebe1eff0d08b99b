//! Words about long work while it goes on: on stderr, and only when a person watches there.

use std::io::{IsTerminal, Write};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// How often the line is drawn again.
const STEP: Duration = Duration::from_secs(1);

/// A line that shows how long the work has taken, until it is dropped; then the line is wiped.
///
/// ```text
/// let _progress = Progress::of("verifying the ledger");   // … verifying the ledger, 12 s
/// ```
#[derive(Debug)]
pub(crate) struct Progress {
    /// Dropped, it tells the painter to end.
    work: Option<Sender<()>>,
    painter: Option<JoinHandle<()>>,
}

impl Progress {
    /// Begins to show `what`, unless nobody watches.
    pub(crate) fn of(what: &'static str) -> Self {
        let watched = std::io::stderr().is_terminal();
        if watched { Self::on(what, STEP, std::io::stderr()) } else { Self::unseen() }
    }

    fn unseen() -> Self {
        Self { work: None, painter: None }
    }

    fn on(what: &'static str, step: Duration, out: impl Write + Send + 'static) -> Self {
        let (work, end) = channel();
        // Without a painter the work is merely silent.
        let painter = std::thread::Builder::new().spawn(move || paint(what, step, &end, out)).ok();
        Self { work: Some(work), painter }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        drop(self.work.take());
        if let Some(painter) = self.painter.take() {
            let _it_only_painted = painter.join();
        }
    }
}

/// Draws over the same line; quick work draws nothing at all.
fn paint(what: &str, step: Duration, end: &Receiver<()>, mut out: impl Write) {
    let start = Instant::now();
    let mut drawn = false;
    while let Err(RecvTimeoutError::Timeout) = end.recv_timeout(step) {
        let seconds = start.elapsed().as_secs();
        let _nobody_watches = write!(out, "\r… {what}, {seconds} s").and_then(|()| out.flush());
        drawn = true;
    }
    if drawn {
        let _nobody_watches = write!(out, "\r\u{1b}[2K").and_then(|()| out.flush());
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Screen(Arc<Mutex<Vec<u8>>>);

    impl Write for Screen {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    fn text(screen: &Screen) -> String {
        String::from_utf8(screen.0.lock().unwrap().clone()).unwrap()
    }

    #[test]
    fn long_work_is_shown_while_it_goes_on_and_wiped_at_its_end() {
        let screen = Screen::default();
        let progress = Progress::on("counting", Duration::from_millis(1), screen.clone());
        while text(&screen).is_empty() {
            std::thread::sleep(Duration::from_millis(1));
        }
        drop(progress);
        let shown = text(&screen);
        assert!(
            shown.starts_with("\r… counting, 0 s") && shown.ends_with("\r\u{1b}[2K"),
            "{shown:?}"
        );
    }

    #[test]
    fn quick_work_draws_nothing() {
        let screen = Screen::default();
        drop(Progress::on("counting", Duration::from_secs(3600), screen.clone()));
        assert_eq!(text(&screen), "");
    }
}
