//! How a problem stands in an OpenAPI document.

use std::borrow::Cow;

use utoipa::openapi::{RefOr, schema::Schema};
use utoipa::{PartialSchema, ToSchema};

use super::{FieldError, Problem};

/// The members that every problem may have. A code may add members of its own.
#[derive(Debug, ToSchema)]
#[schema(as = Problem)]
#[expect(
    dead_code,
    reason = "describes the wire form; values are built as JSON"
)]
pub struct ProblemDocument {
    /// `/problems/<code>`.
    #[schema(example = "/problems/not_found")]
    r#type: String,
    /// The same text for every occurrence of a code.
    title: String,
    /// The HTTP status.
    #[schema(example = 404)]
    status: u16,
    /// What happened this time.
    detail: Option<String>,
    /// Stable, for programs. Listed in docs/ERRORS.md.
    #[schema(example = "not_found")]
    code: String,
    /// Quote it when asking for help.
    request_id: String,
    /// What is wrong with which field.
    errors: Option<Vec<FieldError>>,
}

impl PartialSchema for Problem {
    fn schema() -> RefOr<Schema> {
        ProblemDocument::schema()
    }
}

impl ToSchema for Problem {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("Problem")
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        ProblemDocument::schemas(schemas);
    }
}
