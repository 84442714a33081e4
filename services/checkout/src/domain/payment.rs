//! What the provider's word on a payment means.

use kernel::Currency;

use super::state::AttemptState;

/// The id of a payment method at the provider, such as `pm_card_visa`. Card data itself never comes here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentMethodId(String);

/// The text is no payment method's id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected the id of a payment method, such as pm_1AbC")]
pub struct PaymentMethodIdError;

const PREFIX: &str = "pm_";
/// How the provider's names of test cards begin.
const TEST_CARD: &str = "pm_card_";
/// The longest id.
const LENGTH_MAX: usize = 100;

impl PaymentMethodId {
    /// The id as the provider knows it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it names a test card instead of a payment method: the provider makes a new method of the name with each
    /// use, so there is none yet to ask about.
    pub fn names_test_card(&self) -> bool {
        self.0.starts_with(TEST_CARD)
    }
}

impl std::str::FromStr for PaymentMethodId {
    type Err = PaymentMethodIdError;

    fn from_str(text: &str) -> Result<Self, PaymentMethodIdError> {
        let rest = text.strip_prefix(PREFIX).ok_or(PaymentMethodIdError)?;
        let known = rest
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if rest.is_empty() || text.len() > LENGTH_MAX || !known {
            return Err(PaymentMethodIdError);
        }
        Ok(Self(text.to_owned()))
    }
}

/// A payment as the provider sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sighting {
    /// The provider's payment intent, if there is one.
    pub provider_ref: Option<String>,
    /// Where it stands.
    pub outcome: Outcome,
    /// What the provider tells of the card.
    pub card: Option<Card>,
}

/// What may be kept of a card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// Such as `visa`.
    pub brand: String,
    /// The last four digits.
    pub last4: String,
    /// The provider's name of it, the same wherever it is used.
    pub fingerprint: Option<String>,
    /// Month and year in which it ends.
    pub expires: Option<(i32, i32)>,
    /// The payment method by which it can be charged again.
    pub method_ref: Option<String>,
}

/// Where a payment stands at the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The money was taken.
    Captured {
        /// Minor units taken.
        amount_minor: i64,
        /// In this currency.
        currency: Option<Currency>,
    },
    /// The money is held, and was not taken.
    Authorized {
        /// Minor units held.
        amount_minor: i64,
        /// In this currency.
        currency: Option<Currency>,
    },
    /// The shopper must confirm with the bank.
    RequiresAction {
        /// What the browser needs for that.
        client_secret: String,
    },
    /// The provider works on it.
    Processing,
    /// Refused for good; no money moved.
    Declined {
        /// The provider's reason.
        decline_code: String,
    },
    /// The request surely never reached the provider, or was turned away unread.
    NotSent,
    /// Nobody knows: no answer, or a failure on the provider's side.
    Unknown,
}

impl Sighting {
    /// A sighting without a payment intent.
    pub fn blind(outcome: Outcome) -> Self {
        Self {
            provider_ref: None,
            outcome,
            card: None,
        }
    }
}

/// What to do about an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The order is paid: the attempt gets this state.
    Place(AttemptState),
    /// The attempt failed; everything is undone.
    Cancel {
        /// The provider's reason.
        decline_code: String,
    },
    /// The provider was never reached; everything is undone.
    Undo,
    /// Wait for the provider.
    Wait,
    /// The provider took something else than was asked for: a person must look.
    Mismatch,
}

/// What a sighting means for an attempt over `amount_minor` of `currency`. `fresh` says that nobody called the provider
/// for it before: only then is a request that was not sent the end of it.
pub fn judge(outcome: &Outcome, amount_minor: i64, currency: Currency, fresh: bool) -> Verdict {
    match outcome {
        Outcome::NotSent if fresh => Verdict::Undo,
        Outcome::Captured {
            amount_minor: taken,
            currency: of,
        } if *taken == amount_minor && *of == Some(currency) => {
            Verdict::Place(AttemptState::Captured)
        }
        Outcome::Authorized {
            amount_minor: held,
            currency: of,
        } if *held == amount_minor && *of == Some(currency) => {
            Verdict::Place(AttemptState::Authorized)
        }
        Outcome::Captured { .. } | Outcome::Authorized { .. } => Verdict::Mismatch,
        Outcome::Declined { decline_code } => Verdict::Cancel {
            decline_code: decline_code.clone(),
        },
        Outcome::RequiresAction { .. }
        | Outcome::Processing
        | Outcome::NotSent
        | Outcome::Unknown => Verdict::Wait,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_ids_of_payment_methods_pass() {
        let parse = |text: &str| text.parse::<PaymentMethodId>();
        for text in [
            "",
            "pm_",
            "4242424242424242",
            "pi_123",
            "pm_a b",
            "pm_é",
            "pm_a/../b",
            " pm_a",
        ] {
            assert_eq!(parse(text), Err(PaymentMethodIdError), "{text}");
        }
        assert!(parse(&format!("pm_{}", "a".repeat(98))).is_err());
        assert_eq!(parse("pm_card_visa").unwrap().as_str(), "pm_card_visa");
        assert!(!parse("pm_1AbC").unwrap().names_test_card());
        assert!(!parse("pm_cardVisa").unwrap().names_test_card());
        assert!(parse("pm_card_visa").unwrap().names_test_card());
    }

    #[test]
    fn only_the_exact_amount_places_an_order() {
        for (amount_minor, currency, exact) in [
            (100, Some(Currency::USD), true),
            (99, Some(Currency::USD), false),
            (100, Some(Currency::EUR), false),
            (100, None, false),
        ] {
            let taken = Outcome::Captured {
                amount_minor,
                currency,
            };
            let held = Outcome::Authorized {
                amount_minor,
                currency,
            };
            for (outcome, state) in [
                (taken, AttemptState::Captured),
                (held, AttemptState::Authorized),
            ] {
                let expected = if exact {
                    Verdict::Place(state)
                } else {
                    Verdict::Mismatch
                };
                assert_eq!(judge(&outcome, 100, Currency::USD, true), expected);
            }
        }
    }

    #[test]
    fn silence_is_never_a_failure() {
        for outcome in [
            Outcome::Unknown,
            Outcome::NotSent,
            Outcome::Processing,
            Outcome::RequiresAction {
                client_secret: "s".into(),
            },
        ] {
            assert_eq!(judge(&outcome, 1, Currency::USD, false), Verdict::Wait);
        }
        assert_eq!(
            judge(&Outcome::Unknown, 1, Currency::USD, true),
            Verdict::Wait
        );
        assert_eq!(
            judge(&Outcome::NotSent, 1, Currency::USD, true),
            Verdict::Undo
        );
    }
}
