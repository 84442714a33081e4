//! One interval of the book as CloudWatch takes it.

use std::time::SystemTime;

use aws_sdk_cloudwatch::primitives::DateTime;
use aws_sdk_cloudwatch::types::{Dimension, MetricDatum, StandardUnit, StatisticSet};

use crate::book::{Reading, Series};

/// CloudWatch's limit of data in a call.
const CALL_MAX: usize = 1000;
/// Distinct values in a call: keeps its body far below CloudWatch's limit of 1 MB.
const VALUES_MAX: usize = 20_000;

/// The readings as calls, none larger than CloudWatch takes.
pub(crate) fn calls(readings: Vec<(Series, Reading)>, at: SystemTime) -> Vec<Vec<MetricDatum>> {
    let at = DateTime::from(at);
    let mut calls: Vec<Vec<MetricDatum>> = Vec::new();
    let mut values = 0usize;
    for (series, reading) in readings {
        let size = match &reading {
            Reading::Set { .. } => 1,
            Reading::Values { values, .. } => values.len(),
        };
        values = values.saturating_add(size);
        match calls.last_mut() {
            Some(call) if call.len() < CALL_MAX && values <= VALUES_MAX => {
                call.push(datum(series, reading, at));
            }
            _ => {
                values = size;
                calls.push(vec![datum(series, reading, at)]);
            }
        }
    }
    calls
}

fn datum(series: Series, reading: Reading, at: DateTime) -> MetricDatum {
    let dimensions = series.dimensions.into_iter();
    let dimensions =
        dimensions.map(|(name, value)| Dimension::builder().name(name).value(value).build());
    let datum = MetricDatum::builder()
        .unit(unit(&series.name))
        .set_dimensions(Some(dimensions.collect()))
        .metric_name(series.name)
        .timestamp(at);
    match reading {
        Reading::Set {
            count,
            sum,
            least,
            most,
        } => {
            let set = StatisticSet::builder()
                .sample_count(count)
                .sum(sum)
                .minimum(least)
                .maximum(most);
            datum.statistic_values(set.build()).build()
        }
        Reading::Values { values, counts } => datum
            .set_values(Some(values))
            .set_counts(Some(counts))
            .build(),
    }
}

/// The unit stands at the end of a metric's name.
fn unit(name: &str) -> StandardUnit {
    match name.rsplit('_').next() {
        Some("seconds") => StandardUnit::Seconds,
        Some("bytes") => StandardUnit::Bytes,
        Some("total") => StandardUnit::Count,
        _ => StandardUnit::None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn readings(number: usize, reading: &Reading) -> Vec<(Series, Reading)> {
        let series = |index| Series {
            name: format!("metric{index}_total"),
            dimensions: Vec::new(),
        };
        (0..number)
            .map(|index| (series(index), reading.clone()))
            .collect()
    }

    #[test]
    fn calls_keep_to_the_limits() {
        let set = Reading::Set {
            count: 1.0,
            sum: 2.0,
            least: 2.0,
            most: 2.0,
        };
        let sizes = |calls: Vec<Vec<MetricDatum>>| calls.iter().map(Vec::len).collect::<Vec<_>>();
        let now = SystemTime::now();
        assert_eq!(sizes(calls(Vec::new(), now)), [] as [usize; 0]);
        assert_eq!(sizes(calls(readings(2001, &set), now)), [1000, 1000, 1]);
        let values = Reading::Values {
            values: vec![1.0; 150],
            counts: vec![1.0; 150],
        };
        assert_eq!(sizes(calls(readings(300, &values), now)), [133, 133, 34]);
    }

    #[test]
    fn units_come_from_names() {
        assert_eq!(
            unit("techmart_http_request_duration_seconds"),
            StandardUnit::Seconds
        );
        assert_eq!(unit("techmart_process_resident_bytes"), StandardUnit::Bytes);
        assert_eq!(unit("techmart_http_shed_total"), StandardUnit::Count);
        assert_eq!(unit("techmart_db_pool_idle"), StandardUnit::None);
    }
}
