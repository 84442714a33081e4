//! Stock of orders, from the hold to the shelf: held ([`reserve`]), sold ([`allocate`]), shipped, given back, taken in again.
//!
//! Every function belongs into the caller's transaction; stock comes last in it, so that a hot row is locked for the
//! shortest time. Variants that are not counted are passed over. Units of one variant given twice are summed.
//!
//! - [`hold`](self): [`reserve`], [`pin`], [`allocate`], [`release`]: before the order is placed, and for replacements.
//! - [`lifecycle`](self): [`ship`], [`release_allocation`], [`restock`]: after it; each once for its cause.
//! - [`places`](self): [`list_allocations`], [`list_locations`]: where units lie.

mod hold;
mod lifecycle;
mod places;
mod refusal;

pub use hold::{AllocateError, Holder, ReserveError, allocate, pin, release, reserve};
pub use lifecycle::{
    Cause, Moved, ReleaseError, RestockError, ShipError, release_allocation, restock, ship,
};
pub use places::{Allocation, Location, list_allocations, list_locations};
pub use refusal::Shortage;
