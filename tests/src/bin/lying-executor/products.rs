//! Products: computed honestly, and then told otherwise.

use std::{
    fs::File,
    io::Write as _,
    ops::ControlFlow,
    os::{
        fd::{AsRawFd as _, OwnedFd},
        unix::fs::FileExt as _,
    },
    thread,
    time::{Duration, Instant},
};

use arch_kernels::{
    Backend,
    stream::{self, Operand, Work},
};
use arch_matrix::Part;
use arch_wire::executor::{Claim, FromExecutor, MultiplyRequest, Outcome};

use super::{Done, Liar};

impl Liar {
    /// Computes the tiles; a trick is `WHAT PART`, such as `add-one row`, and is played on parts of that
    /// kind alone. `add-one row first` and `add-one row second` mean one of two that do the same.
    pub(super) fn multiply(&mut self, request: &MultiplyRequest, files: Vec<OwnedFd>) -> Done {
        let trick = self.trick_for(request)?;
        let run = request.run;
        let [a, b, values]: [OwnedFd; 3] = files.try_into().map_err(|_| "not three files")?;
        let width = request.format.carrier().sum_bytes();
        let values = Sums { file: File::from(values), width };
        let grid = request.grid()?;
        let a = Operand::a(File::from(a), request.a, request.format)?;
        let b = Operand::b(File::from(b), request.b, request.format)?;
        let work = Work {
            a: &a,
            b: &b,
            grid: &grid,
            part: request.part,
            memory: request.memory_bytes,
            backend: Backend::best(),
            threads: 1,
        };
        let mut tiles = 0_u64;
        let done = |_| {
            tiles = tiles.saturating_add(1);
            if tiles < request.count { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        };
        if trick != "nothing-at-all" {
            stream::multiply(&work, request.first, &values.file, done)?;
        }
        let finished =
            FromExecutor::Finished { run, claim: Claim::without_work(Outcome::Completed) };
        match trick.as_str() {
            "" | "nothing-at-all" => {}
            // Whoever has the first tile lies.
            "add-one" if request.first == 0 => values.add_one(0)?,
            "add-one" => {}
            "add-one-to-each-tile" => {
                for place in corners(&work, request)? {
                    values.add_one(place)?;
                }
            }
            at if at.starts_with("add-one-at-") => {
                if let Some(place) = place(at, &work, request)? {
                    values.add_one(place)?;
                }
            }
            "too-many-tiles" => {
                self.say(&FromExecutor::Progress { run, tiles: u64::MAX }, &[])?;
            }
            "tiles-before-their-time" => {
                let honest = values.first()?;
                values.add_one(0)?;
                self.say(&FromExecutor::Progress { run, tiles: request.count }, &[])?;
                values.until_hashed()?;
                values.file.write_all_at(&honest, 0)?;
            }
            "change-later" => {
                // For as long as the agent may still read it, now and then.
                let begun = Instant::now();
                let honest = values.first()?;
                thread::spawn(move || {
                    while begun.elapsed() < Duration::from_secs(5) {
                        let _ = values.add_one(0);
                        thread::sleep(Duration::from_millis(3));
                        let _ = values.file.write_all_at(&honest, 0);
                        thread::sleep(Duration::from_millis(3));
                    }
                });
            }
            "endless-news" => {
                let mut tiles = 0_u64;
                while self.say(&FromExecutor::Progress { run, tiles }, &[]).is_ok() {
                    tiles = tiles.saturating_add(1);
                }
                std::process::exit(0);
            }
            "longer-file" => {
                let length = values.file.metadata()?.len();
                values.file.set_len(length.saturating_add(1))?;
            }
            "shorter-file" => values.file.set_len(0)?,
            // Whatever the agent asks of it, the next moment it is otherwise.
            "shorter-and-longer-file" => {
                let length = values.file.metadata()?.len();
                let cut = || values.file.set_len(0).and_then(|()| values.file.set_len(length));
                // Once before anybody looks: without a turn from then on it would be honest.
                cut()?;
                self.say(&FromExecutor::Progress { run, tiles: request.count }, &[])?;
                let begun = Instant::now();
                while begun.elapsed() < Duration::from_millis(200) {
                    cut()?;
                }
            }
            "values-in-the-claim" => {
                let (claim, files) = super::honest(&[("product", b"1234")])?;
                return self.say(&FromExecutor::Finished { run, claim }, &files);
            }
            "silent" => {
                self.silent.push(run);
                return Ok(());
            }
            "gone" => std::process::exit(0),
            "exit-code" => {
                let claim = Claim::without_work(Outcome::Exit { code: 1 });
                return self.say(&FromExecutor::Finished { run, claim }, &[]);
            }
            other => return Err(format!("no trick `{other}` for products").into()),
        }
        self.say(&finished, &[])
    }

    /// Writes down how many tiles were asked for, beside the trick, for whoever plays it.
    fn note(&self, tiles: u64) -> Done {
        let mut asked =
            File::options().create(true).append(true).open(self.trick.with_file_name("asked"))?;
        Ok(writeln!(asked, "{tiles}")?)
    }

    fn trick_for(
        &mut self,
        request: &MultiplyRequest,
    ) -> Result<String, Box<dyn std::error::Error>> {
        let this = (request.part, request.first);
        self.note(request.count)?;
        let when = if self.asked.contains(&this) { "second" } else { "first" };
        self.asked.push(this);
        let kind = match request.part {
            Part::Row { .. } => "row",
            Part::Column { .. } => "column",
            Part::Reduction { .. } => "depth",
            Part::Rest { .. } => "rest",
        };
        let text = std::fs::read_to_string(&self.trick).unwrap_or_default();
        Ok(match text.trim().split_once(' ') {
            Some((trick, of)) if of == kind || of == format!("{kind} {when}") => trick.to_owned(),
            _ => String::new(),
        })
    }
}

/// Which number of the part's file one of C is, if it is computed now: `add-one-at-ROW-COLUMN`.
fn place<A: stream::ReadAt + Sync, B: stream::ReadAt + Sync>(
    trick: &str,
    work: &Work<'_, A, B>,
    request: &MultiplyRequest,
) -> Result<Option<u64>, Box<dyn std::error::Error>> {
    let mut numbers = trick.trim_start_matches("add-one-at-").split('-').map(str::parse::<u32>);
    let mut number = || numbers.next().ok_or("not two numbers");
    let (row, column) = (number()??, number()??);
    let tiles = work.tiles()?;
    let now = request.first..request.first.saturating_add(request.count);
    let is_there = now
        .filter_map(|tile| tiles.get(tile))
        .any(|tile| tile.rows.contains(&row) && tile.columns.contains(&column));
    let region = work.part.region(work.grid).ok_or("no such part")?;
    let down = u64::from(row.saturating_sub(region.rows.start));
    let across = u64::from(column.saturating_sub(region.columns.start));
    let number = down.saturating_mul(region.size().1.into()).saturating_add(across);
    Ok(is_there.then_some(number))
}

/// Which numbers of the part's file are the first of each tile that is computed now.
fn corners<A: stream::ReadAt + Sync, B: stream::ReadAt + Sync>(
    work: &Work<'_, A, B>,
    request: &MultiplyRequest,
) -> Result<Vec<u64>, Box<dyn std::error::Error>> {
    let tiles = work.tiles()?;
    let region = work.part.region(work.grid).ok_or("no such part")?;
    let now = request.first..request.first.saturating_add(request.count);
    let corner = |tile: stream::Tile| {
        let down = u64::from(tile.rows.start.saturating_sub(region.rows.start));
        let across = u64::from(tile.columns.start.saturating_sub(region.columns.start));
        down.saturating_mul(region.size().1.into()).saturating_add(across)
    };
    Ok(now.filter_map(|tile| tiles.get(tile)).map(corner).collect())
}

/// The part's file of sums.
struct Sums {
    file: File,
    /// Bytes of a sum.
    width: u64,
}

impl Sums {
    /// A number becomes one more, in as many bytes as it has.
    fn add_one(&self, number: u64) -> std::io::Result<()> {
        let at = number.saturating_mul(self.width);
        let mut number = self.read(at)?;
        for byte in &mut number {
            *byte = byte.wrapping_add(1);
            if *byte != 0 {
                break;
            }
        }
        self.file.write_all_at(&number, at)
    }

    /// Waits until the agent has hashed a tile, and hence wrote to the list beside the values.
    fn until_hashed(&self) -> std::io::Result<()> {
        let values = std::fs::read_link(format!("/proc/self/fd/{}", self.file.as_raw_fd()))?;
        let list = values.with_extension("tiles");
        let begun = Instant::now();
        while std::fs::metadata(&list)?.len() == 0 && begun.elapsed() < Duration::from_secs(60) {
            thread::sleep(Duration::from_millis(5));
        }
        Ok(())
    }

    /// The bytes of the first number.
    fn first(&self) -> std::io::Result<Vec<u8>> {
        self.read(0)
    }

    fn read(&self, at: u64) -> std::io::Result<Vec<u8>> {
        let mut number = vec![0; usize::try_from(self.width).unwrap_or_default()];
        self.file.read_exact_at(&mut number, at).map(|()| number)
    }
}
