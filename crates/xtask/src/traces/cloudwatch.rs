//! CloudWatch as moto plays it. The SDK speaks CBOR, moto does not: calls pass through here and are put into JSON,
//! which both AWS and moto take. What arrived is read back from moto.

use std::collections::BTreeSet;
use std::time::Instant;

use anyhow::{Context as _, Result, bail, ensure};
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, HeaderName};
use axum::response::{IntoResponse, Response};
use ciborium::Value as Cbor;
use serde_json::{Map, Number, Value, json};

use super::receiver::Inbox;
use super::{NAMESPACE, PATIENCE, PAUSE};
use crate::count::Count;
use crate::ui::Ui;

/// The region that everything of a run is in.
pub(super) const REGION: &str = "us-east-1";
/// Where the SDK's names of operations begin.
const SERVICE: &str = "GraniteServiceVersion20100801";
/// An empty map.
const NOTHING: &[u8] = &[0xa0];

/// Passes one call of the SDK on to moto. Only calls without an answer are made here.
pub(super) async fn pass_on(
    State(inbox): State<Inbox>,
    uri: axum::http::Uri,
    body: Bytes,
) -> Response {
    inbox.seen().bodies.push(body.to_vec());
    let operation = uri.path().rsplit('/').next().unwrap_or_default().to_owned();
    match forward(&inbox, &operation, &body).await {
        Ok(()) => {
            let headers = [
                (HeaderName::from_static("smithy-protocol"), "rpc-v2-cbor"),
                (CONTENT_TYPE, "application/cbor"),
            ];
            (headers, NOTHING).into_response()
        }
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, format!("{error:#}")).into_response(),
    }
}

async fn forward(inbox: &Inbox, operation: &str, body: &[u8]) -> Result<()> {
    let moto = inbox.moto.as_deref().context("there is no moto")?;
    let cbor: Cbor = ciborium::from_reader(body).context("the body is no CBOR")?;
    let answer = ask(&inbox.client, moto, operation, &as_json(cbor)).await?;
    ensure!(
        answer.as_object().is_none_or(Map::is_empty),
        "{operation} has an answer"
    );
    Ok(())
}

/// Asks moto in JSON. It tells services apart by the signature's scope and checks no signature.
async fn ask(client: &reqwest::Client, moto: &str, operation: &str, body: &Value) -> Result<Value> {
    let scope = format!("test/20260101/{REGION}/monitoring/aws4_request");
    let response = client
        .post(moto)
        .header("Content-Type", "application/x-amz-json-1.0")
        .header("X-Amz-Target", format!("{SERVICE}.{operation}"))
        .header(
            "Authorization",
            format!("AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"),
        )
        .body(body.to_string())
        .send()
        .await?;
    let status = response.status();
    let text = response.text().await?;
    ensure!(status.is_success(), "{operation}: {status}: {text}");
    if text.is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_str(&text).with_context(|| format!("{operation}: {text}"))
}

/// CBOR as JSON; a moment (tag 1) is a number of seconds in both.
fn as_json(value: Cbor) -> Value {
    match value {
        Cbor::Map(pairs) => pairs
            .into_iter()
            .filter_map(|(key, value)| Some((key.into_text().ok()?, as_json(value))))
            .collect::<Map<_, _>>()
            .into(),
        Cbor::Array(values) => values.into_iter().map(as_json).collect(),
        Cbor::Text(text) => text.into(),
        Cbor::Bool(is) => is.into(),
        Cbor::Float(number) => Number::from_f64(number).map_or(Value::Null, Value::Number),
        Cbor::Integer(number) => i64::try_from(i128::from(number)).map_or(Value::Null, Value::from),
        Cbor::Tag(_, value) => as_json(*value),
        _ => Value::Null,
    }
}

/// Reads back what arrived.
pub(super) struct CloudWatch {
    moto: String,
    client: reqwest::Client,
}

