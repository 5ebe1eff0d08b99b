//! NumPy in a process of its own, which multiplies whenever it is told to.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// Multiplies two matrices of random floats twice for each line, and says how long the second took.
const SCRIPT: &str = "
import sys, time, numpy
side = int(sys.argv[1])
chance = numpy.random.default_rng(1)
a, b = (chance.random((side, side), dtype=numpy.float32) for _ in range(2))
c = numpy.empty((side, side), dtype=numpy.float32)
for line in sys.stdin:
    numpy.matmul(a, b, out=c)
    started = time.perf_counter()
    numpy.matmul(a, b, out=c)
    print(time.perf_counter() - started, flush=True)
";

/// Ends when it is dropped: its input closes.
pub(crate) struct Numpy {
    _child: Child,
    orders: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Numpy {
    pub(crate) fn start(python: &Path, side: u32, threads: usize) -> Result<Self, String> {
        let mut command = Command::new(python);
        command.args(["-c", SCRIPT, &side.to_string()]);
        for library in ["OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"] {
            command.env(library, threads.to_string());
        }
        // 2^10 cycles: else its threads ask for work for a while after a product, on the processor that
        // ours are to have. Its own figure stays as it is.
        command.env("OPENBLAS_THREAD_TIMEOUT", "10");
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().map_err(|error| error.to_string())?;
        let closed = || "NumPy has no input or output".to_owned();
        let orders = child.stdin.take().ok_or_else(closed)?;
        let answers = BufReader::new(child.stdout.take().ok_or_else(closed)?);
        Ok(Self { _child: child, orders, answers })
    }

    /// Seconds of one product.
    pub(crate) fn product(&mut self) -> Result<f64, String> {
        let mut answer = String::new();
        let told = writeln!(self.orders, "go").and_then(|()| self.answers.read_line(&mut answer));
        told.map_err(|error| error.to_string())?;
        answer.trim().parse().map_err(|_| format!("NumPy answered `{}`", answer.trim()))
    }
}
