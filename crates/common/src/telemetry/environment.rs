//! What OpenTelemetry's standard variables ask of this process. The SDK reads the rest of them itself.

use anyhow::bail;

/// Spans that wait at most, where nothing is said.
const QUEUE_SIZE: usize = 2_048;

/// What is asked for.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Environment {
    /// Whether traces are sent.
    pub(super) traces: bool,
    /// Whether metrics are sent.
    pub(super) metrics: bool,
    /// The service's name, where it is not the program's.
    pub(super) service_name: Option<String>,
    /// The share of traces that are recorded; `None` where a sampler is named.
    pub(super) ratio: Option<f64>,
    /// How many spans may wait to be sent.
    pub(super) queue_size: usize,
}

impl Environment {
    /// Reads the process's variables. Fails on a value that this program cannot do.
    #[expect(
        clippy::disallowed_methods,
        reason = "these variables are OpenTelemetry's, not ours"
    )]
    pub(super) fn read() -> anyhow::Result<Self> {
        Self::of(|name| std::env::var(name).ok())
    }

    /// As [`Environment::read`], with the variables given.
    pub(super) fn of(get: impl Fn(&str) -> Option<String>) -> anyhow::Result<Self> {
        let get = |name: &str| {
            let value = get(name)?.trim().to_owned();
            (!value.is_empty()).then_some(value)
        };
        if get("OTEL_SDK_DISABLED").is_some_and(|value| value.eq_ignore_ascii_case("true")) {
            return Ok(Self::default());
        }
        Ok(Self {
            traces: is_asked(&get, "TRACES")?,
            metrics: is_asked(&get, "METRICS")?,
            service_name: get("OTEL_SERVICE_NAME"),
            ratio: ratio(&get)?,
            queue_size: queue_size(&get)?,
        })
    }
}

/// Whether a signal is sent: where an address is given, unless its exporter is `none`.
fn is_asked(get: &impl Fn(&str) -> Option<String>, signal: &str) -> anyhow::Result<bool> {
    let exporter = format!("OTEL_{signal}_EXPORTER");
    let own = |name: &str| format!("OTEL_EXPORTER_OTLP_{signal}_{name}");
    let asked = match get(&exporter).as_deref() {
        Some("none") => false,
        Some("otlp") => true,
        Some(other) => bail!("{exporter}: `{other}` is neither otlp nor none"),
        None => get("OTEL_EXPORTER_OTLP_ENDPOINT").is_some() || get(&own("ENDPOINT")).is_some(),
    };
    let protocol = get(&own("PROTOCOL")).or_else(|| get("OTEL_EXPORTER_OTLP_PROTOCOL"));
    match protocol.as_deref() {
        Some(other) if asked && other != "http/protobuf" => {
            bail!("OTEL_EXPORTER_OTLP_PROTOCOL: `{other}` is not http/protobuf")
        }
        _ => Ok(asked),
    }
}

/// The share of traces to record: all, where nothing is said.
fn ratio(get: &impl Fn(&str) -> Option<String>) -> anyhow::Result<Option<f64>> {
    const NAME: &str = "OTEL_TRACES_SAMPLER_ARG";
    if get("OTEL_TRACES_SAMPLER").is_some() {
        return Ok(None);
    }
    let Some(text) = get(NAME) else {
        return Ok(Some(1.0));
    };
    match text.parse::<f64>() {
        Ok(share) if (0.0..=1.0).contains(&share) => Ok(Some(share)),
        _ => bail!("{NAME}: `{text}` is no number from 0 to 1"),
    }
}

/// How many spans may wait.
fn queue_size(get: &impl Fn(&str) -> Option<String>) -> anyhow::Result<usize> {
    const NAME: &str = "OTEL_BSP_MAX_QUEUE_SIZE";
    let Some(text) = get(NAME) else {
        return Ok(QUEUE_SIZE);
    };
    match text.parse() {
        Ok(size) if size > 0 => Ok(size),
        _ => bail!("{NAME}: `{text}` is no number above 0"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(variables: &[(&str, &str)]) -> anyhow::Result<Environment> {
        Environment::of(|name| {
            let found = variables.iter().find(|(other, _)| *other == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    fn signals(variables: &[(&str, &str)]) -> (bool, bool) {
        let asked = of(variables).unwrap();
        (asked.traces, asked.metrics)
    }

    const ADDRESS: (&str, &str) = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4318");

    #[test]
    fn nothing_is_sent_unless_asked_for() {
        assert_eq!(signals(&[]), (false, false));
        assert_eq!(signals(&[ADDRESS]), (true, true));
        assert_eq!(
            signals(&[ADDRESS, ("OTEL_METRICS_EXPORTER", "none")]),
            (true, false)
        );
        assert_eq!(signals(&[("OTEL_TRACES_EXPORTER", "otlp")]), (true, false));
        let own = (
            "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT",
            "http://127.0.0.1:4318/v1/metrics",
        );
        assert_eq!(signals(&[own]), (false, true));
        assert_eq!(
            signals(&[ADDRESS, ("OTEL_SDK_DISABLED", "TRUE")]),
            (false, false)
        );
        assert_eq!(
            signals(&[("OTEL_EXPORTER_OTLP_ENDPOINT", " ")]),
            (false, false)
        );
    }

    #[test]
    fn the_share_is_all_or_what_is_said_or_the_named_samplers() {
        assert_eq!(of(&[]).unwrap().ratio, Some(1.0));
        assert_eq!(
            of(&[("OTEL_TRACES_SAMPLER_ARG", "0.25")]).unwrap().ratio,
            Some(0.25)
        );
        assert_eq!(
            of(&[("OTEL_TRACES_SAMPLER", "always_off")]).unwrap().ratio,
            None
        );
    }

    #[test]
    fn what_cannot_be_done_is_named() {
        for (variables, named) in [
            (
                vec![("OTEL_TRACES_EXPORTER", "console")],
                "OTEL_TRACES_EXPORTER",
            ),
            (
                vec![("OTEL_TRACES_SAMPLER_ARG", "2")],
                "OTEL_TRACES_SAMPLER_ARG",
            ),
            (
                vec![("OTEL_BSP_MAX_QUEUE_SIZE", "0")],
                "OTEL_BSP_MAX_QUEUE_SIZE",
            ),
            (
                vec![ADDRESS, ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")],
                "OTEL_EXPORTER_OTLP_PROTOCOL",
            ),
        ] {
            let error = of(&variables).unwrap_err().to_string();
            assert!(error.starts_with(named), "{error}");
        }
        // Nothing is sent, so it does not matter how.
        assert_eq!(
            signals(&[("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")]),
            (false, false)
        );
    }
}
