//! Pieces of products, as the agent asks for them.

use std::fs::File;
use std::io::{Read as _, Seek as _, Write as _};
use std::os::fd::OwnedFd;

use arch_kernels::stream::Tiles;
use arch_matrix::file::{Dtype, Stored};
use arch_matrix::{Element, Format, Matrix, Part, Splits, product};
use arch_wire::executor::{Busy, Claim, FromExecutor, MultiplyRequest, Outcome, ToExecutor};

use crate::agent::{Agent, Job, status};
use crate::guests::HELLO;

/// A and B in files without a header, and a file for the values of the part.
struct Piece {
    request: MultiplyRequest,
    files: [File; 3],
    right: Vec<u8>,
}

fn numbers(rows: u32, columns: u32, seed: u32) -> Matrix<i8> {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        i8::from_le_bytes([state.to_le_bytes()[3]])
    };
    let values = (0..rows).flat_map(|_| 0..columns).map(|_| next()).collect();
    Matrix::new(rows, columns, values).unwrap()
}

fn holding(bytes: &[u8]) -> File {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    file
}

fn bytes<T: Element>(values: &[T]) -> Vec<u8> {
    let mut bytes = vec![0; values.len().saturating_mul(T::BYTES)];
    T::write(values, &mut bytes);
    bytes
}

impl Piece {
    fn new(run: u64, part: Part, memory_bytes: u64) -> Self {
        let (a, b) = (numbers(150, 70, 3), numbers(70, 200, 4));
        let stored = |matrix: &Matrix<i8>| Stored {
            dtype: Dtype::I8,
            rows: matrix.rows().into(),
            columns: matrix.columns().into(),
            offset: 0,
        };
        let request = MultiplyRequest {
            run,
            format: Format::I8,
            a: stored(&a),
            b: stored(&b),
            splits: Splits::even(2),
            part,
            memory_bytes,
            first: 0,
            count: 1,
            wall_millis: 30_000,
        };
        let grid = request.grid().unwrap();
        let count = Tiles::new(&grid, part, Format::I8, memory_bytes).unwrap().len();
        let right = product(&a, &b, &part.region(&grid).unwrap());
        let files = [holding(&bytes(a.values())), holding(&bytes(b.values())), holding(&[])];
        Self { request: MultiplyRequest { count, ..request }, files, right: bytes(right.values()) }
    }

    fn fds(&self) -> Vec<OwnedFd> {
        self.files.iter().map(|file| file.try_clone().unwrap().into()).collect()
    }

    fn values(&mut self) -> Vec<u8> {
        let mut values = Vec::new();
        self.files[2].rewind().unwrap();
        self.files[2].read_to_end(&mut values).unwrap();
        values
    }
}

impl Agent {
    fn begin_piece(&mut self, piece: &Piece) {
        self.tell(&ToExecutor::Multiply(piece.request.clone()), piece.fds());
        let run = piece.request.run;
        assert_eq!(self.hear().0, FromExecutor::Started { run }, "{}", self.stderr());
    }

    /// What was said of progress, and the end.
    fn end_piece(&mut self) -> (Vec<u64>, Claim) {
        let mut news = Vec::new();
        loop {
            match self.hear().0 {
                FromExecutor::Progress { tiles, .. } => news.push(tiles),
                FromExecutor::Finished { claim, .. } => return (news, claim),
                other => panic!("{other:?}"),
            }
        }
    }

    fn piece(&mut self, piece: &Piece) -> Outcome {
        self.begin_piece(piece);
        self.end_piece().1.outcome
    }
}

const ROW: Part = Part::Row { index: 1 };
/// So little that a part has several tiles.
const LITTLE: u64 = 300 << 10;

#[test]
fn a_piece_is_computed_to_the_byte_and_says_how_far_it_is() {
    let mut agent = Agent::start();
    for (run, part) in (1..).zip([ROW, Part::Column { index: 0 }, Part::Reduction { index: 1 }]) {
        let mut piece = Piece::new(run, part, LITTLE);
        assert!(piece.request.count > 1);
        agent.begin_piece(&piece);
        let (news, claim) = agent.end_piece();
        assert_eq!(claim.outcome, Outcome::Completed, "{}", agent.stderr());
        assert!(news.is_sorted() && news.last().is_none_or(|last| *last <= piece.request.count));
        assert_eq!(claim.outputs, []);
        assert_eq!(piece.values(), piece.right);
    }
    // And a guest after it.
    assert_eq!(agent.outcome(Job::of(9, HELLO)), Outcome::Completed);
}