impl CloudWatch {
    pub(super) fn new(moto: &str, client: reqwest::Client) -> Self {
        Self {
            moto: moto.to_owned(),
            client,
        }
    }

    /// The series that CloudWatch has of this run, as text: the first page of them.
    pub(super) async fn series(&self) -> Result<BTreeSet<String>> {
        let asked = json!({"Namespace": NAMESPACE});
        let listed = ask(&self.client, &self.moto, "ListMetrics", &asked).await?;
        let series = listed["Metrics"].as_array().into_iter().flatten();
        Ok(series.map(Value::to_string).collect())
    }

    /// Whether the purchase arrived with the right values.
    pub(super) async fn check(&self, ui: Ui) -> Result<Count> {
        let step = ui.step("CloudWatch");
        let begun = Instant::now();
        let (told, seconds) = loop {
            let wait = [("service", "checkout"), ("status", "201")];
            let name = "techmart_http_request_duration_seconds";
            let requests = self.read(name, &wait).await?;
            let paid = [("service", "checkout"), ("outcome", "placed")];
            let paid = self
                .read("techmart_checkout_settlements_total", &paid)
                .await?;
            if let (Some(requests), Some(paid)) = (requests, paid) {
                ensure!(paid.sum.total_cmp(&1.0).is_eq(), "{} settlements", paid.sum);
                break (requests.count, requests.sum);
            }
            if begun.elapsed() > PATIENCE {
                bail!(
                    "nothing of the purchase arrived: {:?}",
                    self.series().await?
                );
            }
            tokio::time::sleep(PAUSE).await;
        };
        // The checkout was opened, and completed.
        ensure!(
            told.total_cmp(&2.0).is_eq(),
            "{told} requests of checkout answered 201"
        );
        ensure!(
            seconds.is_sign_positive() && seconds < 60.0,
            "they took {seconds} s"
        );
        let series = self.series().await?.len();
        step.done(format!(
            "{series} series or more; 2 requests and 1 settlement read back"
        ));
        Ok(Count::passed(2))
    }

    async fn read(&self, name: &str, dimensions: &[(&str, &str)]) -> Result<Option<Point>> {
        let now = crate::race::now();
        let dimensions: Vec<Value> = dimensions
            .iter()
            .map(|(name, value)| json!({"Name": name, "Value": value}))
            .collect();
        let asked = json!({
            "Namespace": NAMESPACE, "MetricName": name, "Dimensions": dimensions,
            "StartTime": now.saturating_sub(43_200), "EndTime": now + 43_200, "Period": 86_400,
            "Statistics": ["Sum", "SampleCount"],
        });
        let answer = ask(&self.client, &self.moto, "GetMetricStatistics", &asked).await?;
        let points = answer["Datapoints"].as_array().into_iter().flatten();
        let number = |point: &Value, key: &str| point[key].as_f64().unwrap_or_default();
        let all = points.map(|point| Point {
            sum: number(point, "Sum"),
            count: number(point, "SampleCount"),
        });
        Ok(all.reduce(|one, other| Point {
            sum: [one.sum, other.sum].iter().sum(),
            count: [one.count, other.count].iter().sum(),
        }))
    }
}

/// A series over the whole run.
#[derive(Debug, Clone, Copy)]
struct Point {
    sum: f64,
    count: f64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cbor_becomes_the_same_in_json() {
        let mut bytes = Vec::new();
        let value = Cbor::Map(vec![
            (
                Cbor::Text("at".to_owned()),
                Cbor::Tag(1, Box::new(Cbor::Float(1.5))),
            ),
            (
                Cbor::Text("of".to_owned()),
                Cbor::Array(vec![Cbor::Integer(3.into()), Cbor::Bool(true)]),
            ),
        ]);
        ciborium::into_writer(&value, &mut bytes).unwrap();
        let read: Cbor = ciborium::from_reader(bytes.as_slice()).unwrap();
        assert_eq!(as_json(read), json!({"at": 1.5, "of": [3, true]}));
    }
}
