//! Durations as few distinct values: CloudWatch takes at most 150 of them a datum, and computes percentiles from them.

use std::sync::atomic::{AtomicU64, Ordering};

use metrics::HistogramFn;

/// CloudWatch's limit of distinct values in a datum.
const BUCKETS: usize = 150;
/// The smallest duration told apart, in seconds.
const SMALLEST: f64 = 0.000_1;
/// Each bucket is wider than the one before by this factor: what is sent is at most 5 % off, up to 147 s.
const GROWTH: f64 = 1.1;

/// Counts of durations since the last look.
#[derive(Debug)]
pub(crate) struct Spread([AtomicU64; BUCKETS]);

impl Default for Spread {
    fn default() -> Self {
        Self([const { AtomicU64::new(0) }; BUCKETS])
    }
}

impl HistogramFn for Spread {
    fn record(&self, seconds: f64) {
        self.0[bucket(seconds)].fetch_add(1, Ordering::Relaxed);
    }
}

impl Spread {
    /// The values that occurred since the last call, and how often.
    pub(crate) fn take(&self) -> (Vec<f64>, Vec<f64>) {
        let taken = self.0.iter().enumerate().filter_map(|(index, count)| {
            let count = count.swap(0, Ordering::Relaxed);
            (count > 0).then(|| (value(index), as_f64(count)))
        });
        taken.unzip()
    }
}

#[expect(
    clippy::float_arithmetic,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "durations are measured, not counted; `as` keeps within the range of usize, and the end is cut off"
)]
fn bucket(seconds: f64) -> usize {
    if seconds.is_nan() || seconds <= SMALLEST {
        return 0;
    }
    let index = (seconds / SMALLEST).ln() / GROWTH.ln();
    (index as usize).min(BUCKETS - 1)
}

/// The middle of a bucket, in seconds.
#[expect(
    clippy::float_arithmetic,
    reason = "durations are measured, not counted"
)]
fn value(index: usize) -> f64 {
    let exponent = f64::from(u32::try_from(index).unwrap_or(u32::MAX)) + 0.5;
    SMALLEST * GROWTH.powf(exponent)
}

/// Counts are far below 2^53.
#[expect(
    clippy::cast_precision_loss,
    reason = "a count that large cannot be reached"
)]
pub(crate) fn as_f64(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_told_within_five_per_cent() {
        let mut seconds = SMALLEST;
        while seconds < 147.0 {
            let told = value(bucket(seconds));
            assert!((told / seconds - 1.0).abs() < 0.05, "{seconds} as {told}");
            seconds *= 1.013;
        }
    }

    #[test]
    fn what_is_no_duration_falls_into_the_outer_buckets() {
        for odd in [-1.0, 0.0, f64::NAN, f64::NEG_INFINITY] {
            assert_eq!(bucket(odd), 0);
        }
        assert_eq!(bucket(1e9), BUCKETS - 1);
        assert_eq!(bucket(f64::INFINITY), BUCKETS - 1);
    }

    #[test]
    fn what_was_taken_is_gone() {
        let spread = Spread::default();
        spread.record(0.2);
        spread.record(0.2);
        spread.record(5.0);
        let (values, counts) = spread.take();
        assert_eq!(values.len(), 2);
        assert_eq!(counts, [2.0, 1.0]);
        assert_eq!(spread.take(), (Vec::new(), Vec::new()));
    }
}
