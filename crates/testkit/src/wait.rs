//! Waiting for what others do meanwhile.

use std::time::{Duration, Instant};

/// Whatever is waited for is late after this time, on a machine that compiles as well.
const PATIENCE: Duration = Duration::from_mins(1);

/// Asks until it is so.
///
/// # Panics
/// After a minute, naming what never came: a test fails and does not hang.
pub async fn until(what: &str, is_so: impl AsyncFn() -> bool) {
    let start = Instant::now();
    while !is_so().await {
        assert!(start.elapsed() < PATIENCE, "{what}: not after {PATIENCE:?}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
