//! What the tests share.

pub(crate) mod reference;
pub(crate) mod source;
