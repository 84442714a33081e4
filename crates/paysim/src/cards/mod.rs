//! Cards: the published test cards and what they do, and the checks of a typed-in card.

mod behaviour;
mod check;
mod luhn;
mod test_cards;

pub(crate) use behaviour::{Asks, Authorisation, Behaviour, Complaint, Decline, RefundCourse};
pub(crate) use check::{CardInput, check, read};
pub(crate) use test_cards::{TestCard, by_name, by_number};
