pub mod colour;
pub mod kind;
pub use kind::ArtKind;
