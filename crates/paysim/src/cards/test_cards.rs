//! Stripe's published test cards. Only these are accepted.

use super::Behaviour;

/// A published test card.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TestCard {
    pub(crate) number: &'static str,
    /// Names under which it can be used without being typed in.
    pub(crate) names: &'static [&'static str],
    pub(crate) brand: &'static str,
    pub(crate) funding: &'static str,
    pub(crate) country: &'static str,
    pub(crate) behaviour: Behaviour,
}

/// The card that `payment_method=pm_card_…` stands for.
pub(crate) fn by_name(name: &str) -> Option<&'static TestCard> {
    CARDS.iter().find(|card| card.names.contains(&name))
}

/// The card with this number.
pub(crate) fn by_number(digits: &str) -> Option<&'static TestCard> {
    CARDS.iter().find(|card| card.number == digits)
}

const fn card(
    number: &'static str,
    names: &'static [&'static str],
    brand: &'static str,
    behaviour: Behaviour,
) -> TestCard {
    TestCard {
        number,
        names,
        brand,
        funding: "credit",
        country: "US",
        behaviour,
    }
}

const fn funded(funding: &'static str, card: TestCard) -> TestCard {
    TestCard { funding, ..card }
}

const fn from(country: &'static str, card: TestCard) -> TestCard {
    TestCard { country, ..card }
}

use Behaviour::{
    Approve, AskAlways, AskOnRequest, AskSetUpAlready, AskThenDecline, AskThenInsufficientFunds,
    AskUnlessSetUp, DeclineWhenCharged, DisputeFraudulent, DisputeNotReceived, ExpiredCard,
    Fraudulent, GenericDecline, IncorrectCvc, Inquiry, InsufficientFunds, LostCard,
    ProcessingError, RefundFails, RefundPending, StolenCard, VelocityExceeded,
};

const CARDS: &[TestCard] = &[
    card("4242424242424242", &["pm_card_visa"], "visa", Approve),
    funded(
        "debit",
        card("4000056655665556", &["pm_card_visa_debit"], "visa", Approve),
    ),
    card(
        "5555555555554444",
        &["pm_card_mastercard"],
        "mastercard",
        Approve,
    ),
    card("2223003122003222", &[], "mastercard", Approve),
    funded(
        "debit",
        card(
            "5200828282828210",
            &["pm_card_mastercard_debit"],
            "mastercard",
            Approve,
        ),
    ),
    funded(
        "prepaid",
        card(
            "5105105105105100",
            &["pm_card_mastercard_prepaid"],
            "mastercard",
            Approve,
        ),
    ),
    card("378282246310005", &["pm_card_amex"], "amex", Approve),
    card("371449635398431", &[], "amex", Approve),
    card(
        "6011111111111117",
        &["pm_card_discover"],
        "discover",
        Approve,
    ),
    card("6011000990139424", &[], "discover", Approve),
    card("3056930009020004", &["pm_card_diners"], "diners", Approve),
    card("36227206271667", &[], "diners", Approve),
    from(
        "JP",
        card("3566002020360505", &["pm_card_jcb"], "jcb", Approve),
    ),
    from(
        "CN",
        card(
            "6200000000000005",
            &["pm_card_unionpay"],
            "unionpay",
            Approve,
        ),
    ),
    from(
        "DE",
        card("4000002760000016", &["pm_card_de"], "visa", Approve),
    ),
    from(
        "GB",
        card("4000008260000000", &["pm_card_gb"], "visa", Approve),
    ),
    card(
        "4000000000000002",
        &["pm_card_visa_chargeDeclined", "pm_card_chargeDeclined"],
        "visa",
        GenericDecline,
    ),
    card(
        "4000000000009995",
        &[
            "pm_card_visa_chargeDeclinedInsufficientFunds",
            "pm_card_chargeDeclinedInsufficientFunds",
        ],
        "visa",
        InsufficientFunds,
    ),
    card(
        "4000000000009987",
        &[
            "pm_card_visa_chargeDeclinedLostCard",
            "pm_card_chargeDeclinedLostCard",
        ],
        "visa",
        LostCard,
    ),
    card(
        "4000000000009979",
        &[
            "pm_card_visa_chargeDeclinedStolenCard",
            "pm_card_chargeDeclinedStolenCard",
        ],
        "visa",
        StolenCard,
    ),
    card(
        "4000000000006975",
        &[
            "pm_card_visa_chargeDeclinedVelocityLimitExceeded",
            "pm_card_chargeDeclinedVelocityLimitExceeded",
        ],
        "visa",
        VelocityExceeded,
    ),
    card(
        "4000000000000069",
        &[
            "pm_card_visa_chargeDeclinedExpiredCard",
            "pm_card_chargeDeclinedExpiredCard",
        ],
        "visa",
        ExpiredCard,
    ),
    card(
        "4000000000000127",
        &[
            "pm_card_visa_chargeDeclinedIncorrectCvc",
            "pm_card_chargeDeclinedIncorrectCvc",
        ],
        "visa",
        IncorrectCvc,
    ),
    card(
        "4000000000000119",
        &[
            "pm_card_visa_chargeDeclinedProcessingError",
            "pm_card_chargeDeclinedProcessingError",
        ],
        "visa",
        ProcessingError,
    ),
    card(
        "4100000000000019",
        &["pm_card_radarBlock"],
        "visa",
        Fraudulent,
    ),
    card(
        "4000000000007726",
        &["pm_card_pendingRefund"],
        "visa",
        RefundPending,
    ),
    card(
        "4000000000005126",
        &["pm_card_refundFail"],
        "visa",
        RefundFails,
    ),
    card(
        "4000002500003155",
        &["pm_card_authenticationRequiredOnSetup"],
        "visa",
        AskUnlessSetUp,
    ),
    card(
        "4000003800000446",
        &["pm_card_authenticationRequiredSetupForOffSession"],
        "visa",
        AskSetUpAlready,
    ),
    card(
        "4000002760003184",
        &["pm_card_authenticationRequired"],
        "visa",
        AskAlways,
    ),
    card(
        "4000000000003220",
        &["pm_card_threeDSecure2Required"],
        "visa",
        AskAlways,
    ),
    card(
        "4000000000003055",
        &["pm_card_threeDSecureOptional"],
        "visa",
        AskOnRequest,
    ),
    card(
        "4000008400001629",
        &["pm_card_threeDSecureRequiredChargeDeclined"],
        "visa",
        AskThenDecline,
    ),
    card(
        "4000008260003178",
        &["pm_card_authenticationRequiredChargeDeclinedInsufficientFunds"],
        "visa",
        AskThenInsufficientFunds,
    ),
    card(
        "4000000000000341",
        &["pm_card_chargeCustomerFail"],
        "visa",
        DeclineWhenCharged,
    ),
    card(
        "4000000000000259",
        &["pm_card_createDispute"],
        "visa",
        DisputeFraudulent,
    ),
    card(
        "4000000000002685",
        &["pm_card_createDisputeProductNotReceived"],
        "visa",
        DisputeNotReceived,
    ),
    card(
        "4000000000001976",
        &["pm_card_createDisputeInquiry"],
        "visa",
        Inquiry,
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_has_its_check_digit_and_every_name_is_unique() {
        let mut names: Vec<_> = CARDS.iter().flat_map(|card| card.names).collect();
        let count = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), count);
        for card in CARDS {
            assert!(crate::cards::luhn::is_valid(card.number), "{}", card.number);
        }
    }
}
