//! Use cases that span several stores, contracts or the provider.
//!
//! Completing a checkout is a saga of three steps. [`complete`] PREPAREs in one transaction, [`pay`] calls the provider
//! with none open, [`finalize`] writes what came of it in one transaction. The same FINALIZE is called by the request,
//! by the provider's reports ([`report`]) and by the recovery job ([`resume`]); whoever comes second finds it done.

pub mod answer;
pub mod complete;
pub mod finalize;
pub mod pay;
mod reopen;
pub mod report;
pub mod resume;
pub mod return_money;
pub mod summarize;
