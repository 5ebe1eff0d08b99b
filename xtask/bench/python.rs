//! Python in a process of its own, which multiplies whenever it is told to. It says `ready` first, or why it
//! is no peer here.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// NumPy: multiplies two matrices of random floats twice for each line, and says how long the second took.
pub(crate) const NUMPY: &str = "
import sys, time, numpy
side = int(sys.argv[1])
chance = numpy.random.default_rng(1)
a, b = (chance.random((side, side), dtype=numpy.float32) for _ in range(2))
c = numpy.empty((side, side), dtype=numpy.float32)
print('ready', flush=True)
for line in sys.stdin:
    numpy.matmul(a, b, out=c)
    started = time.perf_counter()
    numpy.matmul(a, b, out=c)
    print(time.perf_counter() - started, flush=True)
";

/// torch: the same of 8-bit integers, with B row by row and column by column, and says how long the quicker
/// of both took. Its sums are held against NumPy's first: what is not exact is no peer. Where oneDNN has
/// nothing for integers it has a plain loop (0.2 to 0.6 GOP/s), of which a small product is timed, and
/// counted as often as it fits into the large one.
pub(crate) const TORCH: &str = "
import sys, time, numpy, torch
side, threads = int(sys.argv[1]), int(sys.argv[2])
if ' amx_int8' in open('/proc/cpuinfo').read():
    sys.exit(print('this processor has AMX, which torch uses and we do not', flush=True))
torch.set_num_threads(threads)
torch.manual_seed(1)

def factors(side):
    a, b = (torch.randint(-128, 128, (side, side), dtype=torch.int8) for _ in range(2))
    return a, [b, b.t().contiguous().t()], torch.empty((side, side), dtype=torch.int32)

def seconds(a, b, c):
    torch._int_mm(a, b, out=c)
    started = time.perf_counter()
    torch._int_mm(a, b, out=c)
    return time.perf_counter() - started

small = 256
a, layouts, c = factors(small)
times = 1
if 2e-9 * small**3 / seconds(a, layouts[0], c) < 5:
    print(f'torch has a plain loop for 8-bit integers on this processor, timed at N = {small}',
          file=sys.stderr)
    times = (side / small) ** 3
else:
    a, layouts, c = factors(side)
right = a[:8].numpy().astype(numpy.int64) @ layouts[0].numpy().astype(numpy.int64)
exact = True
for layout in layouts:
    torch._int_mm(a, layout, out=c)
    exact = exact and (c[:8].numpy() == right).all()

print('ready' if exact else 'the sums of torch are not exact here', flush=True)
for line in sys.stdin:
    print(times * min(seconds(a, layout, c) for layout in layouts), flush=True)
";

/// Ends when it is dropped: its input closes.
pub(crate) struct Python {
    _child: Child,
    orders: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Python {
    /// # Errors
    /// Why it is no peer here, in its own words where it has any.
    pub(crate) fn start(
        python: &Path,
        script: &str,
        side: u32,
        threads: usize,
    ) -> Result<Self, String> {
        let mut command = Command::new(python);
        command.args(["-c", script, &side.to_string(), &threads.to_string()]);
        for library in ["OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"] {
            command.env(library, threads.to_string());
        }
        // 2^10 cycles: else its threads ask for work for a while after a product, on the processor that
        // ours are to have. Its own figure stays as it is.
        command.env("OPENBLAS_THREAD_TIMEOUT", "10");
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().map_err(|error| error.to_string())?;
        let closed = || "Python has no input or output".to_owned();
        let orders = child.stdin.take().ok_or_else(closed)?;
        let answers = BufReader::new(child.stdout.take().ok_or_else(closed)?);
        let mut python = Self { _child: child, orders, answers };
        match python.line()?.as_str() {
            "ready" => Ok(python),
            "" => Err("Python ended before it was ready".to_owned()),
            why => Err(why.to_owned()),
        }
    }

    /// Seconds of one product.
    pub(crate) fn product(&mut self) -> Result<f64, String> {
        writeln!(self.orders, "go").map_err(|error| error.to_string())?;
        let answer = self.line()?;
        answer.parse().map_err(|_| format!("Python answered `{answer}`"))
    }

    fn line(&mut self) -> Result<String, String> {
        let mut line = String::new();
        self.answers.read_line(&mut line).map_err(|error| error.to_string())?;
        Ok(line.trim().to_owned())
    }
}
