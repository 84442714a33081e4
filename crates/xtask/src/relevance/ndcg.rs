//! NDCG@10 by the standard protocol: gain 2^grade - 1, discount 1 / log2(rank + 1), the query's own best products as
//! the ideal, unlabelled products 0, the mean over all queries that have any label above 0.

use std::collections::HashMap;

/// Ranks that count.
pub(super) const RANKS: usize = 10;

/// What a ranking came to.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Score {
    pub(super) ndcg: f64,
    /// The labelled share of the top ten.
    pub(super) labelled: f64,
}

/// Scores the products of a ranking, the best first, each once. Without a grade above 0 there is no ideal, and no score.
pub(super) fn score(grades: &HashMap<String, f64>, ranked: &[&str]) -> Option<Score> {
    let mut best: Vec<f64> = grades.values().copied().collect();
    best.sort_by(|one, other| other.total_cmp(one));
    let ideal = dcg(best.into_iter());
    if ideal <= 0.0 {
        return None;
    }
    let top = &ranked[..ranked.len().min(RANKS)];
    let known: Vec<Option<f64>> = top.iter().map(|id| grades.get(*id).copied()).collect();
    #[expect(clippy::cast_precision_loss, reason = "at most ten")]
    let labelled = known.iter().flatten().count() as f64 / top.len().max(1) as f64;
    let gained = dcg(known.into_iter().map(Option::unwrap_or_default));
    Some(Score {
        ndcg: gained / ideal,
        labelled,
    })
}

fn dcg(grades: impl Iterator<Item = f64>) -> f64 {
    let ranks = (1_u32..).zip(grades.take(RANKS));
    ranks
        .map(|(rank, grade)| (grade.exp2() - 1.0) / f64::from(rank + 1).log2())
        .sum()
}

/// The mean of scores; 0 of none.
pub(super) fn mean(scores: impl Iterator<Item = Score>) -> Score {
    let (mut sum, mut count) = (Score::default(), 0_u32);
    for score in scores {
        sum.ndcg += score.ndcg;
        sum.labelled += score.labelled;
        count += 1;
    }
    let count = f64::from(count.max(1));
    Score {
        ndcg: sum.ndcg / count,
        labelled: sum.labelled / count,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grades(pairs: &[(&str, f64)]) -> HashMap<String, f64> {
        pairs
            .iter()
            .map(|(id, grade)| ((*id).to_owned(), *grade))
            .collect()
    }

    fn is(score: Option<Score>, ndcg: f64, labelled: f64) {
        let score = score.unwrap();
        let near = (score.ndcg - ndcg).abs() < 5e-5 && (score.labelled - labelled).abs() < 5e-3;
        assert!(near, "{score:?}, not {ndcg} {labelled}");
    }

    #[test]
    fn a_query_without_a_good_product_has_no_score() {
        assert!(score(&grades(&[("a", 0.0)]), &["a"]).is_none());
        assert!(score(&grades(&[]), &["a"]).is_none());
    }

    /// The figures are those of the reference implementation of the protocol in Python, to its four digits.
    #[test]
    fn figures_are_those_of_the_reference() {
        let judged = grades(&[("a", 3.0), ("b", 2.0), ("c", 1.0), ("d", 0.0), ("e", 2.0)]);
        is(score(&judged, &["a", "b", "e", "c"]), 1.0, 1.0);
        is(
            score(&judged, &["x", "d", "a", "y", "b"]),
            REFERENCE[0],
            0.6,
        );
        is(
            score(&judged, &["c", "e", "b", "a", "x", "y", "z", "v"]),
            REFERENCE[1],
            0.5,
        );
        is(score(&judged, &[]), 0.0, 0.0);
        // Beyond the tenth rank nothing counts.
        let late = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "0", "a"];
        is(score(&judged, &late), 0.0, 0.0);
        // More good products than ranks: the ideal is ten of them.
        let names: Vec<String> = (0..14).map(|n| format!("p{n}")).collect();
        let many = names
            .iter()
            .map(|name| (name.as_str(), 2.0))
            .collect::<Vec<_>>();
        let top: Vec<&str> = names[4..12].iter().map(String::as_str).collect();
        is(score(&grades(&many), &top), REFERENCE[2], 1.0);
    }

    #[test]
    fn the_mean_is_over_all_queries() {
        let one = Score {
            ndcg: 1.0,
            labelled: 0.5,
        };
        let mean = mean([one, Score::default()].into_iter());
        is(Some(mean), 0.5, 0.25);
    }

    const REFERENCE: [f64; 3] = [0.4306, 0.6844, 0.8701];
}
