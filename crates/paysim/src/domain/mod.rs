//! The rules of intents, charges and refunds. Each function runs inside a transaction and
//! checks everything before its first change.

pub(crate) mod intents;
pub(crate) mod money;
pub(crate) mod payment_methods;
pub(crate) mod refunds;
