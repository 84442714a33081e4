//! Which passwords are good enough, and new ones for accounts that the operator makes.

use kernel::Email;
use rand::RngExt as _;

/// The fewest bytes of a new password.
pub const LENGTH_MIN: usize = 8;
/// The most bytes of a password.
pub const LENGTH_MAX: usize = 256;

/// Letters and digits that cannot be taken for one another.
const ALPHABET: &[u8; 31] = b"abcdefghjkmnpqrstuvwxyz23456789";
/// Groups of a generated password and characters of each: 99 bits.
const GROUPS: usize = 4;
const GROUP_LENGTH: usize = 5;

/// Why a new password is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weakness {
    /// Fewer than 8 bytes.
    TooShort,
    /// More than 256 bytes.
    TooLong,
    /// In the list of common passwords, or a simple variation of one, of the address or the name.
    TooCommon,
}

impl Weakness {
    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::TooShort => "too_short",
            Self::TooLong => "too_long",
            Self::TooCommon => "too_common",
        }
    }

    /// One sentence for a person.
    pub fn detail(self) -> &'static str {
        match self {
            Self::TooShort => "A password has at least 8 characters.",
            Self::TooLong => "A password has at most 256 bytes.",
            Self::TooCommon => "This password is too easy to guess. Longer is better.",
        }
    }
}

/// Refuses a password that a good guesser, who knows the owner's address and name, finds in fewer
/// than `guesses_min` tries.
///
/// # Errors
/// What is wrong with it.
pub fn check(password: &str, email: &Email, name: &str, guesses_min: u64) -> Result<(), Weakness> {
    if password.len() < LENGTH_MIN {
        return Err(Weakness::TooShort);
    }
    if password.len() > LENGTH_MAX {
        return Err(Weakness::TooLong);
    }
    let local = email.as_str().split('@').next().unwrap_or_default();
    let mut known = vec![email.as_str(), local, email.domain(), "techmart"];
    known.extend(name.split_whitespace());
    if zxcvbn::zxcvbn(password, &known).guesses() < guesses_min {
        return Err(Weakness::TooCommon);
    }
    Ok(())
}

/// A new password of 99 random bits, easy to read out.
pub fn generate() -> String {
    let mut rng = rand::rng();
    let mut text = String::with_capacity(GROUPS * (GROUP_LENGTH + 1));
    for group in 0..GROUPS {
        if group > 0 {
            text.push('-');
        }
        for _ in 0..GROUP_LENGTH {
            text.push(char::from(ALPHABET[rng.random_range(0..ALPHABET.len())]));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const GUESSES: u64 = 1_000_000;

    fn judge(password: &str) -> Result<(), Weakness> {
        check(
            password,
            &"ada.l@example.com".parse().unwrap(),
            "Ada Lovelace",
            GUESSES,
        )
    }

    #[test]
    fn common_passwords_and_simple_variations_are_refused() {
        for password in [
            "password",
            "12345678",
            "qwertyuiop",
            "iloveyou1",
            "Password1",
            "p4ssw0rd",
            "sunshine",
            "football",
            "letmein1",
            "abcd1234",
            "ada.l@example.com",
            "lovelace1",
            "techmart1",
            "aaaaaaaaaaaa",
            "password2024",
        ] {
            assert_eq!(judge(password), Err(Weakness::TooCommon), "{password}");
        }
    }

    #[test]
    fn length_is_counted_in_bytes() {
        assert_eq!(judge("Xk3!vq9"), Err(Weakness::TooShort));
        assert_eq!(judge(&"ü".repeat(129)), Err(Weakness::TooLong));
        assert_eq!(
            judge(&format!("correct horse {}", "x7!Qz ".repeat(40))),
            Ok(())
        );
    }

    #[test]
    fn good_passwords_pass_and_generated_ones_are_good() {
        assert_eq!(judge("correct horse battery staple"), Ok(()));
        assert_eq!(judge("gruene-Tinte-71"), Ok(()));
        let password = generate();
        assert_eq!(password.len(), 23);
        assert_ne!(password, generate());
        assert_eq!(judge(&password), Ok(()));
    }
}
