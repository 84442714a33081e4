//! SQL statements as spans: sqlx tells of each when it has ended, within the span that sent it.
//!
//! A span is named by what the statement does and to what (`select orders.open_order_v1`): statements are constants of the
//! program, so names are few. Neither the statement nor its values are told. `BEGIN` is not among what sqlx tells; `COMMIT` is.

use std::time::{Duration, SystemTime};

use opentelemetry::trace::{Span as _, SpanKind, Tracer as _};
use opentelemetry::{Context, KeyValue};
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::subscriber::Interest;
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::dynamic_filter_fn;
use tracing_subscriber::registry::LookupSpan;

use super::context::is_recorded;

/// Where sqlx tells of statements.
const TARGET: &str = "sqlx::query";
/// How many rows a statement changed, where it returned fewer.
pub(super) const AFFECTED: &str = "techmart.db.affected_rows";
/// How many rows a statement returned.
pub(super) const RETURNED: &str = "db.response.returned_rows";

/// The layer. sqlx prepares what it tells only where a trace is recorded.
pub(super) fn layer<S>() -> impl Layer<S>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    let wanted = dynamic_filter_fn(|metadata, _| {
        metadata.target() == TARGET && is_recorded(&Context::current())
    });
    let wanted = wanted
        .with_max_level_hint(LevelFilter::DEBUG)
        .with_callsite_filter(|metadata| {
            if metadata.target() == TARGET {
                Interest::sometimes()
            } else {
                Interest::never()
            }
        });
    Statements.with_filter(wanted)
}

struct Statements;

impl<S: Subscriber> Layer<S> for Statements {
    fn on_event(&self, event: &Event<'_>, _: tracing_subscriber::layer::Context<'_, S>) {
        let parent = Context::current();
        if !is_recorded(&parent) {
            return;
        }
        let mut told = Told::default();
        event.record(&mut told);
        let end = SystemTime::now();
        let start = end.checked_sub(told.elapsed).unwrap_or(end);
        let (operation, target) = summary(told.statement());
        let name = target.map_or_else(
            || operation.clone(),
            |target| format!("{operation} {target}"),
        );
        let mut attributes = vec![
            KeyValue::new("db.system.name", "postgresql"),
            KeyValue::new("db.operation.name", operation),
            KeyValue::new("db.query.summary", name.clone()),
            KeyValue::new(RETURNED, told.returned),
        ];
        if told.affected > told.returned {
            attributes.push(KeyValue::new(AFFECTED, told.affected));
        }
        let tracer = opentelemetry::global::tracer("techmart");
        let mut span = tracer
            .span_builder(name)
            .with_kind(SpanKind::Client)
            .with_start_time(start)
            .with_attributes(attributes)
            .start_with_context(&tracer, &parent);
        span.end_with_timestamp(end);
    }
}

/// What sqlx tells of a statement.
#[derive(Debug, Default)]
struct Told {
    /// Its first words, or all of a short one.
    beginning: String,
    /// All of a long one.
    whole: String,
    returned: i64,
    affected: i64,
    elapsed: Duration,
}

impl Told {
    fn statement(&self) -> &str {
        if self.whole.is_empty() {
            &self.beginning
        } else {
            &self.whole
        }
    }
}

impl Visit for Told {
    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "summary" => value.clone_into(&mut self.beginning),
            "db.statement" => value.clone_into(&mut self.whole),
            _ => {}
        }
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        let value = i64::try_from(value).unwrap_or(i64::MAX);
        match field.name() {
            "rows_returned" => self.returned = value,
            "rows_affected" => self.affected = value,
            _ => {}
        }
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        if field.name() == "elapsed_secs" {
            self.elapsed = Duration::try_from_secs_f64(value).unwrap_or_default();
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn std::fmt::Debug) {}
}

/// What a statement does, and to which table or function: the first that is named with its schema.
fn summary(statement: &str) -> (String, Option<String>) {
    let mut words = statement.split_whitespace();
    let operation = words.next().unwrap_or("statement").to_ascii_lowercase();
    let operation: String = operation
        .chars()
        .take_while(char::is_ascii_alphabetic)
        .collect();
    let mut called = None;
    let mut is_place = operation == "update";
    for word in words {
        if is_place && let Some(name) = qualified(word) {
            return (operation, Some(name));
        }
        is_place = matches!(word, "from" | "into" | "update" | "join" | "table" | "view");
        if called.is_none() && word.contains('(') {
            called = qualified(word);
        }
    }
    (operation, called)
}

/// `schema.name` at the beginning of a word, or behind a bracket in it.
fn qualified(word: &str) -> Option<String> {
    let is_part = |text: &str| {
        !text.is_empty()
            && text
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
    };
    word.split(['(', ')', ',', ';', '"']).find_map(|part| {
        let (schema, name) = part.split_once('.')?;
        (is_part(schema) && is_part(name)).then(|| part.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(statement: &str) -> String {
        let (operation, target) = summary(statement);
        target.map_or_else(
            || operation.clone(),
            |target| format!("{operation} {target}"),
        )
    }

    #[test]
    fn a_statement_is_named_by_what_it_does_to_what() {
        for (statement, expected) in [
            (
                "select version from cart.cart where cart_id = $1",
                "select cart.cart",
            ),
            (
                "select c.x, l.y\n from cart.cart c join cart.line l on true",
                "select cart.cart",
            ),
            (
                "select orders.open_order_v1($1, $2) as \"id!\"",
                "select orders.open_order_v1",
            ),
            (
                "select q.price from unnest($1::uuid[]) as i(id) join catalog.quote_v1($1) q on true",
                "select catalog.quote_v1",
            ),
            (
                "select x from catalog.quote_v1($1, $2)",
                "select catalog.quote_v1",
            ),
            (
                "insert into cart.line (a, b) values ($1, $2)",
                "insert cart.line",
            ),
            (
                "update cart.cart set version = version + 1",
                "update cart.cart",
            ),
            ("delete from cart.line where true", "delete cart.line"),
            (
                "with x as (insert into a.b values (1)) select 1",
                "with a.b",
            ),
            ("select coalesce((select max(v) from a.c), 0)", "select a.c"),
            ("COMMIT", "commit"),
            ("select 1", "select"),
            ("", "statement"),
        ] {
            assert_eq!(name(statement), expected, "{statement}");
        }
    }
}
