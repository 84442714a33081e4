//! What an order looks like, what may be done with it, and what a shopper is told about it. Does no IO.
//!
//! - [`record`]: an order with its parts, as stored; [`standing`]: what can be said of it by counting.
//! - [`view`], [`parts`], [`admin`]: as shown; [`present`], [`present_parts`]: from one to the other.
//! - [`words`], [`attention`]: kinds, reasons and filters. [`message`]: what shoppers are told.
//! - [`states`]: which step may follow which. [`actions`]: what may be done now, by whom. [`allowed`]: what shoppers may
//!   do. [`refund`]: what goes back. [`refusal`]: why not.
//! - [`paper`]: what stands on documents; [`bill`]: writing them; [`mod@print`]: as files.

pub mod actions;
pub mod admin;
pub mod allowed;
pub mod attention;
pub mod bill;
pub mod message;
pub mod paper;
pub mod parts;
pub mod present;
pub mod present_parts;
pub mod print;
pub mod record;
pub mod refund;
pub mod refusal;
pub mod standing;
pub mod states;
pub mod view;
pub mod words;
