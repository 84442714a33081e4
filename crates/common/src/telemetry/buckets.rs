//! The buckets of histograms, the same for every reader.

/// Upper bounds of the duration histograms, in seconds.
pub(super) const DURATION_BUCKETS_S: &[f64] = &[
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];
