//! Use cases that span several stores, contracts or the provider.
//!
//! Completing a checkout is a saga of three steps. [`complete`] PREPAREs in one transaction, [`pay`] calls the provider
//! with none open, [`finalize`] writes what came of it in one transaction. The same FINALIZE is called by the request,
//! by the provider's reports ([`report`]) and by the recovery job ([`resume`]); whoever comes second finds it done.
//!
//! Money that moves after the purchase is an operation ([`operate`]): asked for by orders or by [`return_money`], carried
//! out at the provider, written in one transaction. There is no other way to give money back.

pub mod adopt;
pub mod answer;
pub mod complete;
pub mod declines;
pub mod dispute;
pub mod finalize;
pub mod operate;
pub mod pay;
mod refuse;
mod reopen;
pub mod report;
pub mod resume;
pub mod return_money;
mod snapshot;
pub mod summarize;
