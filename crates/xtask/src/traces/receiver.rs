//! An OTLP receiver: takes traces and metrics as protobuf over HTTP. Calls to CloudWatch are passed on to moto.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::Result;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use prost::Message as _;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::cloudwatch::CloudWatch;
use super::seen::Seen;
use super::{NAMESPACE, cloudwatch};

/// What came in; clones share it.
#[derive(Debug, Clone)]
pub(super) struct Inbox {
    seen: Arc<Mutex<Seen>>,
    pub(super) moto: Option<String>,
    pub(super) client: reqwest::Client,
}

/// A running receiver.
#[derive(Debug)]
pub(super) struct Receiver {
    address: SocketAddr,
    inbox: Inbox,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Receiver {
    /// Listens on any free port.
    #[expect(
        clippy::disallowed_methods,
        reason = "the handle is kept and awaited in `stop`"
    )]
    pub(super) async fn start(moto: Option<String>) -> Result<Self> {
        let inbox = Inbox {
            seen: Arc::default(),
            moto,
            client: reqwest::Client::builder()
                .timeout(super::PATIENCE)
                .no_proxy()
                .build()?,
        };
        let router = Router::new()
            .route("/v1/traces", post(traces))
            .route("/v1/metrics", post(metrics))
            .route(
                "/service/{service}/operation/{operation}",
                post(cloudwatch::pass_on),
            )
            .with_state(inbox.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let (stop, stopped) = oneshot::channel::<()>();
        let task = tokio::spawn(async move {
            let served = axum::serve(listener, router);
            let until = async {
                // A dropped sender says the same.
                stopped.await.ok();
            };
            if let Err(error) = served.with_graceful_shutdown(until).await {
                crate::supervisor::note(&format!("receiver: {error}"));
            }
        });
        Ok(Self {
            address,
            inbox,
            stop,
            task,
        })
    }

    /// What a service is told, so that it tells us.
    pub(super) fn settings(&self) -> Vec<(String, String)> {
        let url = format!("http://{}", self.address);
        let mut settings = vec![
            ("OTEL_EXPORTER_OTLP_ENDPOINT", url.as_str()),
            (
                "OTEL_RESOURCE_ATTRIBUTES",
                "deployment.environment.name=traces",
            ),
            ("OTEL_BSP_SCHEDULE_DELAY", "200"),
            ("OTEL_METRIC_EXPORT_INTERVAL", "1000"),
        ];
        if self.inbox.moto.is_some() {
            settings.extend([
                ("TECHMART__CLOUDWATCH__ENABLED", "true"),
                ("TECHMART__CLOUDWATCH__ENDPOINT", url.as_str()),
                ("TECHMART__CLOUDWATCH__NAMESPACE", NAMESPACE),
                ("TECHMART__CLOUDWATCH__INTERVAL_MS", "1000"),
                ("AWS_REGION", cloudwatch::REGION),
                ("AWS_ACCESS_KEY_ID", "test"),
                ("AWS_SECRET_ACCESS_KEY", "test"),
            ]);
        }
        settings
            .into_iter()
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .collect()
    }

    /// What came in so far.
    pub(super) fn seen(&self) -> MutexGuard<'_, Seen> {
        self.inbox.seen()
    }

    /// CloudWatch as moto has it, if moto runs.
    pub(super) fn cloudwatch(&self) -> Option<CloudWatch> {
        let moto = self.inbox.moto.as_deref()?;
        Some(CloudWatch::new(moto, self.client().clone()))
    }

    pub(super) fn client(&self) -> &reqwest::Client {
        &self.inbox.client
    }

    pub(super) async fn stop(self) {
        // Nobody listens any more when the server has ended by itself.
        self.stop.send(()).ok();
        if let Err(error) = self.task.await {
            crate::supervisor::note(&format!("receiver: {error}"));
        }
    }
}

impl Inbox {
    pub(super) fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn traces(State(inbox): State<Inbox>, body: Bytes) -> StatusCode {
    let Ok(request) = ExportTraceServiceRequest::decode(body.clone()) else {
        return StatusCode::BAD_REQUEST;
    };
    inbox.seen().add_traces(request, &body);
    StatusCode::OK
}

async fn metrics(State(inbox): State<Inbox>, body: Bytes) -> StatusCode {
    let Ok(request) = ExportMetricsServiceRequest::decode(body.clone()) else {
        return StatusCode::BAD_REQUEST;
    };
    inbox.seen().add_metrics(request, &body);
    StatusCode::OK
}
