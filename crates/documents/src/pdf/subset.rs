//! Fonts in the file: only the glyphs that its pages show, with what each of them stands for.

use pdf_writer::types::{CidFontType, FontFlags, SystemInfo, UnicodeCmap};
use pdf_writer::{Filter, Finish as _, Name, Pdf, Rect, Ref, Str};
use rustybuzz::Face;
use rustybuzz::ttf_parser::GlyphId;
use subsetter::GlyphRemapper;

use super::{IDENTITY, broken, deflate};
use crate::DocumentError;
use crate::font::{Weight, face, file};

const SYSTEM: SystemInfo<'static> = SystemInfo {
    registry: Str(b"Adobe"),
    ordering: Str(b"Identity"),
    supplement: 0,
};

/// The fonts of a file.
pub(super) struct Subsets([Subset; 2]);

impl Subsets {
    /// Both fonts, without any glyph yet.
    pub(super) fn new(refs: &mut Ref) -> Result<Self, DocumentError> {
        let regular = Subset::new(Weight::Regular, "IBMPlexSans", refs.bump())?;
        let bold = Subset::new(Weight::SemiBold, "IBMPlexSans-SemiBold", refs.bump())?;
        Ok(Self([regular, bold]))
    }

    /// The font of a weight, and how pages call it.
    pub(super) fn of(&mut self, weight: Weight) -> (Name<'static>, &mut Subset) {
        let subset = &mut self.0[usize::from(weight == Weight::SemiBold)];
        (subset.on_pages(), subset)
    }

    /// What pages call the fonts, and where these are.
    pub(super) fn named(&self) -> impl Iterator<Item = (Name<'static>, Ref)> {
        self.0.iter().map(|subset| (subset.on_pages(), subset.id))
    }

    /// Writes the fonts with the glyphs that have come together.
    pub(super) fn write(&self, pdf: &mut Pdf, refs: &mut Ref) -> Result<(), DocumentError> {
        self.0.iter().try_for_each(|subset| subset.write(pdf, refs))
    }
}

/// One font. Glyphs are numbered anew, in the order in which they come.
pub(super) struct Subset {
    id: Ref,
    weight: Weight,
    name: &'static str,
    face: &'static Face<'static>,
    glyphs: GlyphRemapper,
    /// Of each glyph, the text that it first stood for; the first one stands for what is missing.
    texts: Vec<String>,
    /// Of each glyph, in thousandths of the size.
    widths: Vec<f32>,
}

impl Subset {
    fn new(weight: Weight, name: &'static str, id: Ref) -> Result<Self, DocumentError> {
        let mut subset = Self {
            id,
            weight,
            name,
            face: face(weight).ok_or_else(|| broken("font"))?,
            glyphs: GlyphRemapper::new(),
            texts: Vec::new(),
            widths: Vec::new(),
        };
        subset.add(0);
        Ok(subset)
    }

    fn on_pages(&self) -> Name<'static> {
        match self.weight {
            Weight::Regular => Name(b"F0"),
            Weight::SemiBold => Name(b"F1"),
        }
    }

    /// The number of a glyph in the file. The fonts have fewer than 2^16 glyphs.
    pub(super) fn add(&mut self, glyph: u32) -> u16 {
        let glyph = u16::try_from(glyph).unwrap_or(0);
        let cid = self.glyphs.remap(glyph);
        if usize::from(cid) == self.widths.len() {
            let width = self.face.glyph_hor_advance(GlyphId(glyph)).unwrap_or(0);
            self.widths.push(self.thousandths(i32::from(width)));
            self.texts.push(String::new());
        }
        cid
    }

    /// Whether a reader who finds this glyph reads `text`. What it stands for first it does for good.
    pub(super) fn stands_for(&mut self, cid: u16, text: &str) -> bool {
        match self.texts.get_mut(usize::from(cid)) {
            Some(known) if cid != 0 && known.is_empty() => {
                text.clone_into(known);
                true
            }
            Some(known) => known == text,
            None => false,
        }
    }

    /// Of a glyph, in thousandths of the size.
    pub(super) fn width(&self, cid: u16) -> f32 {
        self.widths.get(usize::from(cid)).copied().unwrap_or(0.0)
    }

    /// A length in the font's own units, in thousandths of the size.
    pub(super) fn thousandths(&self, units: i32) -> f32 {
        units as f32 * 1_000.0 / self.face.units_per_em() as f32
    }

    fn write(&self, pdf: &mut Pdf, refs: &mut Ref) -> Result<(), DocumentError> {
        let [descendant, descriptor, program, to_unicode] = [(); 4].map(|()| refs.bump());
        let name = self.tagged_name();
        pdf.type0_font(self.id)
            .base_font(Name(name.as_bytes()))
            .encoding_predefined(IDENTITY)
            .descendant_font(descendant)
            .to_unicode(to_unicode);

        let mut font = pdf.cid_font(descendant);
        font.subtype(CidFontType::Type2)
            .base_font(Name(name.as_bytes()))
            .system_info(SYSTEM)
            .font_descriptor(descriptor)
            .default_width(0.0)
            .cid_to_gid_map_predefined(Name(b"Identity"));
        font.widths().consecutive(0, self.widths.iter().copied());
        font.finish();

        self.describe(pdf, descriptor, &name, program);

        let mut map = UnicodeCmap::<u16>::new(Name(b"Custom"), SYSTEM);
        for (cid, text) in (0..).zip(&self.texts) {
            if !text.is_empty() {
                map.pair_with_multiple(cid, text.chars());
            }
        }
        let map = deflate(&map.finish())?;
        pdf.cmap(to_unicode, &map).filter(Filter::FlateDecode);

        let subset = subsetter::subset(file(self.weight), 0, &self.glyphs)
            .map_err(|error| DocumentError::Write(error.to_string()))?;
        let length = i32::try_from(subset.len()).unwrap_or(i32::MAX);
        pdf.stream(program, &deflate(&subset)?)
            .filter(Filter::FlateDecode)
            .pair(Name(b"Length1"), length);
        Ok(())
    }

    fn describe(&self, pdf: &mut Pdf, id: Ref, name: &str, program: Ref) {
        let thousandths = |units: i16| self.thousandths(i32::from(units));
        let bounds = self.face.global_bounding_box();
        let ascent = thousandths(self.face.ascender());
        // What readers draw with when they cannot use the font; by the rule of thumb of most writers.
        let stem = 10.0 + 0.244 * (f32::from(self.face.weight().to_number()) - 50.0);
        pdf.font_descriptor(id)
            .name(Name(name.as_bytes()))
            .flags(FontFlags::SYMBOLIC)
            .bbox(Rect::new(
                thousandths(bounds.x_min),
                thousandths(bounds.y_min),
                thousandths(bounds.x_max),
                thousandths(bounds.y_max),
            ))
            .italic_angle(0.0)
            .ascent(ascent)
            .descent(thousandths(self.face.descender()))
            .cap_height(self.face.capital_height().map_or(ascent, thousandths))
            .stem_v(stem)
            .font_file2(program);
    }

    /// The font's name behind six letters, as a subset is called; other glyphs, other letters.
    fn tagged_name(&self) -> String {
        let mut hash = self.glyphs.remapped_gids().fold(0_u64, |hash, glyph| {
            hash.wrapping_mul(31).wrapping_add(u64::from(glyph))
        });
        let mut name = String::with_capacity(32);
        for _ in 0..6 {
            let letter = u8::try_from(hash % 26).unwrap_or(0);
            name.push(char::from(b'A' + letter));
            hash /= 26;
        }
        name.push('+');
        name.push_str(self.name);
        name
    }
}
