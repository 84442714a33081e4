//! Writing the file. The only place with floating point: PDF has nothing else.

#![expect(
    clippy::float_arithmetic,
    clippy::cast_precision_loss,
    reason = "positions on paper, in thousandths of a point, far below 2^24; no money"
)]

use std::ops::Range;

use jiff::tz::TimeZone;
use krilla::color::rgb;
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::metadata::{DateTime, Metadata, TextDirection};
use krilla::num::NormalizedF32;
use krilla::page::PageSettings;
use krilla::paint::{Fill, FillRule};
use krilla::surface::{Location, Surface};
use krilla::text::{Font, GlyphId};
use krilla::{Data, Document};

use crate::flow::{Mark, Pages};
use crate::font::{Glyph, Ink, Length, REGULAR, Run, SEMI_BOLD, Weight};
use crate::{DocumentError, Sheet};

/// Writes `pages` as a file with this title.
pub(crate) fn write(
    pages: &Pages,
    sheet: &Sheet,
    title: &str,
    author: &str,
) -> Result<Vec<u8>, DocumentError> {
    let fonts = Fonts::load()?;
    let mut document = Document::new();
    document.set_metadata(metadata(sheet, title, author));
    for marks in &pages.marks {
        let settings = PageSettings::from_wh(points(pages.width), points(pages.height));
        let settings = settings.ok_or_else(|| broken("page size"))?;
        let mut page = document.start_page_with(settings);
        let mut surface = page.surface();
        for mark in marks {
            draw(&mut surface, mark, &fonts);
        }
        surface.finish();
        page.finish();
    }
    document
        .finish()
        .map_err(|error| DocumentError::Write(error.to_string()))
}

fn broken(what: &str) -> DocumentError {
    DocumentError::Write(what.to_owned())
}

fn points(length: Length) -> f32 {
    length as f32 / 1_000.0
}

fn metadata(sheet: &Sheet, title: &str, author: &str) -> Metadata {
    let at = sheet.created_at.to_zoned(TimeZone::UTC);
    let part = |value: i8| value.unsigned_abs();
    let created = DateTime::new(at.year().unsigned_abs())
        .month(part(at.month()))
        .day(part(at.day()))
        .hour(part(at.hour()))
        .minute(part(at.minute()))
        .second(part(at.second()))
        .utc_offset_hour(0)
        .utc_offset_minute(0);
    Metadata::new()
        .title(title.to_owned())
        .authors(vec![author.to_owned()])
        .creator("TechMart".to_owned())
        .language("en".to_owned())
        .text_direction(TextDirection::LeftToRight)
        .creation_date(created)
        .document_id(title.to_owned())
}

struct Fonts {
    regular: Font,
    semi_bold: Font,
}

impl Fonts {
    fn load() -> Result<Self, DocumentError> {
        let load = |bytes: &'static [u8]| Font::new(Data::from(bytes), 0);
        Ok(Self {
            regular: load(REGULAR).ok_or_else(|| broken("font"))?,
            semi_bold: load(SEMI_BOLD).ok_or_else(|| broken("font"))?,
        })
    }

    fn of(&self, weight: Weight) -> &Font {
        match weight {
            Weight::Regular => &self.regular,
            Weight::SemiBold => &self.semi_bold,
        }
    }
}

fn fill(ink: Ink) -> Fill {
    let (red, green, blue) = match ink {
        Ink::Strong => (0x16, 0x1a, 0x22),
        Ink::Soft => (0x5f, 0x67, 0x75),
        Ink::Rule => (0xd9, 0xdd, 0xe3),
    };
    Fill {
        paint: rgb::Color::new(red, green, blue).into(),
        opacity: NormalizedF32::ONE,
        rule: FillRule::default(),
    }
}

fn draw(surface: &mut Surface<'_>, mark: &Mark, fonts: &Fonts) {
    match mark {
        Mark::Text { x, y, run } => draw_run(surface, *x, *y, run, fonts),
        Mark::Rule {
            x,
            y,
            width,
            height,
            ink,
        } => {
            let rect = Rect::from_xywh(points(*x), points(*y), points(*width), points(*height));
            let mut path = PathBuilder::new();
            if let Some(rect) = rect {
                path.push_rect(rect);
            }
            if let Some(path) = path.finish() {
                surface.set_fill(Some(fill(*ink)));
                surface.draw_path(&path);
            }
        }
    }
}

fn draw_run(surface: &mut Surface<'_>, x: Length, y: Length, run: &Run, fonts: &Fonts) {
    let font = fonts.of(run.style.weight);
    let scale = font.units_per_em();
    let glyphs = run.glyphs.iter().map(|glyph| Placed { glyph, scale });
    surface.set_fill(Some(fill(run.style.ink)));
    surface.draw_glyphs(
        Point::from_xy(points(x), points(y)),
        &glyphs.collect::<Vec<_>>(),
        font.clone(),
        &run.text,
        points(run.style.size),
        false,
    );
}

/// A glyph in the measure of its font.
#[derive(Debug, Clone, Copy)]
struct Placed<'a> {
    glyph: &'a Glyph,
    scale: f32,
}

impl Placed<'_> {
    fn at(self, units: i32, size: f32) -> f32 {
        units as f32 / self.scale * size
    }
}

impl krilla::text::Glyph for Placed<'_> {
    fn glyph_id(&self) -> GlyphId {
        GlyphId::new(self.glyph.id)
    }

    fn text_range(&self) -> Range<usize> {
        self.glyph.range.clone()
    }

    fn x_advance(&self, size: f32) -> f32 {
        self.at(self.glyph.advance, size)
    }

    fn x_offset(&self, size: f32) -> f32 {
        self.at(self.glyph.x_offset, size)
    }

    fn y_offset(&self, size: f32) -> f32 {
        self.at(self.glyph.y_offset, size)
    }

    fn y_advance(&self, _size: f32) -> f32 {
        0.0
    }

    fn location(&self) -> Option<Location> {
        None
    }
}
