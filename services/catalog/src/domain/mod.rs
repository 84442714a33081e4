//! Types and rules of the catalogue. Does no IO.
//!
//! - [`product`]: a product as shoppers see it; [`category`]: the category tree.
//! - [`listing`]: what a list of products may be filtered and sorted by, and its keyset cursor.
//! - [`attribute`]: typed attributes; [`meanings`]: their codes over many sources; [`highlights`]: those on cards.
//! - [`options`]: what tells variants apart.
//! - [`admin`]: products as staff see them; [`draft`], [`patch`]: what they may make and change;
//!   [`violation`]: rules that are broken.
//! - [`stock`]: stock as staff see it; [`stock_change`]: as they move it; [`stock_audit`]: whether it is right;
//!   [`location`]: places; [`slots`]: parts of hot stock; [`tax`]: rates.
//! - [`slug`]: names in addresses.

pub mod admin;
pub mod attribute;
pub mod category;
pub mod draft;
pub mod highlights;
pub mod listing;
pub mod location;
pub mod meanings;
pub mod options;
pub mod patch;
pub mod product;
pub mod slots;
pub mod slug;
pub mod stock;
pub mod stock_audit;
pub mod stock_change;
pub mod tax;
pub mod violation;
