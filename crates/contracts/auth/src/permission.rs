//! The names of what staff may do. They stand in the claim `scope` of a staff member's access token; `*` stands for all.

macro_rules! permissions {
    ($($(#[doc = $meaning:literal])+ $constant:ident = $name:literal;)+) => {
        $($(#[doc = $meaning])+ pub const $constant: &str = $name;)+

        /// Every permission: name and meaning.
        pub const KNOWN: &[(&str, &str)] = &[$(($name, concat!($($meaning),+))),+];
    };
}

permissions! {
    /// Reads all orders.
    ORDERS_READ = "orders.read";
    /// Holds orders and releases them.
    ORDERS_HOLD = "orders.hold";
    /// Cancels orders.
    ORDERS_CANCEL = "orders.cancel";
    /// Ships orders, corrects shipments and tracking.
    ORDERS_FULFIL = "orders.fulfil";
    /// Writes notes on orders.
    ORDERS_NOTE = "orders.note";
    /// Refunds what was paid for lines and shipping.
    ORDERS_REFUND = "orders.refund";
    /// Gives money back beyond what lines and shipping say.
    ORDERS_REFUND_GOODWILL = "orders.refund.goodwill";
    /// Approves refunds above the limit that someone else asked for.
    ORDERS_REFUND_APPROVE = "orders.refund.approve";
    /// Approves and refuses returns.
    RETURNS_APPROVE = "returns.approve";
    /// Receives returned goods.
    RETURNS_RECEIVE = "returns.receive";
    /// Captures authorised payments and voids them.
    PAYMENTS_CAPTURE = "payments.capture";
    /// Reads payments and the ledger.
    PAYMENTS_READ = "payments.read";
    /// Issues gift cards and store credit, and closes them.
    GIFTCARDS_WRITE = "giftcards.write";
    /// Reads coupons.
    COUPONS_READ = "coupons.read";
    /// Makes and changes coupons.
    COUPONS_WRITE = "coupons.write";
    /// Reads products that shoppers do not see.
    CATALOG_READ = "catalog.read";
    /// Makes and changes products, prices and attributes.
    CATALOG_WRITE = "catalog.write";
    /// Changes stock, with a reason.
    STOCK_ADJUST = "stock.adjust";
    /// Changes shipping zones, methods and rates.
    SHIPPING_WRITE = "shipping.write";
    /// Changes tax zones and rates.
    TAXES_WRITE = "taxes.write";
    /// Reads what shoppers search for, and previews rankings.
    SEARCH_READ = "search.read";
    /// Changes synonyms and search rules.
    SEARCH_WRITE = "search.write";
    /// Makes and changes outgoing webhooks, and delivers again.
    WEBHOOKS_WRITE = "webhooks.write";
    /// Reads messages to customers.
    MAILBOX_READ = "mailbox.read";
    /// Reads the logs of who changed what.
    AUDIT_READ = "audit.read";
}

/// The permission that stands for all.
pub const EVERYTHING: &str = "*";

/// Whether there is such a permission; `*` is one.
pub fn is_known(name: &str) -> bool {
    name == EVERYTHING || KNOWN.iter().any(|(known, _)| *known == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_fit_into_a_scope() {
        for (place, (name, meaning)) in KNOWN.iter().enumerate() {
            assert!(
                KNOWN.iter().skip(place + 1).all(|(other, _)| other != name),
                "{name}"
            );
            let plain = |letter: char| letter.is_ascii_lowercase() || letter == '.';
            assert!(name.chars().all(plain) && name.contains('.'), "{name}");
            assert!(meaning.ends_with('.'), "{meaning}");
        }
        assert!(is_known("*") && is_known("audit.read"));
        assert!(!is_known("audit") && !is_known(""));
    }

    #[test]
    fn a_token_with_every_name_is_short_enough() {
        let scope: usize = KNOWN.iter().map(|(name, _)| name.len() + 1).sum();
        // A verifier looks at 2,048 bytes; base 64 adds a third, the other claims are 500 bytes.
        assert!(scope * 4 / 3 < 1_300, "{scope}");
    }
}
