//! Palette, seeded choices and shapes. The drawing is 400 units square; the ground line lies at 322.

use super::colour::Rgb;
use super::{ArtKind, SIZE, Theme};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;

/// What a shape is painted with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Paint {
    /// The product's colour, lit from above.
    Body,
    /// Its side, darker.
    Side,
    /// Its outline and deepest parts.
    Edge,
    /// Its brightest parts.
    Light,
    /// Dark glass.
    Glass,
    /// The picture on a screen.
    Picture,
    /// A second, seeded colour.
    Accent,
    /// Nearly black.
    Ink,
    /// Bare metal.
    Metal,
    /// Paper and labels.
    Paper,
    /// A veil of shade.
    Shade,
    /// A veil of light.
    Gleam,
}

/// Colours of products whose colour is not known.
const COLOURS: [u32; 7] = [
    0x3b_3f46, 0xd5_d9df, 0x4a_5361, 0xf1_f2f4, 0x2c_3038, 0xb9_c0ca, 0x5f_6875,
];
/// Accents and tints.
const ACCENTS: [u32; 7] = [
    0x3f_7fd0, 0x2a_9d8f, 0xe0_8a3c, 0x5b_a35f, 0x8a_6fd1, 0xd4_5d5d, 0x2f_a3c7,
];

/// A drawing in progress.
#[derive(Debug)]
pub(super) struct Canvas {
    out: String,
    state: u64,
    theme: Theme,
    base: Rgb,
    accent: Rgb,
    tint: Rgb,
}

