//! Dividing an amount into whole parts that sum to it exactly.

#[cfg(test)]
mod tests;

/// Divides `total` in proportion to `weights`, by largest remainder.
///
/// The parts sum to `total` (unless there are no weights, and so no parts). Each part is its exact
/// share rounded up or down; among equal remainders the lowest index gets the unit. A weight of
/// zero or less gets nothing, unless no weight is above zero: then all count the same.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "the product of two i64 and the sum of i64 weights fit an i128; the divisor is positive"
)]
pub fn allocate(total: i64, weights: &[i64]) -> Vec<i64> {
    let mut weights: Vec<i128> = weights.iter().map(|&weight| weight.max(0).into()).collect();
    if weights.iter().all(|&weight| weight == 0) {
        weights.fill(1);
    }
    if weights.is_empty() {
        return Vec::new();
    }
    let sum: i128 = weights.iter().sum();
    let magnitude = i128::from(total).abs();
    let mut parts: Vec<i128> = Vec::with_capacity(weights.len());
    let mut by_remainder: Vec<(i128, usize)> = Vec::with_capacity(weights.len());
    for (index, weight) in weights.iter().enumerate() {
        let product = magnitude * weight;
        parts.push(product / sum);
        by_remainder.push((product % sum, index));
    }
    by_remainder.sort_unstable_by_key(|&(remainder, index)| (-remainder, index));
    let mut left = magnitude - parts.iter().sum::<i128>();
    for (_, index) in by_remainder {
        if left == 0 {
            break;
        }
        parts[index] += 1;
        left -= 1;
    }
    let sign = i128::from(total.signum());
    // No part is further from zero than `total`, so that the conversion cannot fail.
    parts
        .into_iter()
        .map(|part| i64::try_from(sign * part).unwrap_or(total))
        .collect()
}
