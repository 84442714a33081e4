//! Requests and answers as they go over the wire.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

/// One request below `/api/v1`.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    method: &'static str,
    path: String,
    headers: Vec<(&'static str, String)>,
    body: Option<Vec<u8>>,
}

/// One answer. The body is JSON, or text where it is none.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Value,
}

impl Request {
    /// A request without a body.
    pub(crate) fn new(method: &'static str, path: impl Into<String>) -> Self {
        Self {
            method,
            path: path.into(),
            headers: Vec::new(),
            body: None,
        }
    }

    /// With one more header.
    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// With a JSON body.
    pub(crate) fn json(self, body: &Value) -> Self {
        self.bytes(body.to_string().into_bytes())
    }

    /// With that body, which is said to be JSON.
    pub(crate) fn bytes(mut self, body: Vec<u8>) -> Self {
        self.body = Some(body);
        self.header("Content-Type", "application/json")
    }

    pub(super) fn encode(&self, host: SocketAddr) -> Vec<u8> {
        let mut lines = vec![
            format!("{} /api/v1{} HTTP/1.1", self.method, self.path),
            format!("Host: {host}"),
            "Connection: close".to_owned(),
            "Accept: application/json".to_owned(),
        ];
        let headers = self.headers.iter();
        lines.extend(headers.map(|(name, value)| format!("{name}: {value}")));
        let body = self.body.as_deref().unwrap_or_default();
        if self.method != "GET" {
            lines.push(format!("Content-Length: {}", body.len()));
        }
        let head = lines.join("\r\n") + "\r\n\r\n";
        let mut bytes = head.into_bytes();
        bytes.extend_from_slice(body);
        bytes
    }
}

impl Answer {
    /// The problem's code; empty where there is none.
    pub(crate) fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or_default()
    }

    /// The answer in a few words, for tallies.
    pub(crate) fn outcome(&self) -> String {
        let code = self.code();
        let word = if code.is_empty() {
            self.body["status"].as_str().unwrap_or_default()
        } else {
            code
        };
        format!("{} {word}", self.status).trim_end().to_owned()
    }

    /// The body, if the answer is a success.
    pub(crate) fn success(self, what: &str) -> Result<Value> {
        ensure!(
            (200..300).contains(&self.status),
            "{what}: {}: {}",
            self.status,
            self.body
        );
        Ok(self.body)
    }

    pub(super) fn parse(bytes: &[u8]) -> Result<Self> {
        let end = bytes
            .windows(4)
            .position(|four| four == b"\r\n\r\n")
            .context("the connection was cut before an answer")?;
        let head = std::str::from_utf8(&bytes[..end]).context("the answer's head")?;
        let mut lines = head.split("\r\n");
        let status = lines.next().and_then(|line| line.split(' ').nth(1));
        let status = status
            .and_then(|status| status.parse().ok())
            .context("the answer has no status")?;
        let headers: BTreeMap<String, String> = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
            .collect();
        let raw = &bytes[end + 4..];
        let body = match headers.get("transfer-encoding") {
            Some(coding) if coding.contains("chunked") => unchunked(raw)?,
            _ => {
                let length = headers.get("content-length");
                let length: Option<usize> = length.and_then(|length| length.parse().ok());
                ensure!(
                    length.is_none_or(|length| length == raw.len()),
                    "the connection was cut inside an answer"
                );
                raw.to_vec()
            }
        };
        let body = serde_json::from_slice(&body)
            .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(&body).into_owned()));
        Ok(Self {
            status,
            headers,
            body,
        })
    }
}

/// A body without its chunk sizes.
fn unchunked(mut raw: &[u8]) -> Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let end = raw
            .windows(2)
            .position(|two| two == b"\r\n")
            .context("the connection was cut inside an answer")?;
        let size = std::str::from_utf8(&raw[..end])?;
        let size = size.split(';').next().unwrap_or_default();
        let size = usize::from_str_radix(size.trim(), 16).context("a chunk's size")?;
        if size == 0 {
            return Ok(body);
        }
        let chunk = raw.get(end + 2..end + 2 + size);
        body.extend_from_slice(chunk.context("the connection was cut inside an answer")?);
        raw = raw.get(end + 4 + size..).unwrap_or_default();
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn answers_are_read_whole_or_not_at_all() {
        let plain = b"HTTP/1.1 409 Conflict\r\nContent-Length: 16\r\nRetry-After: 2\r\n\r\n{\"code\":\"first\"}";
        let answer = Answer::parse(plain).unwrap();
        assert_eq!((answer.status, answer.code()), (409, "first"));
        assert_eq!(answer.headers["retry-after"], "2");
        assert_eq!(answer.outcome(), "409 first");
        let chunked =
            b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"a\":\r\n2\r\n1}\r\n0\r\n\r\n";
        assert_eq!(Answer::parse(chunked).unwrap().body, json!({"a": 1}));
        for cut in [&plain[..30], &plain[..plain.len() - 1], &chunked[..60], b""] {
            assert!(Answer::parse(cut).is_err());
        }
    }

    #[test]
    fn the_last_byte_of_a_request_is_the_body_s() {
        let request = Request::new("POST", "/carts")
            .header("Cart-Token", "t")
            .json(&json!({"a": 1}));
        let text = String::from_utf8(request.encode(([127, 0, 0, 1], 80).into())).unwrap();
        assert!(text.starts_with("POST /api/v1/carts HTTP/1.1\r\nHost: 127.0.0.1:80\r\n"));
        assert!(text.contains("Cart-Token: t\r\n"), "{text}");
        assert!(
            text.ends_with("Content-Length: 7\r\n\r\n{\"a\":1}"),
            "{text}"
        );
    }
}
