//! Calls on a router without a socket.

use axum::Router;
use axum::body::Body;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode, header};
use http_body_util::BodyExt as _;
use serde_json::Value;
use tower::ServiceExt as _;

/// A service's router, called in process.
#[derive(Debug, Clone)]
pub struct TestApp {
    router: Router,
}

/// A request being built.
#[derive(Debug)]
#[must_use = "a call is made by `send`"]
pub struct Call {
    router: Router,
    method: Method,
    path: String,
    headers: HeaderMap,
    body: Body,
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body as it came.
    pub bytes: Vec<u8>,
    /// The body as JSON; null where it is not JSON.
    pub json: Value,
}

impl TestApp {
    /// Wraps a router.
    pub fn new(router: Router) -> Self {
        Self { router }
    }

    /// A request without a body yet.
    pub fn call(&self, method: Method, path: impl Into<String>) -> Call {
        Call {
            router: self.router.clone(),
            method,
            path: path.into(),
            headers: HeaderMap::new(),
            body: Body::empty(),
        }
    }

    /// `GET path`.
    pub fn get(&self, path: impl Into<String>) -> Call {
        self.call(Method::GET, path)
    }

    /// `POST path`.
    pub fn post(&self, path: impl Into<String>) -> Call {
        self.call(Method::POST, path)
    }

    /// `PUT path`.
    pub fn put(&self, path: impl Into<String>) -> Call {
        self.call(Method::PUT, path)
    }

    /// `PATCH path`.
    pub fn patch(&self, path: impl Into<String>) -> Call {
        self.call(Method::PATCH, path)
    }

    /// `DELETE path`.
    pub fn delete(&self, path: impl Into<String>) -> Call {
        self.call(Method::DELETE, path)
    }
}

impl Call {
    /// Adds a header.
    ///
    /// # Panics
    /// When the name or value cannot be a header.
    pub fn header(mut self, name: &str, value: impl AsRef<str>) -> Self {
        let name: HeaderName = name.parse().expect("a header name");
        self.headers.append(
            name,
            HeaderValue::from_str(value.as_ref()).expect("a header value"),
        );
        self
    }

    /// Sends `Authorization: Bearer token`.
    pub fn bearer(self, token: impl AsRef<str>) -> Self {
        let value = format!("Bearer {}", token.as_ref());
        self.header("authorization", value)
    }

    /// Sends a JSON body.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "callers hand over `json!` literals"
    )]
    pub fn json(self, body: Value) -> Self {
        self.header("content-type", "application/json")
            .body(body.to_string())
    }

    /// Sends a raw body.
    pub fn body(mut self, body: impl Into<Body>) -> Self {
        self.body = body.into();
        self
    }

    /// Makes the call.
    ///
    /// # Panics
    /// When the path is not one, or the body of the answer breaks off.
    pub async fn send(self) -> Answer {
        let mut request = Request::builder()
            .method(self.method)
            .uri(&self.path)
            .body(self.body)
            .expect("a path and query");
        request.headers_mut().extend(self.headers);
        let response = match self.router.oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        };
        let (parts, body) = response.into_parts();
        let bytes = body
            .collect()
            .await
            .expect("a whole body")
            .to_bytes()
            .to_vec();
        let json = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Answer {
            status: parts.status,
            headers: parts.headers,
            bytes,
            json,
        }
    }
}

impl Answer {
    /// A header's value as text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|v| v.to_str().ok())
    }

    /// The answer, if it has this status.
    ///
    /// # Panics
    /// When it has another; shows the body.
    #[expect(
        clippy::must_use_candidate,
        clippy::return_self_not_must_use,
        reason = "the assertion is the point"
    )]
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        let body = String::from_utf8_lossy(&self.bytes);
        assert_eq!(
            self.status.as_u16(),
            status,
            "unexpected status; body: {body}"
        );
        self
    }

    /// Asserts a problem of RFC 9457 with this status and code, and answers it for a closer look.
    ///
    /// # Panics
    /// When it is anything else.
    #[track_caller]
    pub fn problem(self, status: u16, code: &str) -> Value {
        let answer = self.expect(status);
        let kind = answer
            .header(header::CONTENT_TYPE.as_str())
            .unwrap_or_default();
        assert_eq!(kind, "application/problem+json");
        assert_eq!(answer.json["code"], code, "{}", answer.json);
        assert_eq!(answer.json["status"], status);
        answer.json
    }
}
