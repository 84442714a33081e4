//! Errors on the wire: `application/problem+json` as RFC 9457 describes it, with a stable `code`.
//!
//! A `Problem` never shows its source: [`Problem::source`] puts it into the response's extensions,
//! where the middleware stack logs it once. The stack also fills in `request_id`.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::sync::Arc;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use http::{StatusCode, Uri};
use serde::Serialize;
use serde_json::{Map, Value};

mod constructors;
mod schema;
#[cfg(test)]
mod tests;

pub use schema::ProblemDocument;

/// The media type of every error.
pub const MEDIA_TYPE: &str = "application/problem+json";

/// An error answer. Cheap to move: the parts live in one box.
#[derive(Debug, Clone)]
pub struct Problem(Box<Parts>);

/// What is wrong with one field of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct FieldError {
    /// JSON pointer to the field in the request body, or the parameter's name after a slash.
    pub pointer: String,
    /// Stable code.
    pub code: Cow<'static, str>,
    /// One sentence for a person.
    pub detail: String,
}

/// The source of an error, carried to the middleware stack in the response's extensions.
#[derive(Debug, Clone)]
pub struct ErrorSource(pub Arc<dyn StdError + Send + Sync>);

#[derive(Debug, Clone)]
pub(crate) struct Parts {
    status: StatusCode,
    code: &'static str,
    title: Cow<'static, str>,
    detail: Option<Cow<'static, str>>,
    errors: Vec<FieldError>,
    members: Map<String, Value>,
    headers: HeaderMap,
    source: Option<ErrorSource>,
}

impl Problem {
    /// A problem with a stable code (`snake_case`) and a title that never changes with the request.
    pub fn new(
        status: StatusCode,
        code: &'static str,
        title: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self(Box::new(Parts {
            status,
            code,
            title: title.into(),
            detail: None,
            errors: Vec::new(),
            members: Map::new(),
            headers: HeaderMap::new(),
            source: None,
        }))
    }

    /// What happened this time, for a person. Must not come from a source error.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<Cow<'static, str>>) -> Self {
        self.0.detail = Some(detail.into());
        self
    }

    /// Adds an error of one field.
    #[must_use]
    pub fn field(
        mut self,
        pointer: impl Into<String>,
        code: impl Into<Cow<'static, str>>,
        detail: impl Into<String>,
    ) -> Self {
        self.0.errors.push(FieldError {
            pointer: pointer.into(),
            code: code.into(),
            detail: detail.into(),
        });
        self
    }

    /// Adds errors of fields.
    #[must_use]
    pub fn fields(mut self, errors: impl IntoIterator<Item = FieldError>) -> Self {
        self.0.errors.extend(errors);
        self
    }

    /// Adds a member of the code's own. A value that cannot be written as JSON becomes `null`.
    #[must_use]
    pub fn with(mut self, key: &'static str, value: impl Serialize) -> Self {
        let value = serde_json::to_value(value).unwrap_or(Value::Null);
        self.0.members.insert(key.to_owned(), value);
        self
    }

    /// Sets `Retry-After`, in seconds.
    #[must_use]
    pub fn retry_after(self, seconds: u64) -> Self {
        self.header(header::RETRY_AFTER, HeaderValue::from(seconds))
    }

    /// Sets a response header.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.0.headers.insert(name, value);
        self
    }

    /// Keeps the cause for the log. It is never shown to the client.
    #[must_use]
    pub fn source(mut self, source: impl Into<Box<dyn StdError + Send + Sync + 'static>>) -> Self {
        self.0.source = Some(ErrorSource(Arc::from(source.into())));
        self
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    /// The stable code.
    pub fn code(&self) -> &'static str {
        self.0.code
    }

    /// The body as it goes over the wire, without `request_id`.
    pub fn to_json(&self) -> Value {
        self.0.to_json(None)
    }
}

impl Parts {
    /// The body. Members of the code's own come last and cannot replace a standard one.
    fn to_json(&self, request_id: Option<&str>) -> Value {
        let mut body = self.members.clone();
        body.insert("type".into(), format!("/problems/{}", self.code).into());
        body.insert("title".into(), self.title.as_ref().into());
        body.insert("status".into(), self.status.as_u16().into());
        body.insert("code".into(), self.code.into());
        if let Some(detail) = &self.detail {
            body.insert("detail".into(), detail.as_ref().into());
        }
        if let Some(id) = request_id {
            body.insert("request_id".into(), id.into());
        }
        if !self.errors.is_empty() {
            let errors = serde_json::to_value(&self.errors).unwrap_or(Value::Null);
            body.insert("errors".into(), errors);
        }
        Value::Object(body)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut parts = *self.0;
        let mut response = Response::new(Body::from(parts.to_json(None).to_string()));
        *response.status_mut() = parts.status;
        *response.headers_mut() = std::mem::take(&mut parts.headers);
        response
            .headers_mut()
            .insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        if let Some(source) = parts.source.take() {
            response.extensions_mut().insert(source);
        }
        response.extensions_mut().insert(Arc::new(parts));
        response
    }
}

/// Writes the request's id into a problem's body. Other responses pass unchanged.
pub(crate) fn fill_request_id(response: &mut Response, request_id: &str) -> Option<&'static str> {
    let parts = response.extensions_mut().remove::<Arc<Parts>>()?;
    let body = parts.to_json(Some(request_id)).to_string();
    response.headers_mut().remove(header::CONTENT_LENGTH);
    *response.body_mut() = Body::from(body);
    Some(parts.code)
}

/// The 404 of a path that no route has.
pub(crate) async fn no_route(_: Uri) -> Problem {
    Problem::not_found()
}

/// The 405 of a path that has other methods. The router adds `Allow`.
pub(crate) async fn no_method() -> Problem {
    Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "method_not_allowed",
        "Method not allowed",
    )
    .detail("This path does not support that method; see the Allow header.")
}
