//! What runs by itself: taking the catalogue's events in, and following the read model.

pub mod apply;
pub mod follow;

/// Channel on which a writer tells the instances that there are new documents.
pub const DOCUMENTS_CHANNEL: &str = "search.documents";
