//! Form bodies as Stripe's clients send them: `metadata[order_id]=7`, `expand[]=latest_charge`.
//! `decode` builds a tree, `Params` takes typed values out of it and reports what is left over.

mod decode;
mod params;

pub(crate) use decode::{Node, decode};
pub(crate) use params::{ClientSecret, Params};