impl Canvas {
    pub(super) fn new(kind: ArtKind, seed: &str, color: Option<Rgb>, theme: Theme) -> Self {
        let digest = Sha256::digest(format!("{kind}/{seed}"));
        let state = digest
            .iter()
            .take(8)
            .fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte));
        let black = Rgb::BLACK;
        let mut canvas = Self {
            out: String::with_capacity(2048),
            state,
            theme,
            base: black,
            accent: black,
            tint: black,
        };
        canvas.accent = canvas.choose(&ACCENTS);
        let fallback = canvas.choose(&COLOURS);
        canvas.base = color.unwrap_or(fallback);
        canvas.tint = if canvas.base.chroma() > 40 {
            canvas.base
        } else {
            canvas.accent
        };
        if theme == Theme::Dark {
            canvas.base = canvas.base.at_least(80);
        }
        canvas
    }

    /// A seeded number below `count`.
    pub(super) fn pick(&mut self, count: u32) -> i32 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        i32::try_from((mixed ^ (mixed >> 31)) % u64::from(count.max(1))).unwrap_or(0)
    }

    fn choose(&mut self, colours: &[u32]) -> Rgb {
        let at = usize::try_from(self.pick(u32::try_from(colours.len()).unwrap_or(1))).unwrap_or(0);
        colours.get(at).map_or(Rgb::BLACK, |code| Rgb::hex(*code))
    }

    /// Soft shadow on the ground, half as wide as `rx` times two.
    pub(super) fn shadow(&mut self, rx: i32) -> &mut Self {
        self.shadow_at(200, 324, rx)
    }

    pub(super) fn shadow_at(&mut self, cx: i32, cy: i32, rx: i32) -> &mut Self {
        let ry = 8 + rx / 14;
        self.shape(format_args!(
            "<ellipse cx=\"{cx}\" cy=\"{cy}\" rx=\"{rx}\" ry=\"{ry}\" fill=\"url(#h)\"/>"
        ))
    }

    /// Rectangle with rounded corners.
    pub(super) fn rect(&mut self, [x, y, w, h]: [i32; 4], round: i32, paint: Paint) -> &mut Self {
        let fill = self.fill(paint);
        let rx = if round > 0 {
            format!(" rx=\"{round}\"")
        } else {
            String::new()
        };
        self.shape(format_args!(
            "<rect x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{h}\"{rx} fill=\"{fill}\"/>"
        ))
    }

    pub(super) fn circle(&mut self, cx: i32, cy: i32, r: i32, paint: Paint) -> &mut Self {
        let fill = self.fill(paint);
        self.shape(format_args!(
            "<circle cx=\"{cx}\" cy=\"{cy}\" r=\"{r}\" fill=\"{fill}\"/>"
        ))
    }

    pub(super) fn ellipse(&mut self, [cx, cy, rx, ry]: [i32; 4], paint: Paint) -> &mut Self {
        let fill = self.fill(paint);
        self.shape(format_args!(
            "<ellipse cx=\"{cx}\" cy=\"{cy}\" rx=\"{rx}\" ry=\"{ry}\" fill=\"{fill}\"/>"
        ))
    }

    /// Filled path.
    pub(super) fn path(&mut self, d: &str, paint: Paint) -> &mut Self {
        let fill = self.fill(paint);
        self.shape(format_args!("<path d=\"{d}\" fill=\"{fill}\"/>"))
    }

    /// Stroked path with round ends.
    pub(super) fn line(&mut self, d: &str, width: i32, paint: Paint) -> &mut Self {
        let stroke = self.fill(paint);
        self.shape(format_args!(
            "<path d=\"{d}\" fill=\"none\" stroke=\"{stroke}\" stroke-width=\"{width}\" stroke-linecap=\"round\" stroke-linejoin=\"round\"/>"
        ))
    }

    /// A row or column of short strokes, as one shape: vents, keys, ports. `dash` is stroke and gap.
    pub(super) fn dashes(
        &mut self,
        d: &str,
        width: i32,
        [dash, gap]: [i32; 2],
        paint: Paint,
    ) -> &mut Self {
        let stroke = self.fill(paint);
        self.shape(format_args!(
            "<path d=\"{d}\" fill=\"none\" stroke=\"{stroke}\" stroke-width=\"{width}\" stroke-dasharray=\"{dash} {gap}\"/>"
        ))
    }

    fn shape(&mut self, shape: std::fmt::Arguments<'_>) -> &mut Self {
        // Writing to a string cannot fail.
        let _ = self.out.write_fmt(shape);
        self
    }

    fn fill(&self, paint: Paint) -> String {
        let dark = self.theme == Theme::Dark;
        let pick = |light: &str, dark_code: &str| {
            if dark {
                dark_code.to_owned()
            } else {
                light.to_owned()
            }
        };
        match paint {
            Paint::Body => "url(#b)".to_owned(),
            Paint::Side => format!("#{}", self.base.mix(Rgb::BLACK, 240)),
            Paint::Edge => format!("#{}", self.base.mix(Rgb::BLACK, 430)),
            Paint::Light => format!("#{}", self.base.mix(Rgb::WHITE, 480)),
            Paint::Glass => "url(#s)".to_owned(),
            Paint::Picture => "url(#w)".to_owned(),
            Paint::Accent => format!("#{}", self.accent),
            Paint::Ink => pick("#22262d", "#0d0f12"),
            Paint::Metal => pick("#bcc3cd", "#97a0ac"),
            Paint::Paper => pick("#fff", "#e8ebef"),
            Paint::Shade => "#0003".to_owned(),
            Paint::Gleam => "#fff3".to_owned(),
        }
    }

    /// The whole document.
    pub(super) fn finish(self) -> String {
        let dark = self.theme == Theme::Dark;
        let ground = if dark {
            Rgb::hex(0x17_1a20)
        } else {
            Rgb::hex(0xfb_fcfd)
        };
        let (top, bottom) = if dark { (60, 170) } else { (30, 140) };
        let mut defs = gradient("g", &self.ground(ground, top), &self.ground(ground, bottom));
        let used = |id: &str| self.out.contains(&format!("url(#{id})"));
        if used("b") {
            defs += &gradient(
                "b",
                &self.base.mix(Rgb::WHITE, 200).to_string(),
                &self.base.mix(Rgb::BLACK, 130).to_string(),
            );
        }
        if used("s") {
            defs += &gradient(
                "s",
                &Rgb::hex(0x39_424f).mix(self.accent, 120).to_string(),
                "12161d",
            );
        }
        if used("w") {
            let (from, to) = (
                self.accent.mix(Rgb::WHITE, 420),
                self.tint.mix(Rgb::hex(0x1b_2440), 560),
            );
            defs += &gradient("w", &from.to_string(), &to.to_string());
        }
        if used("h") {
            let strength = if dark { 7 } else { 3 };
            let _ = write!(
                defs,
                "<radialGradient id=\"h\"><stop stop-opacity=\".{strength}\"/><stop offset=\"1\" stop-opacity=\"0\"/></radialGradient>"
            );
        }
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{SIZE}\" height=\"{SIZE}\" viewBox=\"0 0 400 400\"><defs>{defs}</defs><rect width=\"400\" height=\"400\" fill=\"url(#g)\"/>{}</svg>",
            self.out
        )
    }

    fn ground(&self, ground: Rgb, permille: u16) -> String {
        ground.mix(self.tint, permille).to_string()
    }
}

fn gradient(id: &str, from: &str, to: &str) -> String {
    format!(
        "<linearGradient id=\"{id}\" x2=\".3\" y2=\"1\"><stop stop-color=\"#{from}\"/><stop offset=\"1\" stop-color=\"#{to}\"/></linearGradient>"
    )
}
