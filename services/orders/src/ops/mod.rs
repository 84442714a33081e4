//! Use cases: what may be done with an order, one file each. [`change`] is what they share; [`money`] and [`stock`] are
//! what they ask of checkout and catalog.

pub mod add_note;
pub mod cancel;
pub mod capture;
pub mod change;
pub mod decide_claim;
pub mod decide_refund;
pub mod decide_return;
pub mod hold;
pub mod issue_document;
pub mod lose_shipment;
pub mod money;
pub mod move_shipment;
pub mod open_claim;
pub mod open_return;
pub mod plan_shipment;
pub mod receive_return;
pub mod refund;
pub mod render_document;
pub mod ship;
pub mod stock;
