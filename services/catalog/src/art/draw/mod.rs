//! Which function draws which silhouette.

mod audio;
mod cables;
mod components;
mod computers;
mod home;
mod leisure;
mod network;
mod office;
mod peripherals;
mod phones;
mod photo;
mod power;
mod printing;
mod screens;
mod storage;

use super::ArtKind as K;
use super::canvas::Canvas;

/// Draws the silhouette of `kind`.
pub(super) fn draw(kind: K, c: &mut Canvas) {
    let silhouette = computers::of(kind)
        .or_else(|| components::of(kind))
        .or_else(|| storage::of(kind))
        .or_else(|| screens::of(kind))
        .or_else(|| peripherals::of(kind))
        .or_else(|| phones::of(kind))
        .or_else(|| audio::of(kind))
        .or_else(|| photo::of(kind))
        .or_else(|| network::of(kind))
        .or_else(|| cables::of(kind))
        .or_else(|| power::of(kind))
        .or_else(|| printing::of(kind))
        .or_else(|| office::of(kind))
        .or_else(|| home::of(kind))
        .or_else(|| leisure::of(kind));
    silhouette.unwrap_or(leisure::parcel)(c);
}
