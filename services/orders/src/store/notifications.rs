//! Messages about orders: once per template and cause.

use mail::Outbox;

/// Messages to shoppers, in `orders.message`.
pub const OUTBOX: Outbox = Outbox::new("orders");
