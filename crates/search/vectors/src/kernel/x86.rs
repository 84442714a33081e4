//! AVX2 and AVX-512 VNNI. With `map.rs` the only place of the house with `unsafe`.
//!
//! Why it is sound: a value of [`Avx2`] or [`Vnni`] is made by `detect` alone, which asks the
//! processor; every load and store goes through a reference to an array of exactly the bytes that
//! the instruction touches.
#![expect(
    unsafe_code,
    reason = "the processor's vector instructions: three to seven times faster, measured in README.md"
)]

use std::arch::x86_64::{
    __m128i, __m512i, _mm_add_epi32, _mm_cvtsi128_si32, _mm_loadu_si128, _mm_shuffle_epi32,
    _mm256_add_epi32, _mm256_castsi256_si128, _mm256_cvtepi8_epi16, _mm256_extracti128_si256,
    _mm256_hadd_epi32, _mm256_madd_epi16, _mm256_permute4x64_epi64, _mm256_set1_epi64x,
    _mm256_setzero_si256, _mm256_storeu_si256, _mm512_dpbusd_epi32, _mm512_loadu_si512,
    _mm512_reduce_add_epi32, _mm512_set1_epi8, _mm512_set1_epi32, _mm512_setzero_si512,
    _mm512_storeu_si512, _mm512_sub_epi32, _mm512_xor_si512,
};

use super::{GROUP, GROUP_BYTES, Job, Kernel, PANEL, Row};

/// The processor has AVX2.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Avx2(());

/// The processor has AVX-512 with VNNI.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Vnni(());

impl Avx2 {
    /// Asks the processor (once; the answer is kept by the standard library).
    pub(crate) fn detect() -> Option<Self> {
        (is_x86_feature_detected!("avx2") && is_x86_feature_detected!("popcnt")).then_some(Self(()))
    }
}

impl Vnni {
    /// Asks the processor (once; the answer is kept by the standard library).
    pub(crate) fn detect() -> Option<Self> {
        (is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512bw")
            && is_x86_feature_detected!("avx512dq")
            && is_x86_feature_detected!("avx512vl")
            && is_x86_feature_detected!("avx512vnni")
            && is_x86_feature_detected!("popcnt"))
        .then_some(Self(()))
    }
}

impl Kernel for Avx2 {
    // Two products of a byte and a signed byte can overflow the sixteen bits of AVX2's byte
    // product, so the codes are held as sixteen bits and multiplied exactly.
    type Code = i16;

    const ROWS: usize = 2;

    #[inline(always)]
    fn tile<const R: usize>(self, rows: [&[i16]; R], panel: &[i8], out: &mut [[i32; PANEL]; R]) {
        // SAFETY: `self` proves that the processor has the features.
        unsafe { tile_avx2(rows, panel, out) }
    }

    #[inline(always)]
    fn dot(self, a: &Row, b: &Row) -> i32 {
        // SAFETY: `self` proves that the processor has the features.
        unsafe { dot_avx2(a, b) }
    }

    #[inline(always)]
    fn run<J: Job>(self, job: J) -> J::Out {
        // SAFETY: `self` proves that the processor has the features.
        unsafe { run_avx2(self, job) }
    }
}

impl Kernel for Vnni {
    type Code = u8;

    const ROWS: usize = 6;

    #[inline(always)]
    fn tile<const R: usize>(self, rows: [&[u8]; R], panel: &[i8], out: &mut [[i32; PANEL]; R]) {
        // SAFETY: `self` proves that the processor has the features.
        unsafe { tile_vnni(rows, panel, out) }
    }

    #[inline(always)]
    fn dot(self, a: &Row, b: &Row) -> i32 {
        // SAFETY: `self` proves that the processor has the features.
        unsafe { dot_vnni(a, b) }
    }

    #[inline(always)]
    fn run<J: Job>(self, job: J) -> J::Out {
        // SAFETY: `self` proves that the processor has the features.
        unsafe { run_vnni(self, job) }
    }
}

#[target_feature(enable = "avx2,popcnt")]
fn run_avx2<J: Job>(kernel: Avx2, job: J) -> J::Out {
    job.run(kernel)
}

#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,popcnt")]
fn run_vnni<J: Job>(kernel: Vnni, job: J) -> J::Out {
    job.run(kernel)
}

