//! What pays beside a card: gift cards and store credit.

use kernel::{GiftCardId, Money};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A kind of stored value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StoredValueKind {
    /// Whoever knows its code may spend it.
    GiftCard,
    /// A customer's.
    StoreCredit,
}

impl StoredValueKind {
    const ALL: [Self; 2] = [Self::GiftCard, Self::StoreCredit];

    /// The value as stored and sent.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::GiftCard => "gift_card",
            Self::StoreCredit => "store_credit",
        }
    }

    /// The kind stored as `text`.
    pub fn from_stored(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// The ledger account that holds the balances.
    pub fn account(self) -> &'static str {
        match self {
            Self::GiftCard => "gift_cards",
            Self::StoreCredit => "store_credit",
        }
    }
}

/// Stored value that a checkout may be paid with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Purse {
    /// The stored value.
    pub stored_value_id: GiftCardId,
    /// What it is.
    pub kind: StoredValueKind,
    /// The last characters of a gift card's code.
    pub last4: Option<String>,
    /// What is on it.
    pub balance: Money,
}

/// What a purse pays of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Share {
    /// The purse.
    pub purse: Purse,
    /// What it pays: nothing where the ones before it pay all.
    pub amount: Money,
}

/// What each purse pays of `total`, in the order given, and what is left for the card.
pub fn spread(total: Money, purses: &[Purse]) -> (Vec<Share>, Money) {
    let mut left = total.minor();
    let mut shares = Vec::with_capacity(purses.len());
    for purse in purses {
        let same = purse.balance.currency() == total.currency();
        let pays = if same {
            purse.balance.minor().clamp(0, left.max(0))
        } else {
            0
        };
        // Neither is larger than the total.
        let amount = Money::new(pays, total.currency()).unwrap_or(Money::zero(total.currency()));
        left = left.saturating_sub(amount.minor());
        shares.push(Share {
            purse: purse.clone(),
            amount,
        });
    }
    let rest = Money::new(left, total.currency()).unwrap_or(total);
    (shares, rest)
}

#[cfg(test)]
mod tests {
    use kernel::Currency;
    use proptest::prelude::*;

    use super::*;

    fn purse(minor: i64, currency: Currency) -> Purse {
        Purse {
            stored_value_id: GiftCardId::generate(),
            kind: StoredValueKind::GiftCard,
            last4: None,
            balance: Money::new(minor, currency).unwrap(),
        }
    }

    proptest! {
        #[test]
        fn what_is_charged_and_tendered_is_the_total(
            total in 0..=Money::MAX_MINOR,
            balances in proptest::collection::vec(0..=Money::MAX_MINOR, 0..8),
        ) {
            let total = Money::new(total, Currency::USD).unwrap();
            let purses: Vec<Purse> = balances.iter().map(|b| purse(*b, Currency::USD)).collect();
            let (shares, left) = spread(total, &purses);
            let paid = Money::sum(Currency::USD, shares.iter().map(|share| share.amount)).unwrap();
            prop_assert_eq!(paid.checked_add(left).unwrap(), total);
            prop_assert!(!left.is_negative());
            // A card is charged only when every purse is empty.
            for share in shares {
                prop_assert!((0..=share.purse.balance.minor()).contains(&share.amount.minor()));
                prop_assert!(left.is_zero() || share.amount == share.purse.balance);
            }
        }
    }

    #[test]
    fn purses_pay_in_turn_and_never_more_than_the_total() {
        let usd = |minor| Money::new(minor, Currency::USD).unwrap();
        let purses = [
            purse(300, Currency::USD),
            purse(900, Currency::EUR),
            purse(500, Currency::USD),
            purse(9, Currency::USD),
        ];
        for (total, amounts, rest) in [
            (0, [0, 0, 0, 0], 0),
            (200, [200, 0, 0, 0], 0),
            (700, [300, 0, 400, 0], 0),
            (1_000, [300, 0, 500, 9], 191),
        ] {
            let (shares, left) = spread(usd(total), &purses);
            let paid: Vec<i64> = shares.iter().map(|share| share.amount.minor()).collect();
            assert_eq!((paid.as_slice(), left), (amounts.as_slice(), usd(rest)));
        }
    }
}
