//! Spans on their way out, in batches, and the count of what became of each.
//!
//! The SDK says once that its queue refused a span and never how many. So the queue's bound is kept here, before the SDK's
//! own of the same size is reached: a span counts as waiting from its end until its batch is on its way.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use opentelemetry::Context;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{
    BatchConfigBuilder, BatchSpanProcessor, Span, SpanData, SpanExporter, SpanProcessor,
};

/// Gives ended spans to `exporter` in batches, from a thread of its own. At most `queue_size` wait.
pub(super) fn in_batches(
    exporter: impl SpanExporter + 'static,
    queue_size: usize,
) -> impl SpanProcessor + 'static {
    let waiting = Arc::<AtomicUsize>::default();
    let exporter = Counted {
        exporter,
        waiting: Arc::clone(&waiting),
    };
    let config = BatchConfigBuilder::default().with_max_queue_size(queue_size);
    Bounded {
        batches: BatchSpanProcessor::builder(exporter)
            .with_batch_config(config.build())
            .build(),
        waiting,
        queue_size,
    }
}

fn count(outcome: &'static str, spans: usize) {
    metrics::counter!("techmart_otlp_spans_total", "outcome" => outcome)
        .increment(u64::try_from(spans).unwrap_or(u64::MAX));
}

/// Refuses spans for which there is no room.
#[derive(Debug)]
struct Bounded<P> {
    batches: P,
    waiting: Arc<AtomicUsize>,
    queue_size: usize,
}

impl<P: SpanProcessor> SpanProcessor for Bounded<P> {
    fn on_start(&self, span: &mut Span, context: &Context) {
        self.batches.on_start(span, context);
    }

    fn on_end(&self, span: SpanData) {
        if self.waiting.fetch_add(1, Ordering::AcqRel) < self.queue_size {
            self.batches.on_end(span);
        } else {
            self.waiting.fetch_sub(1, Ordering::AcqRel);
            count("dropped", 1);
        }
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.batches.force_flush()
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.batches.shutdown_with_timeout(timeout)
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.batches.set_resource(resource);
    }
}

/// Counts spans that were sent, and those that could not be.
#[derive(Debug)]
struct Counted<E> {
    exporter: E,
    waiting: Arc<AtomicUsize>,
}

impl<E: SpanExporter> SpanExporter for Counted<E> {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let size = batch.len();
        self.waiting.fetch_sub(size, Ordering::AcqRel);
        let sent = self.exporter.export(batch).await;
        count(if sent.is_ok() { "sent" } else { "dropped" }, size);
        sent
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.exporter.shutdown_with_timeout(timeout)
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.exporter.force_flush()
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.exporter.set_resource(resource);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Mutex, mpsc};

    use opentelemetry::trace::{Tracer as _, TracerProvider as _};
    use opentelemetry_sdk::trace::SdkTracerProvider;

    use super::*;

    /// An endpoint that answers when it is told to, and says how large each batch was.
    #[derive(Debug)]
    struct Slow {
        begun: mpsc::Sender<usize>,
        go_on: Mutex<mpsc::Receiver<()>>,
    }

    impl SpanExporter for Slow {
        async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
            self.begun.send(batch.len()).unwrap();
            self.go_on.lock().unwrap().recv().unwrap();
            Ok(())
        }
    }

    #[test]
    fn spans_for_which_there_is_no_room_are_counted() {
        const QUEUE: usize = 10;
        let (begun, batches) = mpsc::channel();
        let (go_on, answers) = mpsc::channel();
        let slow = Slow {
            begun,
            go_on: Mutex::new(answers),
        };
        let recorder = metrics_exporter_prometheus::PrometheusBuilder::new().build_recorder();
        let told = recorder.handle();
        metrics::with_local_recorder(&recorder, || {
            let provider = SdkTracerProvider::builder()
                .with_span_processor(in_batches(slow, QUEUE))
                .build();
            let tracer = provider.tracer("test");
            let spans = |count: usize| {
                for _ in 0..count {
                    drop(tracer.start("span"));
                }
            };
            // A full batch is on its way as soon as it is there; while it is, others wait.
            spans(QUEUE);
            assert_eq!(batches.recv().unwrap(), QUEUE);
            spans(QUEUE + 7);
            let dropped = r#"techmart_otlp_spans_total{outcome="dropped"} 7"#;
            assert!(told.render().contains(dropped), "{}", told.render());
            // What waited is sent; there is room again.
            go_on.send(()).unwrap();
            assert_eq!(batches.recv().unwrap(), QUEUE);
            spans(1);
            go_on.send(()).unwrap();
            go_on.send(()).unwrap();
            provider.shutdown().unwrap();
            assert!(told.render().contains(dropped), "{}", told.render());
            assert_eq!(batches.try_iter().sum::<usize>(), 1);
        });
    }
}