#[test]
fn tiles_that_were_not_asked_for_are_left_alone() {
    let mut agent = Agent::start();
    let mut piece = Piece::new(1, ROW, LITTLE);
    let all = piece.request.count;
    piece.request.first = 1;
    piece.request.count = all - 1;
    assert_eq!(agent.piece(&piece), Outcome::Completed);
    let values = piece.values();
    assert_ne!(values, piece.right);
    assert_eq!(values[..4], [0; 4], "the first tile");
    let (first, rest) = (0, 1);
    (piece.request.first, piece.request.count, piece.request.run) = (first, rest, 2);
    assert_eq!(agent.piece(&piece), Outcome::Completed);
    assert_eq!(piece.values(), piece.right);
}

#[test]
fn what_is_no_number_is_named_and_what_ends_too_early_is_this_nodes_fault() {
    let mut agent = Agent::start();
    let mut piece = Piece::new(1, ROW, 1 << 20);
    let floats: Vec<f32> = (0..150 * 70).map(|n| if n == 5_999 { f32::NAN } else { 1.0 }).collect();
    piece.request.format = "q3".parse().unwrap();
    for stored in [&mut piece.request.a, &mut piece.request.b] {
        stored.dtype = Dtype::F32;
    }
    piece.files[0] = holding(&bytes(&floats));
    piece.files[1] = holding(&bytes(&vec![1.0_f32; 70 * 200]));
    let Outcome::OperandUnusable { why } = agent.piece(&piece) else { panic!() };
    assert!(why.contains("row 85, column 49"), "{why}");

    let mut piece = Piece::new(2, ROW, 1 << 20);
    piece.files[1].set_len(70 * 200 - 1).unwrap();
    let lost = agent.piece(&piece);
    assert!(
        matches!(&lost, Outcome::WorkerLost { why } if why.contains("B cannot be read")),
        "{lost:?}"
    );

    // A file that takes nothing.
    piece.files[1].set_len(70 * 200).unwrap();
    piece.files[2] = File::open("/dev/null").unwrap();
    piece.request.run = 3;
    let lost = agent.piece(&piece);
    assert!(
        matches!(&lost, Outcome::WorkerLost { why } if why.contains("C cannot be written")),
        "{lost:?}"
    );
}

#[test]
fn requests_that_make_no_sense_are_not_taken() {
    let mut agent = Agent::start();
    let plain = Piece::new(1, ROW, 1 << 20);
    let other = |change: fn(&mut MultiplyRequest)| {
        let mut request = plain.request.clone();
        change(&mut request);
        request
    };
    for request in [
        other(|r| r.part = Part::Row { index: 2 }),
        other(|r| r.count = 0),
        other(|r| r.a.rows = 1 << 40),
        other(|r| r.b.rows = 71),
        other(|r| r.splits = Splits::even(65)),
    ] {
        agent.tell(&ToExecutor::Multiply(request), plain.fds());
        let refused = FromExecutor::Busy { run: 1, why: Busy::Request };
        assert_eq!(agent.hear().0, refused);
    }
    // More tiles than the part has.
    let mut piece = Piece::new(2, ROW, 1 << 20);
    piece.request.count += 1;
    let lost = agent.piece(&piece);
    assert!(matches!(lost, Outcome::WorkerLost { .. }), "{lost:?}");
    // So little memory that no tile fits.
    let mut piece = Piece::new(3, ROW, 1 << 20);
    piece.request.memory_bytes = 1_000;
    assert_eq!(agent.piece(&piece), Outcome::MemoryCap);
}

#[test]
fn a_piece_that_is_called_off_or_late_ends_and_its_worker_with_it() {
    let mut agent = Agent::start();
    // 8,000 × 8,000 sums over a third of 8,000: seconds, however quick the processor.
    let slow = |run: u64| {
        let part = Part::Reduction { index: 0 };
        let mut piece = Piece::new(run, part, 256 << 20);
        piece.request.format = Format::I16;
        for stored in [&mut piece.request.a, &mut piece.request.b] {
            *stored = Stored { dtype: Dtype::I16, rows: 8_000, columns: 8_000, offset: 0 };
        }
        piece.files[0].set_len(128_000_000).unwrap();
        piece.files[1].set_len(128_000_000).unwrap();
        let grid = piece.request.grid().unwrap();
        piece.request.count = Tiles::new(&grid, part, Format::I16, 256 << 20).unwrap().len();
        piece
    };
    agent.begin_piece(&slow(1));
    let worker = agent.worker();
    assert_eq!(status(worker, "NoNewPrivs"), "1");
    assert_eq!(status(worker, "CapEff"), "0000000000000000");
    agent.tell(&ToExecutor::Cancel { run: 1 }, Vec::new());
    assert_eq!(agent.end_piece().1.outcome, Outcome::Cancelled);
    assert!(!crate::agent::lives(worker));
    let mut late = slow(2);
    late.request.wall_millis = 50;
    assert_eq!(agent.piece(&late), Outcome::Deadline);
}
