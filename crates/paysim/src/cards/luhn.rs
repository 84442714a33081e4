//! The check digit of card numbers.

/// Whether a string of ASCII digits ends with the right check digit.
pub(crate) fn is_valid(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(place, byte)| {
            let digit = u32::from(byte - b'0');
            match (place % 2, digit) {
                (0, _) => digit,
                (_, 0..5) => digit * 2,
                _ => digit * 2 - 9,
            }
        })
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn known_numbers() {
        assert!(is_valid("4242424242424242"));
        assert!(is_valid("378282246310005"));
        assert!(!is_valid("4242424242424241"));
    }

    proptest! {
        #[test]
        fn exactly_one_last_digit_is_right(body in "[0-9]{11,18}") {
            let right = (0..10).filter(|digit| is_valid(&format!("{body}{digit}"))).count();
            prop_assert_eq!(right, 1);
        }

        #[test]
        fn one_wrong_digit_is_noticed(body in "[0-9]{12,19}", place in 0usize..12, step in 1u8..10) {
            let mut changed = body.clone().into_bytes();
            changed[place] = b'0' + (changed[place] - b'0' + step) % 10;
            let changed = String::from_utf8(changed).unwrap();
            prop_assert!(!(is_valid(&body) && is_valid(&changed)));
        }
    }
}
