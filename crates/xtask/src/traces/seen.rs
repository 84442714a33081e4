//! What came in, as far as it is looked at.

use std::collections::{BTreeMap, BTreeSet};

use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::KeyValue;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::metrics::v1::number_data_point;
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;

/// Everything that came in.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub(super) spans: Vec<Span>,
    /// What each service says of itself, by its name.
    pub(super) resources: BTreeMap<String, BTreeMap<String, String>>,
    /// Series by service, metric and labels; counters and counts of histograms, as they were last.
    pub(super) series: BTreeMap<(String, String, String), f64>,
    /// The bodies as they came.
    pub(super) bodies: Vec<Vec<u8>>,
}

/// One span.
#[derive(Debug, Clone)]
pub(super) struct Span {
    pub(super) service: String,
    pub(super) name: String,
    pub(super) kind: SpanKind,
    pub(super) trace: String,
    pub(super) id: String,
    /// Empty for a root.
    pub(super) parent: String,
    /// Traces that it is linked to.
    pub(super) links: Vec<String>,
    pub(super) micros: u64,
}

impl Seen {
    pub(super) fn add_traces(&mut self, request: ExportTraceServiceRequest, body: &[u8]) {
        self.bodies.push(body.to_vec());
        for of_process in request.resource_spans {
            let service = self.add_resource(of_process.resource);
            let scopes = of_process.scope_spans.into_iter();
            for span in scopes.flat_map(|scope| scope.spans) {
                let kind = span.kind();
                self.spans.push(Span {
                    service: service.clone(),
                    kind,
                    trace: hex::encode(&span.trace_id),
                    id: hex::encode(&span.span_id),
                    parent: hex::encode(&span.parent_span_id),
                    links: span
                        .links
                        .iter()
                        .map(|link| hex::encode(&link.trace_id))
                        .collect(),
                    micros: span
                        .end_time_unix_nano
                        .saturating_sub(span.start_time_unix_nano)
                        / 1000,
                    name: span.name,
                });
            }
        }
    }

    pub(super) fn add_metrics(&mut self, request: ExportMetricsServiceRequest, body: &[u8]) {
        self.bodies.push(body.to_vec());
        for of_process in request.resource_metrics {
            let service = self.add_resource(of_process.resource);
            let scopes = of_process.scope_metrics.into_iter();
            for metric in scopes.flat_map(|scope| scope.metrics) {
                for (labels, value) in points(metric.data) {
                    let series = (service.clone(), metric.name.clone(), labels);
                    self.series.insert(series, value);
                }
            }
        }
    }

    /// The name of the process, which is remembered with all it says of itself.
    fn add_resource(&mut self, resource: Option<Resource>) -> String {
        let said = pairs(&resource.unwrap_or_default().attributes);
        let name = said.get("service.name").cloned().unwrap_or_default();
        self.resources.entry(name.clone()).or_default().extend(said);
        name
    }

    /// The spans of a trace.
    pub(super) fn trace(&self, id: &str) -> Vec<&Span> {
        self.spans.iter().filter(|span| span.trace == id).collect()
    }

    /// The names of all spans, by service.
    pub(super) fn names(&self) -> BTreeSet<(&str, &str)> {
        let spans = self.spans.iter();
        spans
            .map(|span| (span.service.as_str(), span.name.as_str()))
            .collect()
    }

    /// The last values of the series of a service's metric that have these words among their labels.
    pub(super) fn values(&self, service: &str, metric: &str, labels: &[&str]) -> Vec<f64> {
        let series = self.series.iter();
        let found = series.filter(|((of, name, told), _)| {
            of == service && name == metric && labels.iter().all(|label| told.contains(label))
        });
        found.map(|(_, value)| *value).collect()
    }
}

fn points(data: Option<Data>) -> Vec<(String, f64)> {
    let numbers = |points: Vec<opentelemetry_proto::tonic::metrics::v1::NumberDataPoint>| {
        let points = points.into_iter();
        points
            .map(|point| (labels(&point.attributes), number(point.value)))
            .collect()
    };
    match data {
        Some(Data::Sum(sum)) => numbers(sum.data_points),
        Some(Data::Gauge(gauge)) => numbers(gauge.data_points),
        Some(Data::Histogram(histogram)) => histogram
            .data_points
            .into_iter()
            .map(|point| (labels(&point.attributes), count(point.count)))
            .collect(),
        _ => Vec::new(),
    }
}

fn labels(attributes: &[KeyValue]) -> String {
    let told = pairs(attributes).into_iter();
    let told: Vec<String> = told.map(|(key, value)| format!("{key}={value}")).collect();
    told.join(" ")
}

fn pairs(attributes: &[KeyValue]) -> BTreeMap<String, String> {
    let text = |pair: &KeyValue| {
        let value = pair.value.as_ref()?.value.as_ref()?;
        let value = match value {
            Value::StringValue(text) => text.clone(),
            Value::IntValue(number) => number.to_string(),
            Value::DoubleValue(number) => number.to_string(),
            Value::BoolValue(is) => is.to_string(),
            other => format!("{other:?}"),
        };
        Some((pair.key.clone(), value))
    };
    attributes.iter().filter_map(text).collect()
}

#[expect(clippy::cast_precision_loss, reason = "counts of a short run")]
fn number(value: Option<number_data_point::Value>) -> f64 {
    match value {
        Some(number_data_point::Value::AsDouble(number)) => number,
        Some(number_data_point::Value::AsInt(number)) => number as f64,
        None => f64::NAN,
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of a short run")]
fn count(count: u64) -> f64 {
    count as f64
}
