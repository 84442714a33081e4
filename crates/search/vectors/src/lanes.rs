//! Arithmetic on floats, sixteen at a time, in plain Rust.
//!
//! Every sum has one written order and nothing is fused, so that all kernels compute the same bits:
//! a vector made on one processor may be compared with one made on another. The functions are
//! inlined into the job of a kernel and there become the processor's vector instructions.

/// How many numbers go side by side.
pub(crate) const LANES: usize = 16;

/// Sixteen numbers.
pub(crate) type Lane = [f32; LANES];

/// Adding and taking away this number rounds to the nearest integer (ties to even), for
/// magnitudes below 2^22, without a call to the C library.
const ROUND: f32 = 12_582_912.0;

/// The first sixteen of some numbers.
#[inline(always)]
pub(crate) fn load(numbers: &[f32]) -> Lane {
    let mut lane = [0.0; LANES];
    lane.copy_from_slice(&numbers[..LANES]);
    lane
}

/// `sum + factor * lane`, rounded twice.
#[inline(always)]
pub(crate) fn add_times(sum: Lane, factor: f32, lane: Lane) -> Lane {
    let mut out = [0.0; LANES];
    for i in 0..LANES {
        out[i] = sum[i] + factor * lane[i];
    }
    out
}

/// Adds all lanes, always in the same tree.
#[inline(always)]
pub(crate) fn sum(lane: &Lane) -> f32 {
    let mut eight = [0.0; 8];
    for i in 0..8 {
        eight[i] = lane[i] + lane[i + 8];
    }
    let mut four = [0.0; 4];
    for i in 0..4 {
        four[i] = eight[i] + eight[i + 4];
    }
    (four[0] + four[2]) + (four[1] + four[3])
}

/// The smallest and the largest of numbers whose count is a multiple of [`LANES`].
#[inline(always)]
pub(crate) fn range(numbers: &[f32]) -> (f32, f32) {
    let mut low = [f32::INFINITY; LANES];
    let mut high = [f32::NEG_INFINITY; LANES];
    for lane in numbers.as_chunks::<LANES>().0 {
        for i in 0..LANES {
            low[i] = if lane[i] < low[i] { lane[i] } else { low[i] };
            high[i] = if lane[i] > high[i] { lane[i] } else { high[i] };
        }
    }
    for half in [8, 4, 2, 1] {
        for i in 0..half {
            low[i] = if low[i + half] < low[i] {
                low[i + half]
            } else {
                low[i]
            };
            high[i] = if high[i + half] > high[i] {
                high[i + half]
            } else {
                high[i]
            };
        }
    }
    (low[0], high[0])
}

/// The nearest integer of a magnitude below 2^22.
#[inline(always)]
pub(crate) fn round(x: f32) -> i32 {
    ((x + ROUND).to_bits() as i32).wrapping_sub(ROUND.to_bits() as i32)
}

/// e^x for x <= 0, to about one unit in the last place; 0 below -87.
#[inline(always)]
pub(crate) fn exp(x: f32) -> f32 {
    let x = if x < -87.0 { -87.0 } else { x };
    let shifted = x * std::f32::consts::LOG2_E + ROUND;
    let n = shifted - ROUND;
    // ln 2 in two parts, so that the difference is exact.
    let r = (x - n * 0.693_359_4) - n * -2.121_944_4e-4;
    let p = 1.987_569_1e-4 * r + 1.398_199_9e-3;
    let p = p * r + 8.333_452e-3;
    let p = p * r + 4.166_579_6e-2;
    let p = p * r + 1.666_666_5e-1;
    let p = p * r + 5.000_000_3e-1;
    let y = p * (r * r) + r + 1.0;
    let exponent = (shifted.to_bits() as i32).wrapping_sub(ROUND.to_bits() as i32) + 127;
    y * f32::from_bits((exponent << 23) as u32)
}

/// The activation of the model: x times the normal distribution's share below x. The error
/// function is formula 7.1.26 of Abramowitz and Stegun, off by at most 1.5e-7.
#[inline(always)]
pub(crate) fn gelu(x: f32) -> f32 {
    let z = x.abs() * std::f32::consts::FRAC_1_SQRT_2;
    let t = 1.0 / (1.0 + 0.327_591_1 * z);
    let p = 1.061_405_4 * t - 1.453_152_1;
    let p = p * t + 1.421_413_8;
    let p = p * t - 0.284_496_74;
    let p = p * t + 0.254_829_6;
    let tail = p * t * exp(-(z * z));
    let erf = if x < 0.0 { tail - 1.0 } else { 1.0 - tail };
    0.5 * x * (1.0 + erf)
}

/// Layer normalisation of one row in place: mean 0, variance 1, then weight and bias.
#[inline(always)]
pub(crate) fn normalise(row: &mut [f32], weight: &[f32], bias: &[f32]) {
    let count = row.len() as f32;
    let mut total = [0.0; LANES];
    for lane in row.as_chunks::<LANES>().0 {
        for i in 0..LANES {
            total[i] += lane[i];
        }
    }
    let mean = sum(&total) / count;
    let mut squares = [0.0; LANES];
    for lane in row.as_chunks::<LANES>().0 {
        for i in 0..LANES {
            let d = lane[i] - mean;
            squares[i] += d * d;
        }
    }
    let factor = 1.0 / (sum(&squares) / count + 1e-12).sqrt();
    for ((x, w), b) in row.iter_mut().zip(weight).zip(bias) {
        *x = (*x - mean) * factor * w + b;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exp_agrees_with_the_library() {
        for step in 0..=8_700 {
            let x = step as f32 * -0.01;
            let exact = f64::from(x).exp();
            assert!((f64::from(exp(x)) - exact).abs() <= exact * 2.5e-7, "{x}");
        }
        assert!(exp(-1e30) < 1.7e-38);
    }

    #[test]
    fn gelu_agrees_with_known_values() {
        // from an error function in double precision
        let known = [
            (-3.0_f32, -0.004_049_694_f32),
            (-1.0, -0.158_655_25),
            (-0.1, -0.046_017_22),
            (0.0, 0.0),
            (0.5, 0.345_731_23),
            (2.0, 1.954_499_7),
            (30.0, 30.0),
        ];
        for (x, y) in known {
            assert!((gelu(x) - y).abs() < 1e-6, "{x}: {} is not {y}", gelu(x));
        }
    }

    #[test]
    fn rounds_to_the_nearest() {
        for (x, y) in [(0.4, 0), (0.6, 1), (-0.6, -1), (254.6, 255), (-127.4, -127)] {
            assert_eq!(round(x), y);
        }
    }

    #[test]
    fn finds_the_range_and_the_sum() {
        let numbers: Vec<f32> = (0..48).map(|i| i as f32 - 20.0).collect();
        assert_eq!(range(&numbers), (-20.0, 27.0));
        assert!((sum(&[1.5; LANES]) - 24.0).abs() < f32::EPSILON);
    }
}
