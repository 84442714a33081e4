//! The SDK's requests by reqwest, which every service links anyway: the SDK's own HTTP client, with HTTP/2 and a second
//! set of TLS glue, stays out of the programs.
//!
//! As the SDK's own does, it keeps connections, heeds the proxies of the environment, trusts the system's certificates
//! and follows no redirects. Credentials of containers, instances and web identities are asked for through it, too.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::error::display::DisplayErrorContext;
use reqwest::redirect::Policy;
use reqwest::{Body, Client, Request};

/// Clients by the time that a connection may take, which reqwest fixes when it makes one.
#[derive(Debug, Default)]
pub(crate) struct Http {
    clients: Mutex<HashMap<Option<Duration>, Client>>,
}

/// A client, or why there is none, and the time until the head of an answer.
#[derive(Debug)]
struct Connector {
    client: Result<Client, String>,
    read_timeout: Option<Duration>,
}

impl Http {
    fn client(&self, connect_timeout: Option<Duration>) -> reqwest::Result<Client> {
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = clients.get(&connect_timeout) {
            return Ok(client.clone());
        }
        let mut builder = Client::builder().redirect(Policy::none());
        if let Some(time) = connect_timeout {
            builder = builder.connect_timeout(time);
        }
        let client = builder.build()?;
        clients.insert(connect_timeout, client.clone());
        Ok(client)
    }
}

impl HttpClient for Http {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        _: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let client = self.client(settings.connect_timeout());
        SharedHttpConnector::new(Connector {
            client: client.map_err(|error| DisplayErrorContext(error).to_string()),
            read_timeout: settings.read_timeout(),
        })
    }
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let client = self.client.clone();
        let read_timeout = self.read_timeout;
        HttpConnectorFuture::new(async move {
            let client = client.map_err(|error| ConnectorError::other(error.into(), None))?;
            let answer = exchange(client, request);
            match read_timeout {
                None => answer.await,
                Some(time) => tokio::time::timeout(time, answer)
                    .await
                    .unwrap_or_else(|late| Err(ConnectorError::timeout(late.into()))),
            }
        })
    }
}

/// Sends a request and waits for the head of the answer.
async fn exchange(client: Client, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
    let request = request
        .try_into_http1x()
        .map_err(|error| ConnectorError::user(error.into()))?;
    let request = Request::try_from(request.map(Body::wrap)).map_err(failure)?;
    let answer = client.execute(request).await.map_err(failure)?;
    let answer: http::Response<Body> = answer.into();
    HttpResponse::try_from(answer.map(SdkBody::from_body_1_x))
        .map_err(|error| ConnectorError::other(error.into(), None))
}

/// What the SDK decides about another try by.
fn failure(error: reqwest::Error) -> ConnectorError {
    let (is_timeout, is_connect) = (error.is_timeout(), error.is_connect());
    let is_user = error.is_builder();
    // Addresses of credentials are nobody's business.
    let source = error.without_url().into();
    let failure = if is_timeout {
        ConnectorError::timeout(source)
    } else if is_user {
        ConnectorError::user(source)
    } else {
        ConnectorError::io(source)
    };
    if is_connect {
        failure.never_connected()
    } else {
        failure
    }
}

#[cfg(test)]
mod tests;
