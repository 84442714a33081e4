//! The rules of intents, charges, refunds, customers and disputes. Each function runs inside a transaction and
//! checks everything before its first change.

pub(crate) mod confirm;
pub(crate) mod customers;
pub(crate) mod disputes;
pub(crate) mod intents;
pub(crate) mod money;
pub(crate) mod payment_methods;
pub(crate) mod refunds;
pub(crate) mod settle;
