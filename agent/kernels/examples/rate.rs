//! How quick each instruction set is, for tuning: `rate SIDE…`
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::unwrap_used,
    reason = "tuning"
)]
use std::time::Instant;

use arch_kernels::{Backend, product_i8};
use arch_matrix::{Matrix, Region, Shape};

fn main() {
    for side in std::env::args().skip(1).map(|side| side.parse::<u32>().unwrap()) {
        let values =
            |seed: u32| (0..side * side).map(|n| (n.wrapping_mul(seed) >> 11) as i8).collect();
        let a = Matrix::new(side, side, values(2_654_435_761)).unwrap();
        let b = Matrix::new(side, side, values(2_246_822_519)).unwrap();
        let region = Region::whole(Shape::new(side.into(), side.into(), side.into()).unwrap());
        for backend in Backend::available().into_iter().rev() {
            if std::env::var("ONLY").is_ok_and(|only| only != backend.as_str())
                || backend.as_str() == "scalar" && side > 1024
            {
                continue;
            }
            for threads in [1, 2] {
                let mut times: Vec<f64> = (0..5)
                    .map(|_| {
                        let started = Instant::now();
                        std::hint::black_box(product_i8(backend, &a, &b, &region, threads));
                        started.elapsed().as_secs_f64()
                    })
                    .collect();
                times.sort_by(f64::total_cmp);
                let work = 2.0 * f64::from(side).powi(3);
                println!(
                    "{side} {backend} {threads}: {:.1} GOP/s best {:.1}",
                    work / times[2] / 1e9,
                    work / times[0] / 1e9
                );
            }
        }
    }
}
