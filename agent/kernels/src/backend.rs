//! Which instructions are used.

use std::fmt;

use arch_matrix::{Matrix, Region};

use crate::blocked;
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
}

impl Backend {
    /// All that this processor has, the slowest first.
    #[must_use]
    pub fn available() -> Vec<Self> {
        let scalar = [Some(Self::Scalar(Scalar))];
        #[cfg(target_arch = "x86_64")]
        let wide = [Avx2::detect().map(Self::Avx2), Vnni::detect().map(Self::Vnni)];
        #[cfg(not(target_arch = "x86_64"))]
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
        }
    }
}

impl fmt::Display for Backend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// `A[rows, depth] · B[depth, columns]` of 8-bit integers, by at most `threads` threads. Sums must have
/// been proven not to overflow; what lies outside A or B counts as nothing.
#[must_use]
pub fn product_i8(
    backend: Backend,
    a: &Matrix<i8>,
    b: &Matrix<i8>,
    region: &Region,
    threads: usize,
) -> Matrix<i32> {
    match backend {
        Backend::Scalar(kernel) => blocked::product(kernel, a, b, region, threads),
        #[cfg(target_arch = "x86_64")]
        Backend::Avx2(kernel) => blocked::product(kernel, a, b, region, threads),
        #[cfg(target_arch = "x86_64")]
        Backend::Vnni(kernel) => blocked::product(kernel, a, b, region, threads),
    }
}
