//! The base 32 of the `TypeID` specification: 128 bits as 26 lowercase Crockford characters.

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const LENGTH: usize = 26;

/// 26 characters, most significant first; the first holds three bits.
pub(super) fn encode(value: u128) -> String {
    let mut text = [0u8; LENGTH];
    let mut rest = value;
    for place in text.iter_mut().rev() {
        let [low, ..] = rest.to_le_bytes();
        *place = ALPHABET[usize::from(low & 31)];
        rest >>= 5;
    }
    text.iter().map(|&byte| char::from(byte)).collect()
}

/// The number behind exactly 26 characters of the alphabet, unless it exceeds 128 bits.
pub(super) fn decode(text: &str) -> Option<u128> {
    let bytes = text.as_bytes();
    if bytes.len() != LENGTH || bytes.first().is_none_or(|&first| first > b'7') {
        return None;
    }
    bytes.iter().try_fold(0u128, |value, &byte| {
        let digit = ALPHABET.iter().position(|&letter| letter == byte)?;
        Some((value << 5) | u128::try_from(digit).ok()?)
    })
}
