//! The integer inner loops, once for each kind of processor.
//!
//! A [`Kernel`] is a proof: its value exists only where the processor has the instructions. All
//! kernels compute the same integers exactly, and the floating point around them has one written
//! order (see `lanes`), so every kernel gives the same bits. [`with_best`] chooses at run time.

mod portable;
#[cfg(target_arch = "x86_64")]
mod x86;

use crate::embedding::DIMENSIONS;

pub(crate) use portable::Portable;
#[cfg(target_arch = "x86_64")]
pub(crate) use x86::{Avx2, Vnni};

/// Outputs in one panel of a matrix.
pub(crate) const PANEL: usize = 64;

/// Inputs that lie side by side in a panel.
pub(crate) const GROUP: usize = 4;

/// Bytes of one group of a panel: for each of 64 outputs, the weights of four inputs.
pub(crate) const GROUP_BYTES: usize = PANEL * GROUP;

/// The codes of one stored vector, aligned as the widest loads like it.
#[derive(Debug, Clone, Copy)]
#[repr(C, align(64))]
pub(crate) struct Row(pub(crate) [i8; DIMENSIONS]);

/// The loops over integers.
pub(crate) trait Kernel: Copy {
    /// How an activation between 0 and 255 is held.
    type Code: Copy + Default + From<u8>;

    /// The most rows of one [`Kernel::tile`].
    const ROWS: usize;

    /// Products of `R` rows of activations with a panel of weights:
    /// `out[r][o] = sum over k of rows[r][k] * weight[k][o]`. A row is as long as the panel has
    /// inputs.
    fn tile<const R: usize>(
        self,
        rows: [&[Self::Code]; R],
        panel: &[i8],
        out: &mut [[i32; PANEL]; R],
    );

    /// The dot product of two vectors of codes between -127 and 127.
    fn dot(self, a: &Row, b: &Row) -> i32;

    /// Runs a job inside a function that has the processor's features turned on.
    fn run<J: Job>(self, job: J) -> J::Out;
}

/// Work that is written once and compiled for each kernel. `run` must be `#[inline(always)]`.
pub(crate) trait Job {
    /// What comes out.
    type Out;

    /// Does the work.
    fn run<K: Kernel>(self, kernel: K) -> Self::Out;
}

/// Which instructions compute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Instructions {
    /// Plain Rust; runs everywhere.
    Portable,
    /// AVX2: x86-64 processors since about 2013.
    Avx2,
    /// AVX-512 with VNNI: servers since about 2019 (Intel) and 2022 (AMD).
    Vnni,
}

impl Instructions {
    /// Those that this processor has, the fastest last.
    pub fn available() -> Vec<Self> {
        let all = [Self::Portable, Self::Avx2, Self::Vnni].into_iter();
        all.filter(|set| set.is_here()).collect()
    }

    /// The fastest that this processor has.
    pub fn best() -> Self {
        let mut fast = [Self::Vnni, Self::Avx2].into_iter();
        fast.find(|set| set.is_here()).unwrap_or(Self::Portable)
    }

    fn is_here(self) -> bool {
        match self {
            Self::Portable => true,
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => Avx2::detect().is_some(),
            #[cfg(target_arch = "x86_64")]
            Self::Vnni => Vnni::detect().is_some(),
            #[cfg(not(target_arch = "x86_64"))]
            Self::Avx2 | Self::Vnni => false,
        }
    }

    /// Runs a job with these instructions, or portably where the processor has no such
    /// instructions.
    pub(crate) fn run<J: Job>(self, job: J) -> J::Out {
        #[cfg(target_arch = "x86_64")]
        {
            if self == Self::Vnni
                && let Some(kernel) = Vnni::detect()
            {
                return kernel.run(job);
            }
            if self == Self::Avx2
                && let Some(kernel) = Avx2::detect()
            {
                return kernel.run(job);
            }
        }
        Portable.run(job)
    }
}

/// Runs a job with the fastest instructions.
pub(crate) fn with_best<J: Job>(job: J) -> J::Out {
    Instructions::best().run(job)
}

#[cfg(test)]
mod tests;
