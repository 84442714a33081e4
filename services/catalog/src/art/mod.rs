//! Product art: drawings that stand in for missing pictures.
//!
//! - [`render`] makes the SVG; [`kind`] lists the silhouettes, [`colour`] knows colour names.
//! - `canvas` holds palette, seeded choices and shapes; `draw` the silhouettes, a file per part of the shop.
//!
//! Invariants: the drawing depends on its arguments alone, is valid XML of at most [`BYTES_MAX`] bytes, and holds no
//! script, no text and no reference to anything outside.

mod canvas;
pub mod colour;
mod draw;
pub mod kind;

pub use colour::Rgb;
pub use kind::ArtKind;
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// Largest drawing, in bytes.
pub const BYTES_MAX: usize = 2048;
/// Width and height of the drawing in pixels.
pub const SIZE: u32 = 800;

/// The page's colour scheme the drawing is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    /// Pale ground.
    #[default]
    Light,
    /// Dark ground.
    Dark,
}

impl Theme {
    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

/// The text names no theme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a theme is `light` or `dark`")]
pub struct UnknownTheme;

impl FromStr for Theme {
    type Err = UnknownTheme;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "light" => Ok(Self::Light),
            "dark" => Ok(Self::Dark),
            _ => Err(UnknownTheme),
        }
    }
}

/// Draws a product: its silhouette by `kind`, small details by `seed`, its colour by `color` (or a seeded one).
pub fn render(kind: ArtKind, seed: &str, color: Option<Rgb>, theme: Theme) -> String {
    let mut canvas = canvas::Canvas::new(kind, seed, color, theme);
    draw::draw(kind, &mut canvas);
    canvas.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn every(mut check: impl FnMut(ArtKind, &str, &str)) {
        let colours = [
            None,
            Rgb::by_name("black"),
            Rgb::by_name("white"),
            Rgb::by_name("red"),
        ];
        for kind in ArtKind::ALL {
            for color in colours {
                for seed in ["a", "b", "prd_01", "…\"<>&", "5", "6", "7"] {
                    for theme in [Theme::Light, Theme::Dark] {
                        check(*kind, seed, &render(*kind, seed, color, theme));
                    }
                }
            }
        }
    }

    #[test]
    fn drawings_are_small_and_harmless() {
        every(|kind, seed, svg| {
            assert!(svg.len() <= BYTES_MAX, "{kind} {seed}: {} bytes", svg.len());
            for bad in ["script", "href", "<text", "foreignObject", "on", "style"] {
                assert!(
                    !svg.replace("xmlns", "").contains(&format!(" {bad}")),
                    "{kind}: {bad}"
                );
            }
        });
    }

    #[test]
    fn drawings_are_well_formed() {
        every(|kind, seed, svg| assert_eq!(well_formed(svg), Ok(()), "{kind} {seed}"));
    }

    #[test]
    fn drawings_follow_their_arguments_alone() {
        let draw = |seed: &str, color, theme| render(ArtKind::Phone, seed, color, theme);
        let black = Rgb::by_name("black");
        assert_eq!(
            draw("a", black, Theme::Light),
            draw("a", black, Theme::Light)
        );
        assert_ne!(
            draw("a", black, Theme::Light),
            draw("a", Rgb::by_name("red"), Theme::Light)
        );
        assert_ne!(
            draw("a", black, Theme::Light),
            draw("a", black, Theme::Dark)
        );
        let distinct: std::collections::HashSet<_> = (0..40)
            .map(|seed| draw(&seed.to_string(), black, Theme::Light))
            .collect();
        assert!(distinct.len() > 5);
    }

    /// Tags nest, attributes are quoted and stand once, no stray `<` or `&`.
    fn well_formed(svg: &str) -> Result<(), String> {
        let mut open = Vec::new();
        let mut rest = svg;
        while let Some(at) = rest.find('<') {
            let (text, tail) = rest.split_at(at);
            if text.contains(['&', '>']) {
                return Err(format!("stray text {text}"));
            }
            let end = tail.find('>').ok_or("open tag")?;
            let tag = &tail[1..end];
            rest = &tail[end + 1..];
            if let Some(name) = tag.strip_prefix('/') {
                if open.pop() != Some(name) {
                    return Err(format!("closes {name}"));
                }
                continue;
            }
            let (tag, closed) = tag
                .strip_suffix('/')
                .map_or((tag, false), |tag| (tag, true));
            let (name, mut attributes) = tag.split_once(' ').unwrap_or((tag, ""));
            let mut seen = std::collections::HashSet::new();
            while !attributes.trim().is_empty() {
                let (key, value) = attributes
                    .split_once("=\"")
                    .ok_or_else(|| format!("attributes {attributes}"))?;
                let (value, more) = value.split_once('"').ok_or("open quote")?;
                if !seen.insert(key.trim().to_owned()) || value.contains(['<', '&']) {
                    return Err(format!("attribute {key} in {tag}"));
                }
                attributes = more;
            }
            if !closed {
                open.push(name);
            }
        }
        if open.is_empty() && rest.trim().is_empty() {
            Ok(())
        } else {
            Err(format!("left open: {open:?}"))
        }
    }
}
