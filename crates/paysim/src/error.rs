//! Stripe's error object.

use http::StatusCode;
use serde_json::{Map, Value, json};

/// An answer that is not a success: an HTTP status and Stripe's `error` object.
#[derive(Debug, Clone)]
pub(crate) struct ApiError {
    pub(crate) status: StatusCode,
    error: Map<String, Value>,
    /// Whether the request had begun to execute, so that its result is kept under its
    /// idempotency key. Refused parameters and conflicts are not.
    pub(crate) executed: bool,
}

impl ApiError {
    fn new(status: StatusCode, kind: &str, message: impl Into<String>) -> Self {
        let mut error = Map::new();
        error.insert("type".to_owned(), kind.into());
        error.insert("message".to_owned(), message.into().into());
        Self {
            status,
            error,
            executed: false,
        }
    }

    /// 400 `invalid_request_error`.
    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_request_error", message)
    }

    /// 401: no key or a wrong one.
    pub(crate) fn unauthorized(message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "invalid_request_error", message)
    }

    /// 402 `card_error`.
    pub(crate) fn card(code: &str, message: impl Into<String>) -> Self {
        let mut error = Self::new(StatusCode::PAYMENT_REQUIRED, "card_error", message).code(code);
        error.executed = true;
        error
    }

    /// 404 `resource_missing`.
    pub(crate) fn missing(what: &str, id: &str, param: &str) -> Self {
        let message = format!("No such {what}: '{id}'");
        Self::new(StatusCode::NOT_FOUND, "invalid_request_error", message)
            .code("resource_missing")
            .param(param)
    }

    /// 404 for an address that the API does not have.
    pub(crate) fn unknown_address(method: &str, path: &str) -> Self {
        let message = format!("Unrecognized request URL ({method}: {path}).");
        Self::new(StatusCode::NOT_FOUND, "invalid_request_error", message)
    }

    /// 400 for an object whose state forbids the request.
    pub(crate) fn unexpected_state(message: impl Into<String>) -> Self {
        let mut error = Self::invalid(message).code("payment_intent_unexpected_state");
        error.executed = true;
        error
    }

    /// 400: an idempotency key came back with another request.
    pub(crate) fn idempotency_mismatch(key: &str) -> Self {
        let message = format!(
            "Keys for idempotent requests can only be used with the same parameters they were \
             first used with. Try using a key other than '{key}' if you meant to execute a \
             different request."
        );
        Self::new(StatusCode::BAD_REQUEST, "idempotency_error", message)
    }

    /// 409: the first request with this idempotency key is still running.
    pub(crate) fn idempotency_in_use(key: &str) -> Self {
        let message = format!(
            "There is currently another in-progress request using this Idempotent Key (that \
             probably means you submitted twice, and the other request is still going through): \
             {key}."
        );
        Self::new(StatusCode::CONFLICT, "invalid_request_error", message)
            .code("idempotency_key_in_use")
    }

    /// 429: too many requests.
    pub(crate) fn rate_limit() -> Self {
        let message = "Request rate limit exceeded. Learn more about rate limits here \
                       https://stripe.com/docs/rate-limits.";
        let status = StatusCode::TOO_MANY_REQUESTS;
        Self::new(status, "invalid_request_error", message).code("rate_limit")
    }

    /// An error that was asked for.
    pub(crate) fn faulty(status: StatusCode) -> Self {
        let message = "An unknown error occurred. It was asked for by a fault rule.";
        Self::new(status, "api_error", message)
    }

    /// 500 `api_error`: the simulator itself failed.
    pub(crate) fn internal() -> Self {
        let message = "An unknown error occurred. The journal could not be written.";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "api_error", message)
    }

    /// Another status, for errors of the transport (body too large, too slow).
    pub(crate) fn with_status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// Sets `code` and the address of its description.
    pub(crate) fn code(self, code: &str) -> Self {
        self.field(
            "doc_url",
            format!("https://stripe.com/docs/error-codes/{code}").replace('_', "-"),
        )
        .field("code", code)
    }

    /// Sets the parameter that the error is about.
    pub(crate) fn param(self, param: &str) -> Self {
        self.field("param", param)
    }

    /// Sets any other field of the error object.
    pub(crate) fn field(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.error.insert(name.to_owned(), value.into());
        self
    }

    /// Marks the error as the result of an executed request.
    pub(crate) fn executed(mut self) -> Self {
        self.executed = true;
        self
    }

    /// The error object alone, as `last_payment_error` repeats it.
    pub(crate) fn object(&self) -> &Map<String, Value> {
        &self.error
    }

    /// The whole answer.
    pub(crate) fn body(&self) -> Value {
        json!({ "error": self.error })
    }
}