#[inline]
#[target_feature(enable = "avx2,popcnt")]
fn load128(bytes: &[i8; 16]) -> __m128i {
    // SAFETY: the array is sixteen bytes, and the load needs no alignment.
    unsafe { _mm_loadu_si128(bytes.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,popcnt")]
fn load512(bytes: &[i8; 64]) -> __m512i {
    // SAFETY: the array is sixty-four bytes, and the load needs no alignment.
    unsafe { _mm512_loadu_si512(bytes.as_ptr().cast()) }
}

/// Four inputs at a time for sixteen outputs at a time: the weights become sixteen bits, their
/// products with the inputs are added in pairs, and the two pairs of an output at the end.
#[inline]
#[target_feature(enable = "avx2,popcnt")]
fn tile_avx2<const R: usize>(rows: [&[i16]; R], panel: &[i8], out: &mut [[i32; PANEL]; R]) {
    let groups = panel.as_chunks::<GROUP_BYTES>().0;
    let rows = rows.map(|row| &row.as_chunks::<GROUP>().0[..groups.len()]);
    for quarter in 0..4 {
        let mut acc = [[_mm256_setzero_si256(); 4]; R];
        for (g, group) in groups.iter().enumerate() {
            let parts = &group.as_chunks::<16>().0[4 * quarter..][..4];
            let mut x = [_mm256_setzero_si256(); R];
            for r in 0..R {
                x[r] = _mm256_set1_epi64x(bytemuck::cast(rows[r][g]));
            }
            for i in 0..4 {
                let w = _mm256_cvtepi8_epi16(load128(&parts[i]));
                for r in 0..R {
                    acc[r][i] = _mm256_add_epi32(acc[r][i], _mm256_madd_epi16(w, x[r]));
                }
            }
        }
        for r in 0..R {
            for half in 0..2 {
                let sums = _mm256_hadd_epi32(acc[r][2 * half], acc[r][2 * half + 1]);
                let sums = _mm256_permute4x64_epi64::<0b11_01_10_00>(sums);
                let to = &mut out[r].as_chunks_mut::<8>().0[2 * quarter + half];
                // SAFETY: the array is thirty-two bytes, and the store needs no alignment.
                unsafe { _mm256_storeu_si256(to.as_mut_ptr().cast(), sums) }
            }
        }
    }
}

/// Four inputs at a time for all sixty-four outputs.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,popcnt")]
fn tile_vnni<const R: usize>(rows: [&[u8]; R], panel: &[i8], out: &mut [[i32; PANEL]; R]) {
    let groups = panel.as_chunks::<GROUP_BYTES>().0;
    let rows = rows.map(|row| &row.as_chunks::<GROUP>().0[..groups.len()]);
    let mut acc = [[_mm512_setzero_si512(); 4]; R];
    for (g, group) in groups.iter().enumerate() {
        let parts = group.as_chunks::<64>().0;
        let w = [
            load512(&parts[0]),
            load512(&parts[1]),
            load512(&parts[2]),
            load512(&parts[3]),
        ];
        for r in 0..R {
            let x = _mm512_set1_epi32(i32::from_le_bytes(rows[r][g]));
            for i in 0..4 {
                acc[r][i] = _mm512_dpbusd_epi32(acc[r][i], x, w[i]);
            }
        }
    }
    for r in 0..R {
        for i in 0..4 {
            let to = &mut out[r].as_chunks_mut::<16>().0[i];
            // SAFETY: the array is sixty-four bytes, and the store needs no alignment.
            unsafe { _mm512_storeu_si512(to.as_mut_ptr().cast(), acc[r][i]) }
        }
    }
}

#[inline]
#[target_feature(enable = "avx2,popcnt")]
fn dot_avx2(a: &Row, b: &Row) -> i32 {
    let mut acc = [_mm256_setzero_si256(); 4];
    let (a, b) = (a.0.as_chunks::<16>().0, b.0.as_chunks::<16>().0);
    for (i, (a, b)) in a.iter().zip(b).enumerate() {
        let a = _mm256_cvtepi8_epi16(load128(a));
        let b = _mm256_cvtepi8_epi16(load128(b));
        acc[i % 4] = _mm256_add_epi32(acc[i % 4], _mm256_madd_epi16(a, b));
    }
    let low = _mm256_add_epi32(acc[0], acc[1]);
    let all = _mm256_add_epi32(low, _mm256_add_epi32(acc[2], acc[3]));
    let four = _mm_add_epi32(
        _mm256_castsi256_si128(all),
        _mm256_extracti128_si256::<1>(all),
    );
    let two = _mm_add_epi32(four, _mm_shuffle_epi32::<0b01_00_11_10>(four));
    let one = _mm_add_epi32(two, _mm_shuffle_epi32::<0b10_11_00_01>(two));
    _mm_cvtsi128_si32(one)
}

/// The instruction wants one side without sign: `a` is shifted by 128, and 128 times the sum of
/// `b` taken away again.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,popcnt")]
fn dot_vnni(a: &Row, b: &Row) -> i32 {
    let shift = _mm512_set1_epi8(i8::MIN);
    let (mut products, mut sums) = ([_mm512_setzero_si512(); 2], [_mm512_setzero_si512(); 2]);
    let (a, b) = (a.0.as_chunks::<64>().0, b.0.as_chunks::<64>().0);
    for (i, (a, b)) in a.iter().zip(b).enumerate() {
        let (a, b) = (_mm512_xor_si512(load512(a), shift), load512(b));
        products[i % 2] = _mm512_dpbusd_epi32(products[i % 2], a, b);
        sums[i % 2] = _mm512_dpbusd_epi32(sums[i % 2], shift, b);
    }
    let even = _mm512_sub_epi32(products[0], sums[0]);
    let odd = _mm512_sub_epi32(products[1], sums[1]);
    _mm512_reduce_add_epi32(even) + _mm512_reduce_add_epi32(odd)
}
