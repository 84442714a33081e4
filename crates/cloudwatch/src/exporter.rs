//! The background task that sends what was taken down.

use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use aws_config::retry::RetryConfig;
use aws_config::{BehaviorVersion, ConfigLoader};
use aws_sdk_cloudwatch::Client;
use aws_sdk_cloudwatch::error::DisplayErrorContext;
use aws_sdk_cloudwatch::types::MetricDatum;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::Options;
use crate::book::Book;
use crate::datum::calls;
use crate::http::Http;

/// Times that one call is tried, all within its deadline.
const TRIES: u32 = 2;
/// The longest error text that is logged, in characters.
const ERROR_CHARS_MAX: usize = 300;

/// Sends what was taken down, once an interval.
#[derive(Debug)]
pub struct Exporter {
    options: Options,
    book: Arc<Book>,
}

/// The client, and whether the last call came through.
struct Line {
    client: Client,
    is_up: bool,
}

impl Exporter {
    pub(crate) fn new(options: Options, book: Arc<Book>) -> Self {
        Self { options, book }
    }

    /// Sends until `stop`, and once more then. Region and credentials come from where AWS's tools look for them.
    pub async fn run(self, stop: CancellationToken) {
        let mut line = Line {
            client: self.connect().await,
            is_up: true,
        };
        loop {
            tokio::select! {
                () = stop.cancelled() => break,
                () = tokio::time::sleep(self.options.interval) => {}
            }
            self.send(&mut line, self.options.interval).await;
        }
        self.send(&mut line, self.options.timeout).await;
    }

    async fn connect(&self) -> Client {
        let mut loader = settings().retry_config(RetryConfig::standard().with_max_attempts(TRIES));
        if let Some(endpoint) = &self.options.endpoint {
            loader = loader.endpoint_url(endpoint);
        }
        Client::new(&loader.load().await)
    }

    /// Sends what there is within `time`; the rest is dropped, so that nothing piles up.
    async fn send(&self, line: &mut Line, time: Duration) {
        let end = Instant::now() + time;
        dropped("series", self.book.take_refused());
        for call in calls(self.book.take(), SystemTime::now()) {
            let size = u64::try_from(call.len()).unwrap_or(u64::MAX);
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                dropped("time", size);
                continue;
            }
            let put = self.put(&line.client, call);
            let timeout = left.min(self.options.timeout);
            let failure = match tokio::time::timeout(timeout, put).await {
                Ok(Ok(())) => None,
                Ok(Err(error)) => Some(error),
                Err(_) => Some("no answer in time".to_owned()),
            };
            line.tell(failure.as_deref());
            if failure.is_some() {
                dropped("call", size);
            } else {
                metrics::counter!("techmart_cloudwatch_sent_total").increment(size);
            }
        }
    }

    async fn put(&self, client: &Client, data: Vec<MetricDatum>) -> Result<(), String> {
        let put = client
            .put_metric_data()
            .namespace(&self.options.namespace)
            .set_metric_data(Some(data));
        put.send().await.map(drop).map_err(|error| reason(&error))
    }
}

impl Line {
    /// A line when it breaks and one when it is back, however often it is tried.
    fn tell(&mut self, failure: Option<&str>) {
        match failure {
            Some(error) if self.is_up => {
                tracing::warn!(error, "CloudWatch takes no metrics, they are dropped");
            }
            None if !self.is_up => tracing::info!("CloudWatch takes metrics again"),
            _ => {}
        }
        self.is_up = failure.is_none();
    }
}

/// Settings from where AWS's tools look for them; whoever is asked for one is asked by [`Http`].
fn settings() -> ConfigLoader {
    aws_config::defaults(BehaviorVersion::latest()).http_client(Http::default())
}

fn reason(error: &(dyn Error + 'static)) -> String {
    let text = DisplayErrorContext(error).to_string();
    text.chars().take(ERROR_CHARS_MAX).collect()
}

fn dropped(reason: &'static str, number: u64) {
    if number > 0 {
        metrics::counter!("techmart_cloudwatch_dropped_total", "reason" => reason)
            .increment(number);
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_cloudwatch::config::{Credentials, Region};
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    use super::*;
    use crate::demo;

    /// What CloudWatch answers when it takes what was sent: an empty map.
    const TAKEN: &[u8] =
        b"HTTP/1.1 200 OK\r\nsmithy-protocol: rpc-v2-cbor\r\ncontent-type: application/cbor\r\n\
        content-length: 1\r\nconnection: close\r\n\r\n\xa0";

    async fn line(url: &str) -> Line {
        let settings = settings()
            .region(Region::new("us-east-1"))
            .credentials_provider(Credentials::new("id", "key", None, None, "test"))
            .retry_config(RetryConfig::disabled())
            .endpoint_url(url);
        Line {
            client: Client::new(&settings.load().await),
            is_up: true,
        }
    }

    /// An exporter that has one count to tell.
    fn exporter() -> Exporter {
        demo::exporter(Duration::from_millis(500))
    }

    #[tokio::test]
    async fn what_was_taken_down_is_sent_in_one_call() {
        let server = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", server.local_addr().unwrap());
        let answering = async {
            let (mut stream, _) = server.accept().await.unwrap();
            let mut request = Vec::new();
            let mut part = [0; 4096];
            while !request.windows(10).any(|window| window == b"demo_total") {
                let read = stream.read(&mut part).await.unwrap();
                assert!(read > 0, "{}", String::from_utf8_lossy(&request));
                request.extend_from_slice(&part[..read]);
            }
            stream.write_all(TAKEN).await.unwrap();
            request
        };
        let mut line = line(&url).await;
        let (request, ()) = tokio::join!(answering, async {
            exporter().send(&mut line, Duration::from_secs(5)).await;
        });
        let request = String::from_utf8_lossy(&request);
        assert!(request.contains("PutMetricData"), "{request}");
        assert!(line.is_up);
    }

    #[tokio::test]
    async fn a_server_that_does_not_answer_costs_no_more_than_the_deadline() {
        let server = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut line = line(&format!("http://{}", server.local_addr().unwrap())).await;
        let exporter = exporter();
        let begun = Instant::now();
        exporter.send(&mut line, Duration::from_mins(1)).await;
        assert!(
            begun.elapsed() < Duration::from_secs(3),
            "{:?}",
            begun.elapsed()
        );
        assert!(!line.is_up);
        // It is gone: nothing piles up.
        assert!(exporter.book.take().is_empty());
    }
}
