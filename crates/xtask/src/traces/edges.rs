//! Whether the spans of a purchase hang together as it went.

use std::time::Instant;

use anyhow::{Result, bail, ensure};
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use regex::Regex;

use super::purchase::Purchase;
use super::receiver::Receiver;
use super::seen::Span;
use super::{PATIENCE, PAUSE};
use crate::count::Count;
use crate::env::services;
use crate::ui::Ui;

/// Requests of the purchase: server spans right below the shopper's.
const REQUESTS: [(&str, &str); 8] = [
    ("search", "GET /api/v1/search"),
    ("catalog", "GET /api/v1/products/{id}"),
    ("cart", "POST /api/v1/carts"),
    ("cart", "POST /api/v1/carts/{id}/lines"),
    ("checkout", "POST /api/v1/checkouts"),
    ("checkout", "PATCH /api/v1/checkouts/{id}"),
    ("checkout", "POST /api/v1/checkouts/{id}/complete"),
    ("orders", "GET /api/v1/orders/{id}"),
];

/// Calls below the requests: the request, and what it asks of whom.
const CALLS: [(&str, &str); 12] = [
    ("GET /api/v1/search", "embedded search"),
    ("GET /api/v1/products/{id}", "redis get"),
    ("POST /api/v1/carts", "insert cart.cart"),
    ("POST /api/v1/carts/{id}/lines", "select catalog.quote_v1"),
    ("POST /api/v1/carts/{id}/lines", "commit"),
    ("POST /api/v1/checkouts", "select cart.read_cart_v2"),
    (
        "POST /api/v1/checkouts/{id}/complete",
        "select cart.freeze_cart_v2",
    ),
    (
        "POST /api/v1/checkouts/{id}/complete",
        "select orders.open_order_v1",
    ),
    (
        "POST /api/v1/checkouts/{id}/complete",
        "select catalog.reserve_stock_v1",
    ),
    (
        "POST /api/v1/checkouts/{id}/complete",
        "POST /v1/payment_intents",
    ),
    (
        "POST /api/v1/checkouts/{id}/complete",
        "select orders.place_order_v2",
    ),
    ("GET /api/v1/orders/{id}", "select orders.order_line"),
];

/// Work that the purchase leaves to others: roots of traces of their own.
const ROOTS: [(&str, SpanKind); 2] = [
    ("POST /api/v1/payments/webhook", SpanKind::Server),
    ("job provider inbox", SpanKind::Internal),
];

/// Names hold no values: words, paths with placeholders, names of tables and functions.
const NAME: &str = r"^(?:(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|other)(?: [a-z/._{}-]+[a-z0-9/._{}-]*)?|[a-z]+(?: [a-z_]+\.[a-z0-9_]+)?|(?:redis|embedded|opensearch) [a-z]+|job [a-z -]+|events [a-z]+ for [a-z-]+|deliver webhook)$";

/// Whether everything of the purchase is in one trace, in its place.
pub(super) async fn check(
    receiver: &Receiver,
    purchase: &Purchase,
    all: bool,
    ui: Ui,
) -> Result<Count> {
    let step = ui.step("One trace");
    let begun = Instant::now();
    let missing = loop {
        let missing = missing(receiver, purchase);
        if missing.is_empty() || begun.elapsed() > PATIENCE {
            break missing;
        }
        tokio::time::sleep(PAUSE).await;
    };
    if all || !missing.is_empty() {
        show(receiver, purchase, ui);
    }
    if !missing.is_empty() {
        bail!("missing: {}", missing.join("; "));
    }
    let seen = receiver.seen();
    let spans = seen.trace(&purchase.trace);
    let strays: Vec<_> = spans
        .iter()
        .filter(|span| {
            span.parent != purchase.span && !spans.iter().any(|other| other.id == span.parent)
        })
        .map(|span| span.name.as_str())
        .collect();
    ensure!(strays.is_empty(), "without a parent: {}", strays.join(", "));
    step.done(format!(
        "{} spans of {} services, {} requests with {} calls in their places, {} traces beside it",
        spans.len(),
        spans
            .iter()
            .map(|span| &span.service)
            .collect::<std::collections::BTreeSet<_>>()
            .len(),
        REQUESTS.len(),
        CALLS.len(),
        ROOTS.len()
    ));
    Ok(Count::passed(
        REQUESTS.len() + CALLS.len() + ROOTS.len() + 1,
    ))
}

