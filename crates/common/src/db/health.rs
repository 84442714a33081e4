//! Which idle connections may be handed out again.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use sqlx::postgres::PgConnection;

/// A connection that idled longer than this is checked before it is handed out.
const IDLE_UNCHECKED: Duration = Duration::from_secs(1);
/// After a sign of a lost or demoted server every connection is checked for this long.
const SUSPICION_MS: u64 = 5_000;
/// A server that does not answer the check within this time is taken for lost.
const CHECK_DEADLINE: Duration = Duration::from_millis(200);

static SUSPECT_UNTIL_MS: AtomicU64 = AtomicU64::new(0);

fn now_ms() -> u64 {
    static START: OnceLock<Instant> = OnceLock::new();
    let start = START.get_or_init(Instant::now);
    u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX)
}

/// Notes that a query failed in a way that makes every pooled connection suspect.
pub(super) fn suspect() {
    SUSPECT_UNTIL_MS.store(now_ms().saturating_add(SUSPICION_MS), Ordering::Relaxed);
}

/// Whether a connection may be handed out. `writes`: it must not be read-only.
pub(super) async fn keep(
    connection: &mut PgConnection,
    idle_for: Duration,
    writes: bool,
) -> Result<bool, sqlx::Error> {
    if idle_for < IDLE_UNCHECKED && now_ms() >= SUSPECT_UNTIL_MS.load(Ordering::Relaxed) {
        return Ok(true);
    }
    let check = sqlx::query_scalar::<_, String>("show transaction_read_only").fetch_one(connection);
    match tokio::time::timeout(CHECK_DEADLINE, check).await {
        Ok(answer) => Ok(!writes || answer? == "off"),
        Err(_) => Err(sqlx::Error::Io(std::io::ErrorKind::TimedOut.into())),
    }
}
