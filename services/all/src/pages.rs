//! The shop's pages from a folder, as the gateway serves them: assets with a hash in their name for ever, everything
//! else for a while, and `index.html`, which every other path is, asked for anew each time.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use axum::body::Body;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use common::Problem;
use edge::headers::{Headers, inline_hashes};
use http::header::{self, HeaderName};
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use tower::ServiceExt as _;
use tower_http::services::ServeDir;

use crate::gate::not_allowed;

const INDEX: &str = "/index.html";
const ASSETS: &str = "/assets/";

/// Asked for anew each time.
const ANEW: HeaderValue = HeaderValue::from_static("no-cache");
/// Named after its content.
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const FOR_A_WHILE: HeaderValue = HeaderValue::from_static("public, max-age=3600");

/// The pages, or none. Clones share them.
#[derive(Debug, Clone)]
pub struct Pages(Option<Arc<Built>>);

#[derive(Debug)]
struct Built {
    files: ServeDir,
    headers: HeaderMap,
}

impl Pages {
    /// No pages: the API alone.
    pub fn none() -> Self {
        Self(None)
    }

    /// The pages that were built into `folder`, with the payment provider's origins for their policy.
    ///
    /// # Errors
    /// When there are no pages in it.
    pub fn open(folder: &Path, payment: &[String]) -> anyhow::Result<Self> {
        let index = folder.join("index.html");
        let html = std::fs::read_to_string(&index).with_context(|| {
            format!(
                "TECHMART_ALL__PAGES__FOLDER: cannot read {}",
                index.display()
            )
        })?;
        let mut headers = HeaderMap::new();
        for (name, value) in Headers::shipped()?.of_pages(payment, &inline_hashes(&html)) {
            let value =
                HeaderValue::try_from(value).context("TECHMART_ALL__PAGES__PAYMENT_ORIGINS")?;
            headers.insert(HeaderName::try_from(name)?, value);
        }
        let files = ServeDir::new(folder)
            .append_index_html_on_directories(false)
            .precompressed_gzip();
        Ok(Self(Some(Arc::new(Built { files, headers }))))
    }

    /// Answers a request for a page or one of its files.
    pub async fn answer(&self, request: Request) -> Response {
        match &self.0 {
            Some(built) => built.answer(request).await,
            None => Problem::not_found().into_response(),
        }
    }
}

impl Built {
    async fn answer(&self, request: Request) -> Response {
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            return not_allowed(HeaderValue::from_static("GET, HEAD")).into_response();
        }
        let path = request.uri().path();
        // The build's manifest lies beside the pages and is nobody's business.
        if path.contains("/.") {
            return Problem::not_found().into_response();
        }
        if path.starts_with(ASSETS) {
            let mut response = self.file(request).await;
            if response.status() == StatusCode::NOT_FOUND {
                return Problem::not_found().into_response();
            }
            if response.status().is_success() || response.status() == StatusCode::NOT_MODIFIED {
                let headers = response.headers_mut();
                headers.insert(header::CACHE_CONTROL, FOR_EVER);
            }
            return response;
        }
        let mut index = Request::new(Body::empty());
        index.method_mut().clone_from(request.method());
        index.headers_mut().clone_from(request.headers());
        *index.uri_mut() = Uri::from_static(INDEX);
        if !matches!(path, "/" | INDEX) {
            let response = self.file(request).await;
            if response.status() != StatusCode::NOT_FOUND {
                return self.page(response, FOR_A_WHILE);
            }
        }
        self.page(self.file(index).await, ANEW)
    }

    async fn file(&self, request: Request) -> Response {
        let mut response = match self.files.clone().oneshot(request).await {
            Ok(response) => response.map(Body::new),
            Err(never) => match never {},
        };
        with_charset(response.headers_mut());
        response
    }

    fn page(&self, mut response: Response, keep: HeaderValue) -> Response {
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, keep);
        headers.extend(self.headers.clone());
        response
    }
}

/// Our texts are UTF-8; browsers need not guess.
fn with_charset(headers: &mut HeaderMap) {
    let Some(kind) = headers.get(header::CONTENT_TYPE) else {
        return;
    };
    let Ok(kind) = kind.to_str() else { return };
    if kind.starts_with("text/")
        && !kind.contains("charset")
        && let Ok(kind) = HeaderValue::try_from(format!("{kind}; charset=utf-8"))
    {
        headers.insert(header::CONTENT_TYPE, kind);
    }
}
