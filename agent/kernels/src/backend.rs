//! Which instructions are used.

use std::fmt;

use arch_matrix::{Matrix, Region};

#[cfg(target_arch = "aarch64")]
use crate::aarch64::{Dotprod, Neon};
use crate::blocked::{Begin, Blocked, Layout};
use crate::scalar::Scalar;
#[cfg(target_arch = "x86_64")]
use crate::x86::{Avx2, Vnni};

/// A way to multiply. All give the same bytes.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Backend {
    /// What every processor has.
    Scalar(Scalar),
    /// x86-64 with AVX2.
    #[cfg(target_arch = "x86_64")]
    Avx2(Avx2),
    /// x86-64 with AVX-512 VNNI.
    #[cfg(target_arch = "x86_64")]
    Vnni(Vnni),
    /// 64-bit ARM with NEON, which all have.
    #[cfg(target_arch = "aarch64")]
    Neon(Neon),
    /// 64-bit ARM with NEON and dot products.
    #[cfg(target_arch = "aarch64")]
    Dotprod(Dotprod),
}

impl Backend {
    /// All that this processor has, the slowest first.
    #[must_use]
    pub fn available() -> Vec<Self> {
        let scalar = [Some(Self::Scalar(Scalar))];
        #[cfg(target_arch = "x86_64")]
        let wide = [Avx2::detect().map(Self::Avx2), Vnni::detect().map(Self::Vnni)];
        #[cfg(target_arch = "aarch64")]
        let wide = [Neon::detect().map(Self::Neon), Dotprod::detect().map(Self::Dotprod)];
        #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
        let wide = [];
        scalar.into_iter().chain(wide).flatten().collect()
    }

    /// The quickest that this processor has.
    #[must_use]
    pub fn best() -> Self {
        Self::available().last().copied().unwrap_or(Self::Scalar(Scalar))
    }

    /// The one with that name, if this processor has it.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::available().into_iter().find(|backend| backend.as_str() == name)
    }

    /// Its name.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Scalar(_) => "scalar",
            #[cfg(target_arch = "x86_64")]
            Self::Avx2(_) => "avx2",
            #[cfg(target_arch = "x86_64")]
            Self::Vnni(_) => "avx512-vnni",
            #[cfg(target_arch = "aarch64")]
            Self::Neon(_) => "neon",
            #[cfg(target_arch = "aarch64")]
            Self::Dotprod(_) => "neon-dotprod",
        }
    }
}

impl fmt::Display for Backend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Multiplies 8-bit integers, and keeps the room that it needed for the next product.
#[derive(Debug)]
pub struct Multiplier {
    threads: usize,
    with: With,
}

#[derive(Debug)]
enum With {
    Scalar(Blocked<Scalar, 4, 16>),
    #[cfg(target_arch = "x86_64")]
    Avx2(Blocked<Avx2, 6, 16>),
    #[cfg(target_arch = "x86_64")]
    Vnni(Blocked<Vnni, 12, 32>),
    #[cfg(target_arch = "aarch64")]
    Neon(Blocked<Neon, 2, 16>),
    #[cfg(target_arch = "aarch64")]
    Dotprod(Blocked<Dotprod, 6, 16>),
}

impl Multiplier {
    /// By at most `threads` threads.
    #[must_use]
    pub fn new(backend: Backend, threads: usize) -> Self {
        let with = match backend {
            Backend::Scalar(kernel) => With::Scalar(Blocked::new(kernel)),
            #[cfg(target_arch = "x86_64")]
            Backend::Avx2(kernel) => With::Avx2(Blocked::new(kernel)),
            #[cfg(target_arch = "x86_64")]
            Backend::Vnni(kernel) => With::Vnni(Blocked::new(kernel)),
            #[cfg(target_arch = "aarch64")]
            Backend::Neon(kernel) => With::Neon(Blocked::new(kernel)),
            #[cfg(target_arch = "aarch64")]
            Backend::Dotprod(kernel) => With::Dotprod(Blocked::new(kernel)),
        };
        Self { threads, with }
    }

    /// `A[rows, depth] · B[depth, columns]`. Sums must have been proven not to overflow; what lies
    /// outside A or B counts as nothing.
    pub fn product(&mut self, a: &Matrix<i8>, b: &Matrix<i8>, region: &Region) -> Matrix<i32> {
        let (rows, columns) = region.size();
        let mut c = Matrix::zero(rows, columns);
        self.product_into(a, b, region, &mut c);
        c
    }

    /// The same, into a matrix that is there already; if it has not the region's size, it becomes one
    /// that has.
    pub fn product_into(
        &mut self,
        a: &Matrix<i8>,
        b: &Matrix<i8>,
        region: &Region,
        c: &mut Matrix<i32>,
    ) {
        let (rows, columns) = region.size();
        if (c.rows(), c.columns()) != (rows, columns) {
            *c = Matrix::zero(rows, columns);
        }
        self.run((a, b), region, (Begin::Afresh, Layout::New), c);
    }

    /// Adds the product to a matrix of the region's size; one of another size is left as it is. The sums
    /// must have been proven not to overflow with what is there.
    pub fn add_product(
        &mut self,
        a: &Matrix<i8>,
        b: &Matrix<i8>,
        region: &Region,
        c: &mut Matrix<i32>,
    ) {
        if (c.rows(), c.columns()) == region.size() {
            self.run((a, b), region, (Begin::OnTop, Layout::New), c);
        }
    }

    /// Any of these, into a matrix of the region's size.
    pub(crate) fn run(
        &mut self,
        factors: (&Matrix<i8>, &Matrix<i8>),
        region: &Region,
        how: (Begin, Layout),
        c: &mut Matrix<i32>,
    ) {
        let threads = self.threads;
        match &mut self.with {
            With::Scalar(with) => with.product(factors, region, threads, how, c),
            #[cfg(target_arch = "x86_64")]
            With::Avx2(with) => with.product(factors, region, threads, how, c),
            #[cfg(target_arch = "x86_64")]
            With::Vnni(with) => with.product(factors, region, threads, how, c),
            #[cfg(target_arch = "aarch64")]
            With::Neon(with) => with.product(factors, region, threads, how, c),
            #[cfg(target_arch = "aarch64")]
            With::Dotprod(with) => with.product(factors, region, threads, how, c),
        }
    }
}
