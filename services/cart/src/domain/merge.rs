//! What a customer's cart holds after a guest's was merged into it: the sum of both, cut to what can be bought, and a
//! note for every cut. Nothing disappears silently.

use contract_catalog::Quote;
use kernel::{Quantity, VariantId};

use super::view::{LineProblem, MergeNote, StoredLine, problem};

/// The quantity that the customer's cart shall hold of one variant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MergedLine {
    /// The variant.
    pub variant_id: VariantId,
    /// Units.
    pub quantity: Quantity,
}

/// Adds `guest` to `own`. Lines that only the customer's cart holds are left as they are; `room` is how many more lines
/// it may hold.
pub fn merge(
    own: &[StoredLine],
    guest: &[StoredLine],
    quotes: &[Quote],
    room: usize,
) -> (Vec<MergedLine>, Vec<MergeNote>) {
    let mut merged = Vec::new();
    let mut notes = Vec::new();
    let mut added = 0;
    for line in guest {
        let Some(quote) = quotes.iter().find(|q| q.variant_id == line.variant_id) else {
            continue;
        };
        let held = own
            .iter()
            .find(|l| l.variant_id == line.variant_id)
            .map_or(0, |l| i32::from(l.quantity.get()));
        let requested = held + i32::from(line.quantity.get());
        // What the customer had stays, even above the stock: the cart shows the problem then.
        let mut kept = requested.min(quote.max_quantity()).max(held);
        if held == 0 && kept > 0 {
            if added == room {
                kept = 0;
            } else {
                added += 1;
            }
        }
        if kept < requested {
            notes.push(MergeNote {
                variant_id: line.variant_id,
                title: quote.title.clone(),
                requested,
                kept,
                reason: problem(quote, requested).unwrap_or(LineProblem::InsufficientStock),
            });
        }
        if let (true, Ok(quantity)) = (kept > held, Quantity::new(kept)) {
            merged.push(MergedLine {
                variant_id: line.variant_id,
                quantity,
            });
        }
    }
    (merged, notes)
}

#[cfg(test)]
mod tests {
    use contract_catalog::Availability;
    use kernel::{CartLineId, Currency, Money, ProductId};

    use super::*;

    fn quote(variant_id: VariantId, available: i32, purchasable: bool) -> Quote {
        Quote {
            variant_id,
            product_id: ProductId::generate(),
            slug: "lamp".to_owned(),
            title: "Lamp".to_owned(),
            variant_title: String::new(),
            sku: None,
            art: "generic".to_owned(),
            color: None,
            unit_price: Money::zero(Currency::USD),
            tax_class: "standard".to_owned(),
            weight_g: 0,
            max_per_order: 5,
            purchasable,
            available: Some(available),
            availability: Availability::InStock,
        }
    }

    fn line(variant_id: VariantId, quantity: i64) -> StoredLine {
        let quantity = Quantity::new(quantity).expect("a quantity");
        StoredLine {
            line_id: CartLineId::generate(),
            variant_id,
            quantity,
        }
    }

    fn kept(merged: &[MergedLine]) -> Vec<u16> {
        merged.iter().map(|l| l.quantity.get()).collect()
    }

    #[test]
    fn cuts_to_what_can_be_bought_and_says_so() {
        let variant = VariantId::generate();
        for (held, added, available, purchasable, expect, note) in [
            (2, 1, 10, true, Some(3), None),
            (
                2,
                9,
                10,
                true,
                Some(5),
                Some((11, 5, LineProblem::InsufficientStock)),
            ),
            (
                2,
                2,
                3,
                true,
                Some(3),
                Some((4, 3, LineProblem::InsufficientStock)),
            ),
            (2, 2, 0, true, None, Some((4, 2, LineProblem::OutOfStock))),
            (0, 2, 0, true, None, Some((2, 0, LineProblem::OutOfStock))),
            (0, 2, 9, false, None, Some((2, 0, LineProblem::Unavailable))),
        ] {
            let own: Vec<_> = (held > 0)
                .then(|| line(variant, held))
                .into_iter()
                .collect();
            let quotes = [quote(variant, available, purchasable)];
            let (merged, notes) = merge(&own, &[line(variant, added)], &quotes, 10);
            assert_eq!(
                kept(&merged),
                expect.into_iter().collect::<Vec<u16>>(),
                "{held}+{added} of {available}"
            );
            let found: Vec<_> = notes
                .iter()
                .map(|n| (n.requested, n.kept, n.reason))
                .collect();
            assert_eq!(
                found,
                note.into_iter().collect::<Vec<_>>(),
                "{held}+{added} of {available}"
            );
        }
    }

    #[test]
    fn a_full_cart_takes_no_further_lines_but_more_of_its_own() {
        let (own, new) = (VariantId::generate(), VariantId::generate());
        let quotes = [quote(own, 10, true), quote(new, 10, true)];
        let (merged, notes) = merge(&[line(own, 1)], &[line(new, 1), line(own, 1)], &quotes, 0);
        assert_eq!(
            merged,
            [MergedLine {
                variant_id: own,
                quantity: Quantity::new(2).expect("two")
            }]
        );
        assert_eq!(notes.len(), 1);
        assert_eq!((notes[0].variant_id, notes[0].kept), (new, 0));
    }
}
