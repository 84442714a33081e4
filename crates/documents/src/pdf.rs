//! Writing the file. The only place with floating point: PDF has nothing else.
//!
//! `page` draws, `subset` puts the glyphs that were drawn into the file, `metadata` says what the file is.

#![expect(
    clippy::float_arithmetic,
    clippy::cast_precision_loss,
    reason = "positions on paper, in thousandths of a point, far below 2^24; no money"
)]

use std::io::Write as _;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use pdf_writer::types::Direction;
use pdf_writer::{Filter, Finish as _, Name, Pdf, Rect, Ref, TextStr};

use crate::flow::Pages;
use crate::font::Length;
use crate::{DocumentError, Sheet};

mod metadata;
mod page;
mod subset;

use metadata::About;
use subset::Subsets;

/// Papers are in English.
const LANGUAGE: &str = "en";

/// Glyphs are written as big-endian numbers of two bytes.
const IDENTITY: Name<'static> = Name(b"Identity-H");

/// Writes `pages` as a file with this title.
pub(crate) fn write(
    pages: &Pages,
    sheet: &Sheet,
    title: &str,
    author: &str,
) -> Result<Vec<u8>, DocumentError> {
    let mut refs = Ref::new(1);
    let [catalog, tree, info, xmp] = [(); 4].map(|()| refs.bump());
    let mut pdf = Pdf::new();
    let mut subsets = Subsets::new(&mut refs)?;
    let mut kids = Vec::with_capacity(pages.marks.len());
    for marks in &pages.marks {
        let [id, contents] = [(); 2].map(|()| refs.bump());
        kids.push(id);
        let drawn = page::draw(marks, pages.height, &mut subsets);
        pdf.stream(contents, &deflate(&drawn)?)
            .filter(Filter::FlateDecode);
        let mut page = pdf.page(id);
        page.parent(tree).contents(contents);
        page.media_box(Rect::new(
            0.0,
            0.0,
            points(pages.width),
            points(pages.height),
        ));
        let mut resources = page.resources();
        let mut fonts = resources.fonts();
        for (name, font) in subsets.named() {
            fonts.pair(name, font);
        }
    }
    let count = i32::try_from(kids.len()).unwrap_or(i32::MAX);
    pdf.pages(tree).kids(kids).count(count);
    subsets.write(&mut pdf, &mut refs)?;
    let about = About {
        title,
        author,
        at: sheet.created_at,
        pages: count.unsigned_abs(),
    };
    metadata::write(&mut pdf, &about, info, xmp);
    let mut root = pdf.catalog(catalog);
    root.pages(tree).metadata(xmp).lang(TextStr(LANGUAGE));
    root.viewer_preferences().direction(Direction::L2R);
    root.finish();
    Ok(pdf.finish())
}

fn broken(what: &str) -> DocumentError {
    DocumentError::Write(what.to_owned())
}

fn deflate(bytes: &[u8]) -> Result<Vec<u8>, DocumentError> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    let written = encoder.write_all(bytes).and_then(|()| encoder.finish());
    written.map_err(|error| DocumentError::Write(error.to_string()))
}

fn points(length: Length) -> f32 {
    length as f32 / 1_000.0
}
