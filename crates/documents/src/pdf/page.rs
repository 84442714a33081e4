//! What is on a page, as the operators of a content stream.

use pdf_writer::{Content, Finish as _, Name, Str};

use super::points;
use super::subset::{Subset, Subsets};
use crate::flow::Mark;
use crate::font::{Glyph, Ink, Length, Run};

/// The content stream of a page of this height. Its glyphs join the subsets.
pub(super) fn draw(marks: &[Mark], height: Length, subsets: &mut Subsets) -> Vec<u8> {
    let mut content = Content::new();
    for mark in marks {
        match mark {
            Mark::Text { x, y, run } => {
                let at = [points(*x), points(height - *y)];
                draw_run(&mut content, at, run, subsets);
            }
            Mark::Rule {
                x,
                y,
                width,
                height: thickness,
                ink,
            } => {
                fill(&mut content, *ink);
                let below = points(height - *y - *thickness);
                content
                    .rect(points(*x), below, points(*width), points(*thickness))
                    .fill_nonzero();
            }
        }
    }
    content.finish().into_vec()
}

fn fill(content: &mut Content, ink: Ink) {
    let colour: [u8; 3] = match ink {
        Ink::Strong => [0x16, 0x1a, 0x22],
        Ink::Soft => [0x5f, 0x67, 0x75],
        Ink::Rule => [0xd9, 0xdd, 0xe3],
    };
    let [red, green, blue] = colour.map(|part| f32::from(part) / 255.0);
    content.set_fill_rgb(red, green, blue);
}

fn draw_run(content: &mut Content, [x, y]: [f32; 2], run: &Run, subsets: &mut Subsets) {
    if run.glyphs.is_empty() {
        return;
    }
    let size = points(run.style.size);
    let (name, subset) = subsets.of(run.style.weight);
    fill(content, run.style.ink);
    content.begin_text().set_font(name, size);
    content.set_text_matrix([1.0, 0.0, 0.0, 1.0, x, y]);
    let mut waiting: Vec<Shown> = Vec::new();
    for cluster in run.glyphs.chunk_by(|a, b| a.range == b.range) {
        let text = run.text.get(cluster[0].range.clone()).unwrap_or_default();
        let glyphs = cluster.iter().map(|glyph| Shown::of(glyph, subset));
        let shown: Vec<Shown> = glyphs.collect();
        if shown.len() == 1 && subset.stands_for(shown[0].cid, text) {
            waiting.extend(shown);
            continue;
        }
        // Together they mean what none of them does alone; by themselves they go for their letters, as far as these are told apart.
        if text.chars().count() == shown.len() {
            for (glyph, letter) in shown.iter().zip(text.chars()) {
                subset.stands_for(glyph.cid, letter.encode_utf8(&mut [0; 4]));
            }
        }
        show(content, size, &waiting);
        waiting.clear();
        content
            .begin_marked_content_with_properties(Name(b"Span"))
            .properties()
            .actual_text(pdf_writer::TextStr(text));
        show(content, size, &shown);
        content.end_marked_content();
    }
    show(content, size, &waiting);
    content.end_text();
}

/// A glyph in a line; distances are thousandths of the font's size.
#[derive(Debug, Clone, Copy)]
struct Shown {
    cid: u16,
    /// To the right of where the line has come to.
    right: f32,
    /// Above the base line.
    rise: f32,
    /// How much farther than by the glyph's own width the line goes on.
    wider: f32,
}

impl Shown {
    fn of(glyph: &Glyph, subset: &mut Subset) -> Self {
        let cid = subset.add(glyph.id);
        Self {
            cid,
            right: subset.thousandths(glyph.x_offset),
            rise: subset.thousandths(glyph.y_offset),
            wider: subset.thousandths(glyph.advance) - subset.width(cid),
        }
    }
}

/// Shows glyphs one after the other; those that stand above the line or below it by themselves.
fn show(content: &mut Content, size: f32, glyphs: &[Shown]) {
    for level in glyphs.chunk_by(|a, b| a.rise.to_bits() == b.rise.to_bits()) {
        let rise = level[0].rise * size / 1_000.0;
        if rise != 0.0 {
            content.set_rise(rise);
        }
        show_level(content, level);
        if rise != 0.0 {
            content.set_rise(0.0);
        }
    }
}

fn show_level(content: &mut Content, glyphs: &[Shown]) {
    let mut positioned = content.show_positioned();
    let mut items = positioned.items();
    let mut bytes: Vec<u8> = Vec::new();
    // Numbers in the list move to the left.
    let mut left = 0.0_f32;
    for glyph in glyphs {
        left -= glyph.right;
        if left != 0.0 {
            if !bytes.is_empty() {
                items.show(Str(&bytes));
                bytes.clear();
            }
            items.adjust(left);
        }
        bytes.extend(glyph.cid.to_be_bytes());
        left = glyph.right - glyph.wider;
    }
    if !bytes.is_empty() {
        items.show(Str(&bytes));
    }
    if left != 0.0 {
        items.adjust(left);
    }
    items.finish();
}
