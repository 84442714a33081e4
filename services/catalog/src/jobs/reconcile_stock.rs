//! Compares the counters of stock with ledger and reservations once a day.

use jiff::Timestamp;

use crate::ops;
use crate::state::AppState;
use crate::store;

const DAY_S: i64 = 86_400;

/// Runs the day's comparison if nobody did it yet. All instances ask; one does it.
///
/// # Errors
/// When the database fails; the next run tries again.
pub async fn run(state: &AppState, hour: u8) -> anyhow::Result<()> {
    let last = {
        let mut conn = state.db.write().await?;
        store::stock_audit::find_last(&mut conn).await?
    };
    if is_due(last.map(|(at, _)| at), state.clock.now(), hour) {
        ops::stock::reconcile(&state.db, &*state.clock, "schedule").await?;
    } else if let Some((_, differences)) = last {
        // Every instance shows what the last one found.
        ops::stock::show(differences);
    }
    Ok(())
}

/// Whether the last comparison ended before the hour struck (UTC), today or yesterday.
fn is_due(last: Option<Timestamp>, now: Timestamp, hour: u8) -> bool {
    let offset = i64::from(hour % 24) * 3600;
    let struck = (now.as_second() - offset).div_euclid(DAY_S) * DAY_S + offset;
    last.is_none_or(|last| last.as_second() < struck)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn once_a_day_after_the_hour() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let now = at("2026-11-23T03:00:00Z");
        assert!(is_due(None, now, 3));
        assert!(is_due(Some(at("2026-11-23T02:59:59Z")), now, 3));
        assert!(!is_due(Some(now), at("2026-11-24T02:59:59Z"), 3));
        assert!(is_due(Some(now), at("2026-11-24T03:00:00Z"), 3));
        assert!(!is_due(
            Some(at("2026-11-22T23:30:00Z")),
            at("2026-11-22T23:59:00Z"),
            23
        ));
    }
}
