//! One sentence as a vector.

use std::fmt;

use crate::kernel::{Job, Kernel, Row, with_best};
use crate::lanes;

/// Numbers in a vector.
pub const DIMENSIONS: usize = 384;

/// A direction in 384 dimensions: codes between -127 and 127, and the scale that makes them a
/// vector of length 1. Rounding to codes turns a direction by less than 0.01 (cosine 0.9999).
#[derive(Clone)]
pub struct Embedding {
    row: Row,
    scale: f32,
}

impl Embedding {
    /// Bytes of [`Embedding::to_bytes`]. The scale is not among them: it follows from the codes.
    pub const BYTES: usize = DIMENSIONS;

    /// The direction of a vector of any length; `None` if a number is not finite or all are 0.
    pub fn from_f32(vector: &[f32; DIMENSIONS]) -> Option<Self> {
        if vector.iter().any(|x| !x.is_finite()) {
            return None;
        }
        let largest = vector.iter().fold(0.0_f32, |most, x| most.max(x.abs()));
        // Written as a division of each number, so that a tiny `largest` cannot overflow.
        (largest > 0.0).then(|| {
            let codes = vector.map(|x| lanes::round(x / largest * 127.0) as i8);
            Self::from_codes(&codes)
        })
    }

    /// The vector in numbers, of length 1.
    pub fn to_f32(&self) -> [f32; DIMENSIONS] {
        self.row.0.map(|code| f32::from(code) * self.scale)
    }

    /// The codes, between -127 and 127; times [`Embedding::scale`] they are the vector.
    pub fn codes(&self) -> &[i8; DIMENSIONS] {
        &self.row.0
    }

    /// What a code of 1 stands for: one over the length of the codes.
    pub fn scale(&self) -> f32 {
        self.scale
    }

    /// Compact bytes, the same on every machine.
    pub fn to_bytes(&self) -> [u8; Self::BYTES] {
        self.row.0.map(i8::cast_unsigned)
    }

    /// Reads [`Embedding::to_bytes`]; `None` for another length, a code of -128 or nothing but
    /// zeros, which no vector has.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let bytes = <[u8; DIMENSIONS]>::try_from(bytes).ok()?;
        let codes = bytes.map(u8::cast_signed);
        let sound = !codes.contains(&i8::MIN) && codes.iter().any(|code| *code != 0);
        sound.then(|| Self::from_codes(&codes))
    }

    /// How alike two vectors are: 1 the same direction, 0 unrelated, -1 opposite.
    pub fn cosine(&self, other: &Self) -> f32 {
        with_best(Cosine(self, other))
    }

    /// The direction of a vector whose numbers are finite, as those of a converted model are;
    /// an arbitrary fixed direction for one that has none.
    pub(crate) fn nearest_to(vector: &[f32; DIMENSIONS]) -> Self {
        Self::from_f32(vector).unwrap_or_else(|| {
            let mut codes = [0; DIMENSIONS];
            codes[0] = 127;
            Self::from_codes(&codes)
        })
    }

    pub(crate) fn row(&self) -> &Row {
        &self.row
    }

    /// The vector of codes between -127 and 127 that are not all 0.
    pub(crate) fn from_codes(codes: &[i8; DIMENSIONS]) -> Self {
        let squares: i32 = codes.iter().map(|code| i32::from(*code).pow(2)).sum();
        Self {
            row: Row(*codes),
            scale: 1.0 / (squares as f32).sqrt(),
        }
    }
}

impl PartialEq for Embedding {
    fn eq(&self, other: &Self) -> bool {
        self.row.0 == other.row.0
    }
}

impl Eq for Embedding {}

impl fmt::Debug for Embedding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Embedding({:?}…)", &self.row.0[..4])
    }
}

/// How alike two vectors are: 1 the same direction, 0 unrelated, -1 opposite.
pub fn cosine(a: &Embedding, b: &Embedding) -> f32 {
    a.cosine(b)
}

struct Cosine<'a>(&'a Embedding, &'a Embedding);

impl Job for Cosine<'_> {
    type Out = f32;

    #[inline(always)]
    fn run<K: Kernel>(self, kernel: K) -> f32 {
        kernel.dot(&self.0.row, &self.1.row) as f32 * (self.0.scale * self.1.scale)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn refuses_what_is_no_direction() {
        assert!(Embedding::from_f32(&[0.0; DIMENSIONS]).is_none());
        assert!(Embedding::from_f32(&[f32::NAN; DIMENSIONS]).is_none());
        assert!(Embedding::from_f32(&[f32::INFINITY; DIMENSIONS]).is_none());
        assert!(Embedding::from_bytes(&[0; DIMENSIONS]).is_none());
        assert!(Embedding::from_bytes(&[1; DIMENSIONS - 1]).is_none());
        assert!(Embedding::from_bytes(&[128; DIMENSIONS]).is_none());
        assert!(Embedding::from_f32(&[1e-45; DIMENSIONS]).is_some());
        assert!(Embedding::from_f32(&[f32::MAX; DIMENSIONS]).is_some());
    }

    proptest! {
        #[test]
        fn survives_its_bytes_and_keeps_its_direction(
            numbers in prop::collection::vec(-1.0_f32..1.0, DIMENSIONS),
            other in prop::collection::vec(-1.0_f32..1.0, DIMENSIONS),
        ) {
            let vector: [f32; DIMENSIONS] = numbers.try_into().unwrap();
            let other: [f32; DIMENSIONS] = other.try_into().unwrap();
            let (a, b) = (Embedding::from_f32(&vector).unwrap(), Embedding::from_f32(&other).unwrap());
            prop_assert_eq!(&Embedding::from_bytes(&a.to_bytes()).unwrap(), &a);
            prop_assert!((cosine(&a, &a) - 1.0).abs() < 1e-6);
            prop_assert!((cosine(&a, &b) - cosine(&b, &a)).abs() < f32::EPSILON);
            let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
            let exact = |a: &[f32], b: &[f32]| dot(a, b) / (dot(a, a) * dot(b, b)).sqrt();
            prop_assert!((cosine(&a, &b) - exact(&vector, &other)).abs() < 2e-3);
            prop_assert!(exact(&a.to_f32(), &vector) > 0.9999);
            prop_assert!((dot(&a.to_f32(), &a.to_f32()) - 1.0).abs() < 1e-5);
        }
    }
}
