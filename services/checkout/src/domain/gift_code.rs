//! Codes of gift cards: 20 characters of Crockford's base 32 in groups of four. 100 random bits, so that guessing finds
//! nothing.

use std::fmt;

use rand::RngExt as _;
use sha2::{Digest as _, Sha256};

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LENGTH: usize = 20;
const GROUP: usize = 4;

/// A code. A secret: whoever knows it may spend the card.
#[derive(Clone, PartialEq, Eq)]
pub struct GiftCode(String);

/// The text is no code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected the 20 letters and digits of a gift card")]
pub struct GiftCodeError;

impl fmt::Debug for GiftCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("GiftCode(…)")
    }
}

impl GiftCode {
    /// A new code, from the operating system's randomness.
    pub fn generate() -> Self {
        let mut rng = rand::rng();
        let letter = |_| char::from(ALPHABET[rng.random_range(0..ALPHABET.len())]);
        Self((0..LENGTH).map(letter).collect())
    }

    /// SHA-256 of the code: what is stored.
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.0.as_bytes()).into()
    }

    /// The last characters, by which people tell cards apart.
    pub fn last4(&self) -> &str {
        &self.0[LENGTH - GROUP..]
    }

    /// The code as it is printed, in groups.
    pub fn printed(&self) -> String {
        let groups = self.0.as_bytes().chunks(GROUP);
        let groups: Vec<&str> = groups
            .map(|group| std::str::from_utf8(group).unwrap_or_default())
            .collect();
        groups.join("-")
    }
}

impl std::str::FromStr for GiftCode {
    type Err = GiftCodeError;

    /// Reads a code as people type it: in any case, with spaces and hyphens, `O` for `0`, `I` and `L` for `1`.
    fn from_str(text: &str) -> Result<Self, GiftCodeError> {
        let code: String = text
            .chars()
            .filter(|c| !c.is_whitespace() && *c != '-')
            .map(|c| match c.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            })
            .collect();
        let known = code.bytes().all(|byte| ALPHABET.contains(&byte));
        if code.len() == LENGTH && known {
            Ok(Self(code))
        } else {
            Err(GiftCodeError)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_as_people_type_them() {
        let code = GiftCode::generate();
        let printed = code.printed();
        assert_eq!(printed.len(), 24);
        for typed in [
            printed.to_lowercase(),
            printed.replace('-', " "),
            printed.replace('-', ""),
            printed.replace('0', "o").replace('1', "l"),
            format!(" {printed} "),
        ] {
            assert_eq!(
                typed.parse::<GiftCode>().unwrap().hash(),
                code.hash(),
                "{typed}"
            );
        }
        for bad in [
            "",
            "U",
            &printed[1..],
            &format!("{printed}0"),
            &printed.replace('-', "é"),
        ] {
            assert_eq!(bad.parse::<GiftCode>(), Err(GiftCodeError), "{bad}");
        }
        assert!(!format!("{code:?}").contains(code.last4()));
    }

    #[test]
    fn codes_do_not_repeat() {
        let codes: std::collections::BTreeSet<[u8; 32]> =
            (0..1_000).map(|_| GiftCode::generate().hash()).collect();
        assert_eq!(codes.len(), 1_000);
    }
}
