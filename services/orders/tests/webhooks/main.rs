//! Webhooks on a real database, sent to a real receiver on this machine.

mod delivering;
mod managing;
mod receiver;
mod redelivering;
mod safety;
mod shop;
