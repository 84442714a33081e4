//! Stock as staff see and move it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The units of a variant, over all slots of one place or of all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StockLevel {
    /// Units in the place.
    pub on_hand: i64,
    /// Of these, held by checkouts that are not paid yet.
    pub reserved: i64,
    /// Of these, sold and not shipped yet.
    pub allocated: i64,
    /// Units that may be sold beyond what is there.
    pub backorder_limit: i64,
    /// Units that can be sold now, backorders included.
    pub available: i64,
}

/// The level of one slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SlotLevel {
    /// The slot.
    pub slot: i16,
    /// Units in it.
    pub on_hand: i32,
    /// Held or sold.
    pub committed: i32,
    /// Units that may be sold beyond what is there.
    pub backorder_limit: i32,
}

/// Fewer units would be left than checkouts and orders hold already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("fewer units would be left than are held or sold")]
pub struct BelowCommitments;

/// How a change of units is spread over slots: what comes goes into the first slot, what goes is drawn from slot to
/// slot, from each as much as it can spare.
///
/// # Errors
/// [`BelowCommitments`] if the slots together cannot spare as much.
pub fn spread(levels: &[SlotLevel], delta: i32) -> Result<Vec<(i16, i32)>, BelowCommitments> {
    if delta >= 0 {
        return Ok(levels
            .first()
            .filter(|_| delta > 0)
            .map(|level| (level.slot, delta))
            .into_iter()
            .collect());
    }
    let mut rest = delta.unsigned_abs();
    let mut moves = Vec::new();
    for level in levels {
        let free = level
            .on_hand
            .saturating_add(level.backorder_limit)
            .saturating_sub(level.committed);
        let part = rest.min(free.min(level.on_hand).max(0).unsigned_abs());
        if part > 0 {
            rest -= part;
            moves.push((
                level.slot,
                -i32::try_from(part).map_err(|_| BelowCommitments)?,
            ));
        }
    }
    if rest == 0 {
        Ok(moves)
    } else {
        Err(BelowCommitments)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn level(slot: i16, on_hand: i32, committed: i32) -> SlotLevel {
        SlotLevel {
            slot,
            on_hand,
            committed,
            backorder_limit: 0,
        }
    }

    #[test]
    fn units_that_go_are_drawn_across_slots() {
        let levels = [level(0, 5, 4), level(1, 5, 0), level(2, 0, 0)];
        assert_eq!(spread(&levels, -7), Err(BelowCommitments));
        assert_eq!(spread(&levels, -6), Ok(vec![(0, -1), (1, -5)]));
        assert_eq!(spread(&levels, 3), Ok(vec![(0, 3)]));
        assert_eq!(spread(&levels, 0), Ok(vec![]));
        assert_eq!(spread(&levels, i32::MIN), Err(BelowCommitments));
    }

    #[test]
    fn a_slot_never_goes_below_nothing_however_many_backorders_it_takes() {
        let level = SlotLevel {
            slot: 0,
            on_hand: 2,
            committed: 0,
            backorder_limit: 100,
        };
        assert_eq!(spread(&[level], -3), Err(BelowCommitments));
        assert_eq!(spread(&[level], -2), Ok(vec![(0, -2)]));
    }
}