/// What is not there, or not where it belongs, in words.
fn missing(receiver: &Receiver, purchase: &Purchase) -> Vec<String> {
    let seen = receiver.seen();
    let spans = seen.trace(&purchase.trace);
    let requests = REQUESTS.iter().filter(|(service, name)| {
        !spans.iter().any(|span| {
            span.service == format!("techmart-{service}")
                && span.name == *name
                && span.kind == SpanKind::Server
                && span.parent == purchase.span
        })
    });
    let mut missing: Vec<String> = requests
        .map(|(service, name)| format!("{name} of {service}"))
        .collect();
    let calls = CALLS.iter().filter(|(request, call)| {
        !spans.iter().any(|span| {
            span.name == *call
                && span.kind == SpanKind::Client
                && spans
                    .iter()
                    .any(|other| other.id == span.parent && other.name == *request)
        })
    });
    missing.extend(calls.map(|(request, call)| format!("{call} below {request}")));
    let roots = ROOTS.iter().filter(|(name, kind)| {
        !seen.spans.iter().any(|span| {
            span.name == *name
                && span.kind == *kind
                && span.parent.is_empty()
                && span.trace != purchase.trace
        })
    });
    missing.extend(roots.map(|(name, _)| format!("{name} as a trace of its own")));
    missing
}

/// Prints the spans of the purchase as a tree, then the roots of all other traces.
fn show(receiver: &Receiver, purchase: &Purchase, ui: Ui) {
    let seen = receiver.seen();
    let spans = seen.trace(&purchase.trace);
    show_below(&spans, &purchase.span, 2, ui);
    let mut roots: Vec<String> = seen
        .spans
        .iter()
        .filter(|span| span.parent.is_empty())
        .map(|span| {
            let linked = if span.links.is_empty() {
                ""
            } else {
                " (linked)"
            };
            format!("{}: {}{linked}", span.service, span.name)
        })
        .collect();
    roots.sort();
    roots.dedup();
    for root in roots {
        ui.line(format!("    root {root}"));
    }
}

fn show_below(spans: &[&Span], parent: &str, depth: usize, ui: Ui) {
    for span in spans.iter().filter(|span| span.parent == parent) {
        ui.line(format!(
            "{}{} {} ({} µs)",
            "  ".repeat(depth),
            span.service,
            span.name,
            span.micros
        ));
        show_below(spans, &span.id, depth + 1, ui);
    }
}

/// Whether names of spans are few and hold no values.
pub(super) fn check_names(receiver: &Receiver, ui: Ui) -> Result<Count> {
    let step = ui.step("Names of spans");
    let pattern = Regex::new(NAME)?;
    let seen = receiver.seen();
    let names = seen.names();
    let odd: Vec<_> = names
        .iter()
        .filter(|(_, name)| !pattern.is_match(name))
        .map(|(service, name)| format!("{service}: {name}"))
        .collect();
    ensure!(odd.is_empty(), "{}", odd.join("; "));
    step.done(format!(
        "{} in {} spans, all without values",
        names.len(),
        seen.spans.len()
    ));
    Ok(Count::passed(1))
}

/// Whether each service says who it is, and where.
pub(super) fn check_resources(receiver: &Receiver, ui: Ui) -> Result<Count> {
    let step = ui.step("Resources");
    let seen = receiver.seen();
    for service in services() {
        let name = format!("techmart-{service}");
        let Some(said) = seen.resources.get(&name) else {
            bail!("nothing came from {name}");
        };
        ensure!(
            said.get("deployment.environment.name")
                .is_some_and(|place| place == "traces"),
            "{name} does not say what OTEL_RESOURCE_ATTRIBUTES says: {said:?}"
        );
        for key in [
            "service.namespace",
            "service.version",
            "service.instance.id",
        ] {
            ensure!(said.contains_key(key), "{name} says no {key}: {said:?}");
        }
    }
    step.done(format!("{} services", seen.resources.len()));
    Ok(Count::passed(services().count()))
}
