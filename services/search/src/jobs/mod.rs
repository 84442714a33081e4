//! What runs by itself: taking the catalogue's events in, embedding products, following the read model.

pub mod apply;
pub mod embed;
pub mod follow;
pub mod learn;
mod lease;
pub mod milestones;
pub mod remote;

/// Channel on which a writer tells the instances that there are new documents.
pub const DOCUMENTS_CHANNEL: &str = "search.documents";
