//! The recorders of metrics: Prometheus always, others beside it.

use std::sync::OnceLock;

use anyhow::anyhow;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use metrics_util::layers::FanoutBuilder;

use super::buckets::DURATION_BUCKETS_S;

/// What is recorded by Prometheus's recorder is recorded by these, too.
#[derive(Default)]
pub(super) struct Others {
    pub(super) otlp: Option<super::otlp_metrics::Recorder>,
    pub(super) cloudwatch: Option<cloudwatch::Recorder>,
}

/// The process's metrics in Prometheus's text form. Installs the recorder on first use.
pub fn metrics_handle() -> anyhow::Result<PrometheusHandle> {
    install(Others::default())
}

/// As [`metrics_handle`]; `others` have their say only if this is the first use.
pub(super) fn install(others: Others) -> anyhow::Result<PrometheusHandle> {
    static HANDLE: OnceLock<Result<PrometheusHandle, String>> = OnceLock::new();
    HANDLE
        .get_or_init(|| set(others).map_err(|error| error.to_string()))
        .clone()
        .map_err(|error| anyhow!("metrics: {error}"))
}

fn set(others: Others) -> anyhow::Result<PrometheusHandle> {
    let prometheus = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), DURATION_BUCKETS_S)?
        .build_recorder();
    let handle = prometheus.handle();
    if others.otlp.is_none() && others.cloudwatch.is_none() {
        metrics::set_global_recorder(prometheus)?;
        return Ok(handle);
    }
    let mut all = FanoutBuilder::default().add_recorder(prometheus);
    if let Some(otlp) = others.otlp {
        all = all.add_recorder(otlp);
    }
    if let Some(cloudwatch) = others.cloudwatch {
        all = all.add_recorder(cloudwatch);
    }
    metrics::set_global_recorder(all.build())
        .map_err(|_| anyhow!("another recorder is installed"))?;
    Ok(handle)
}
