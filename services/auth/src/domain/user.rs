//! Accounts.

use common::access::Role;
use jiff::Timestamp;
use kernel::{Email, UserId};

/// A person's account.
#[derive(Debug, Clone)]
pub struct Account {
    /// Its id.
    pub id: UserId,
    /// The address it signs in with.
    pub email: Email,
    /// What the person is called.
    pub name: String,
    /// What it is.
    pub role: Role,
    /// What it may do, where it is staff's.
    pub permissions: Vec<String>,
    /// When it was closed to its owner.
    pub disabled_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
}

impl Account {
    /// Whether its owner may use it.
    pub fn is_enabled(&self) -> bool {
        self.disabled_at.is_none()
    }

    /// The scope of its access tokens; only staff's have one.
    pub fn scope(&self) -> Option<String> {
        (self.role == Role::Staff).then(|| self.permissions.join(" "))
    }
}

/// The most characters a name has.
pub const NAME_LENGTH_MAX: usize = 200;

/// A name without surrounding space: 1 to 200 characters, none of them a control character.
pub fn clean_name(text: &str) -> Option<&str> {
    let name = text.trim();
    let fits = (1..=NAME_LENGTH_MAX).contains(&name.chars().count());
    (fits && !name.chars().any(char::is_control)).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_trimmed_and_hold_no_control_characters() {
        assert_eq!(clean_name("  Zoë  "), Some("Zoë"));
        assert_eq!(
            clean_name(&"ü".repeat(200)).map(|name| name.chars().count()),
            Some(200)
        );
        for refused in ["", "   ", "a\nb", "a\0b", &"x".repeat(201)] {
            assert_eq!(clean_name(refused), None, "{refused:?}");
        }
    }
}
