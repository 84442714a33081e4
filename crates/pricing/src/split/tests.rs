use kernel::Money;
use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

#[test]
fn the_largest_remainders_get_the_rest() {
    assert_eq!(allocate(100, &[1, 1, 1]), [34, 33, 33]);
    assert_eq!(allocate(101, &[1, 1, 1]), [34, 34, 33]);
    assert_eq!(allocate(10, &[1, 2, 4]), [1, 3, 6]);
    assert_eq!(allocate(-100, &[1, 1, 1]), [-34, -33, -33]);
    assert_eq!(allocate(5, &[1_999, 4_999, 2]), [1, 4, 0]);
}

#[test]
fn zero_weights_get_nothing_unless_all_are_zero() {
    assert_eq!(allocate(7, &[0, 3, 0, 3]), [0, 4, 0, 3]);
    assert_eq!(allocate(7, &[-5, 1]), [0, 7]);
    assert_eq!(allocate(7, &[0, 0]), [4, 3]);
    assert_eq!(allocate(7, &[]), [0; 0]);
    assert_eq!(allocate(0, &[3, 4]), [0, 0]);
}

#[test]
fn the_ends_of_the_range_are_safe() {
    for total in [i64::MAX, i64::MIN, i64::MIN.wrapping_add(1)] {
        let parts = allocate(total, &[i64::MAX, i64::MAX, 1]);
        assert_eq!(
            parts.iter().map(|&part| i128::from(part)).sum::<i128>(),
            total.into()
        );
        assert_eq!(allocate(total, &[1]), [total]);
    }
}

proptest! {
    #[test]
    fn parts_sum_to_the_total(total: i64, weights in vec(0..=i64::MAX, 1..40)) {
        let parts = allocate(total, &weights);
        prop_assert_eq!(parts.len(), weights.len());
        prop_assert_eq!(parts.iter().map(|&part| i128::from(part)).sum::<i128>(), total.into());
        prop_assert!(parts.iter().all(|part| part.signum() * total.signum() >= 0));
        prop_assert_eq!(parts, allocate(total, &weights));
    }

    #[test]
    fn each_part_is_within_one_of_its_exact_share(total in 0..1_000_000_000i64, weights in vec(0..1_000_000i64, 1..40)) {
        let sum: i64 = weights.iter().sum();
        prop_assume!(sum > 0);
        for (part, weight) in allocate(total, &weights).into_iter().zip(&weights) {
            let error = i128::from(part) * i128::from(sum) - i128::from(total) * i128::from(*weight);
            prop_assert!(error.abs() < sum.into());
            prop_assert!(*weight > 0 || part == 0);
        }
    }

    #[test]
    fn no_part_exceeds_its_weight_when_the_total_does_not(weights in vec(0..1_000_000i64, 1..40), share in 0..=1_000_000i64) {
        let sum: i64 = weights.iter().sum();
        prop_assume!(sum > 0);
        let total = share * sum / 1_000_000;
        for (part, weight) in allocate(total, &weights).into_iter().zip(&weights) {
            prop_assert!(part <= *weight);
        }
    }

    #[test]
    fn equal_pieces_add_up_and_differ_by_one_at_most(paid in 0..=Money::MAX_MINOR, pieces in 1..=999usize) {
        let shares = allocate(paid, &vec![1; pieces]);
        prop_assert_eq!(shares.len(), pieces);
        prop_assert_eq!(shares.iter().sum::<i64>(), paid);
        prop_assert!(shares.is_sorted_by(|a, b| a >= b));
        prop_assert!(shares[0] - shares[shares.len() - 1] <= 1);
    }
}
