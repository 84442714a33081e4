//! Colours: reading, naming and mixing, in integers.

use std::fmt;
use std::str::FromStr;

/// An sRGB colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Rgb {
    /// Red.
    pub r: u8,
    /// Green.
    pub g: u8,
    /// Blue.
    pub b: u8,
}

/// The text is no colour of six hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a colour is six hexadecimal digits")]
pub struct BadColour;

/// Names that variants use. Longer names come before the words they hold.
const NAMES: &[(&str, u32)] = &[
    ("space grey", 0x4b_4d52),
    ("space gray", 0x4b_4d52),
    ("midnight blue", 0x1f_2a48),
    ("midnight", 0x1d_2430),
    ("navy", 0x26_3a66),
    ("sky blue", 0x8f_bfe6),
    ("ice blue", 0xb7_d6e8),
    ("light blue", 0x9c_c4ea),
    ("dark blue", 0x22_3b73),
    ("ocean", 0x2a_6f97),
    ("blue", 0x3b_6fc4),
    ("teal", 0x2b_8a8a),
    ("turquoise", 0x3f_b5b0),
    ("cyan", 0x2a_a9d2),
    ("mint", 0xa5_dcc4),
    ("sage", 0x9d_b39a),
    ("forest", 0x2f_5d46),
    ("olive", 0x6b_6f43),
    ("lime", 0x9c_cc4a),
    ("green", 0x4a_9a5f),
    ("sand", 0xd8_c6a5),
    ("beige", 0xdd_d0b8),
    ("cream", 0xee_e6d3),
    ("ivory", 0xf2_ede0),
    ("champagne", 0xe3_cfae),
    ("rose gold", 0xe0_b4a6),
    ("gold", 0xd9_b86c),
    ("yellow", 0xf0_c83c),
    ("amber", 0xe8_a33a),
    ("orange", 0xec_8136),
    ("copper", 0xb8_7450),
    ("bronze", 0x9a_7449),
    ("brown", 0x7a_5540),
    ("terracotta", 0xc4_6a4e),
    ("coral", 0xf0_8573),
    ("burgundy", 0x7b_2a3c),
    ("crimson", 0xb8_263e),
    ("red", 0xd0_3b3f),
    ("magenta", 0xcf_3a8c),
    ("pink", 0xf0_a8bd),
    ("rose", 0xe5_a5ad),
    ("lavender", 0xb8_a9de),
    ("lilac", 0xc7_b2de),
    ("violet", 0x7f_5cc0),
    ("purple", 0x76_52ac),
    ("graphite", 0x4a_4d53),
    ("anthracite", 0x3b_3e44),
    ("charcoal", 0x40_4348),
    ("gunmetal", 0x55_5b63),
    ("titanium", 0x8d_8a85),
    ("slate", 0x5d_6875),
    ("silver", 0xc9_cdd3),
    ("aluminium", 0xc4_c8cd),
    ("aluminum", 0xc4_c8cd),
    ("stainless", 0xb9_bec4),
    ("chrome", 0xc6_ccd2),
    ("steel", 0xa3_abb5),
    ("grey", 0x8f_959d),
    ("gray", 0x8f_959d),
    ("pearl", 0xf0_eee9),
    ("snow", 0xf6_f7f9),
    ("white", 0xf4_f5f7),
    ("onyx", 0x2a_2c30),
    ("jet", 0x2a_2c30),
    ("black", 0x2b_2d32),
];

impl Rgb {
    /// White.
    pub const WHITE: Self = Self {
        r: 255,
        g: 255,
        b: 255,
    };
    /// Black.
    pub const BLACK: Self = Self { r: 0, g: 0, b: 0 };

    /// From `0xrrggbb`.
    pub const fn hex(code: u32) -> Self {
        let [_, r, g, b] = code.to_be_bytes();
        Self { r, g, b }
    }

    /// The colour of a name such as "Midnight blue" or "Black,Silver": the first known one that the text begins
    /// with, or else the first that it holds.
    pub fn by_name(name: &str) -> Option<Self> {
        let name = name.to_lowercase();
        let begins = NAMES.iter().find(|(known, _)| name.starts_with(known));
        begins
            .or_else(|| NAMES.iter().find(|(known, _)| name.contains(known)))
            .map(|(_, code)| Self::hex(*code))
    }

    /// `permille` thousandths of `other`, the rest of `self`.
    #[must_use]
    pub fn mix(self, other: Self, permille: u16) -> Self {
        let part = u32::from(permille.min(1000));
        let mix = |a: u8, b: u8| {
            u8::try_from((u32::from(a) * (1000 - part) + u32::from(b) * part + 500) / 1000)
                .unwrap_or(u8::MAX)
        };
        Self {
            r: mix(self.r, other.r),
            g: mix(self.g, other.g),
            b: mix(self.b, other.b),
        }
    }

    /// Lightness from 0 to 255, weighted as the eye sees it.
    pub fn luma(self) -> u32 {
        (u32::from(self.r) * 299 + u32::from(self.g) * 587 + u32::from(self.b) * 114) / 1000
    }

    /// Difference of the strongest and the weakest channel: 0 is grey.
    pub fn chroma(self) -> u32 {
        let channels = [self.r, self.g, self.b];
        let range = channels.iter().max().zip(channels.iter().min());
        range.map_or(0, |(most, least)| u32::from(most - least))
    }

    /// Nearer to the given lightness if it is darker than that.
    #[must_use]
    pub fn at_least(self, luma: u32) -> Self {
        let mut colour = self;
        while colour.luma() < luma {
            colour = colour.mix(Self::WHITE, 80);
        }
        colour
    }
}

impl fmt::Display for Rgb {
    /// Six digits without `#`, as in art addresses.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:02x}{:02x}{:02x}", self.r, self.g, self.b)
    }
}

impl FromStr for Rgb {
    type Err = BadColour;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.len() != 6 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(BadColour);
        }
        u32::from_str_radix(text, 16)
            .map(Self::hex)
            .map_err(|_| BadColour)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_read_back() {
        assert_eq!("1a2b3C".parse::<Rgb>().unwrap().to_string(), "1a2b3c");
        for bad in ["", "12345", "+12345", "#12345", "gggggg", "ééé"] {
            assert!(bad.parse::<Rgb>().is_err(), "{bad}");
        }
    }

    #[test]
    fn names_are_known() {
        assert_eq!(Rgb::by_name("Midnight Blue"), Some(Rgb::hex(0x1f_2a48)));
        assert_eq!(Rgb::by_name("Black,Silver"), Rgb::by_name("black"));
        assert_eq!(Rgb::by_name("Matte dark green"), Rgb::by_name("green"));
        assert_eq!(Rgb::by_name("15 inch"), None);
    }

    #[test]
    fn mixing_stays_in_range() {
        assert_eq!(Rgb::BLACK.mix(Rgb::WHITE, 500).to_string(), "808080");
        assert_eq!(Rgb::BLACK.mix(Rgb::WHITE, 2000), Rgb::WHITE);
        assert!(Rgb::BLACK.at_least(90).luma() >= 90);
    }
}
