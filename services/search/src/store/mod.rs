//! All SQL of the search service.

pub mod changes;
pub mod documents;
pub mod embeddings;
pub mod leases;
pub mod milestones;
pub mod popularity;
pub mod queries;
pub mod revisions;
pub mod rules;
pub mod signals;
pub mod synonyms;
