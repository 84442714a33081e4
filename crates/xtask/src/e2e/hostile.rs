//! Every documented operation, asked wrongly: by nobody, by the wrong person, with broken bodies and parameters.
//! Each must answer with a problem that has a code, and none with a 5xx. An operation that is added to the documents
//! is covered from then on.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use reqwest::{Client, Method, Response};
use serde_json::{Value, json};

use crate::count::Count;
use crate::stack::Stack;
use crate::ui::Ui;

const DOCUMENT: &str = "openapi/techmart.json";
const TIMEOUT: Duration = Duration::from_secs(15);
/// Well-formed ids of nothing: the suffix is the TypeID specification's example.
const NOBODYS: &str = "01h455vb4pex5vsknk084sn02q";
/// Larger than any body limit.
const HUGE_BYTES: usize = 2_000_000;

/// One documented operation.
#[derive(Debug)]
struct Operation {
    id: String,
    method: Method,
    path: String,
    has_body: bool,
    /// Nothing but an access token opens it.
    needs_token: bool,
}

/// Each refusal counts as one check.
pub(super) async fn run(stack: &Stack, ui: Ui) -> Result<Count> {
    let step = ui.step("Hostile requests");
    let text = std::fs::read_to_string(stack.instance.workspace().join(DOCUMENT))
        .with_context(|| format!("cannot read {DOCUMENT}"))?;
    let operations = operations(&serde_json::from_str(&text).context(DOCUMENT)?)?;
    let origin = stack.settings().origin()?;
    let customer = sign_in(stack, &origin).await?;
    let mut checks = 0_usize;
    for (index, operation) in operations.iter().enumerate() {
        let attack = Attack::new(&origin, index, operation, &customer)?;
        checks += attack.run().await.with_context(|| operation.id.clone())?;
    }
    step.done(format!(
        "{checks} refusals of {} operations",
        operations.len()
    ));
    Ok(Count::passed(checks))
}

fn operations(document: &Value) -> Result<Vec<Operation>> {
    let paths = document["paths"]
        .as_object()
        .context("the document has no paths")?;
    let mut found = Vec::new();
    for (path, item) in paths {
        for (method, operation) in item.as_object().into_iter().flatten() {
            let Some(id) = operation["operationId"].as_str() else {
                continue;
            };
            let alternatives = operation["security"].as_array();
            found.push(Operation {
                id: id.to_owned(),
                method: method.to_uppercase().parse()?,
                path: path.clone(),
                has_body: operation["requestBody"].is_object(),
                needs_token: alternatives.is_some_and(|all| {
                    !all.is_empty() && all.iter().all(|one| one.get("bearer").is_some())
                }),
            });
        }
    }
    ensure!(!found.is_empty(), "the document has no operations");
    Ok(found)
}

async fn sign_in(stack: &Stack, origin: &str) -> Result<String> {
    let customer = stack
        .state
        .customers
        .first()
        .context("there is no demo customer")?;
    let login = json!({"email": customer.email, "password": customer.password});
    let url = format!("{origin}/api/v1/auth/login");
    let answer: Value = client(250)?
        .post(url)
        .json(&login)
        .send()
        .await?
        .json()
        .await?;
    let token = answer["access_token"].as_str();
    Ok(token
        .context("the demo customer cannot sign in")?
        .to_owned())
}

/// A client with an address of its own, so that no throttle is met.
fn client(last: u8) -> Result<Client> {
    let address = IpAddr::V4(Ipv4Addr::new(127, 0, 3, last));
    Ok(Client::builder()
        .local_address(address)
        .timeout(TIMEOUT)
        .no_proxy()
        .build()?)
}

/// All wrong ways to ask for one operation.
struct Attack<'a> {
    client: Client,
    operation: &'a Operation,
    url: String,
    customer: &'a str,
}

impl<'a> Attack<'a> {
    fn new(
        origin: &str,
        index: usize,
        operation: &'a Operation,
        customer: &'a str,
    ) -> Result<Self> {
        let last = u8::try_from(index % 249).unwrap_or(0) + 1;
        let url = format!("{origin}{}", filled(&operation.path));
        Ok(Self {
            client: client(last)?,
            operation,
            url,
            customer,
        })
    }

    async fn run(&self) -> Result<usize> {
        let mut checks = self.parameters().await?;
        checks += self.strangers().await?;
        if self.operation.has_body {
            checks += self.bodies().await?;
        }
        Ok(checks)
    }

    fn call(&self) -> reqwest::RequestBuilder {
        self.client
            .request(self.operation.method.clone(), &self.url)
    }

    async fn parameters(&self) -> Result<usize> {
        let mut checks = 0;
        if self.operation.method == Method::GET {
            for query in [
                "no_such_parameter=1",
                "limit=-1&cursor=%00",
                "cursor=bm9uc2Vuc2U&q=%FF",
                "price_min=NaN",
            ] {
                let answer = self
                    .client
                    .get(format!("{}?{query}", self.url))
                    .bearer_auth(self.customer);
                checks += no_failure(answer.send().await?, query).await?;
            }
        }
        Ok(checks)
    }

    async fn strangers(&self) -> Result<usize> {
        let mut checks = 0;
        if self.operation.needs_token {
            let nobody = self
                .call()
                .header("content-type", "application/json")
                .body("{}")
                .send()
                .await?;
            checks += refused(nobody, &[401], "without a token").await?;
            let forged = self.call().bearer_auth("eyJhbGciOiJub25lIn0.e30.");
            let forged = forged
                .header("content-type", "application/json")
                .body("{}")
                .send()
                .await?;
            checks += refused(forged, &[401], "with a forged token").await?;
        }
        if self.operation.path.contains("/admin/") {
            let customer = self.call().bearer_auth(self.customer);
            let customer = customer
                .header("content-type", "application/json")
                .body("{}")
                .send()
                .await?;
            checks += refused(customer, &[403], "as a customer").await?;
        }
        Ok(checks)
    }

    async fn bodies(&self) -> Result<usize> {
        let deep = "[".repeat(5_000);
        let bodies: [(&str, &str, &[u16]); 9] = [
            ("application/json", "", &[400, 401, 403, 404]),
            ("application/json", "{", &[400, 401, 403, 404]),
            ("application/json", "[]", &[400, 401, 403, 404, 422]),
            ("application/json", "null", &[400, 401, 403, 404, 422]),
            (
                "application/json",
                "{\"no_such_field\": 1}",
                &[400, 401, 403, 404, 422],
            ),
            (
                "application/json",
                "{\"quantity\": 1e400}",
                &[400, 401, 403, 404, 422],
            ),
            (
                "application/json",
                "{\"title\": \"\\u0000\"}",
                &[400, 401, 403, 404, 422],
            ),
            ("application/json", &deep, &[400, 401, 403, 404, 413, 422]),
            ("text/plain", "{}", &[400, 401, 403, 404, 415]),
        ];
        for (kind, body, statuses) in bodies {
            let answer = self
                .call()
                .bearer_auth(self.customer)
                .header("content-type", kind);
            let answer = answer
                .header("idempotency-key", "hostile")
                .body(body.to_owned())
                .send()
                .await?;
            refused(answer, statuses, &format!("with {kind} {body:.40}")).await?;
        }
        let huge = self
            .call()
            .bearer_auth(self.customer)
            .header("content-type", "application/json");
        // The gateway may close the connection before it has read all of it.
        match huge.body(" ".repeat(HUGE_BYTES)).send().await {
            Ok(answer) => refused(answer, &[413], "with a huge body").await?,
            Err(error) if error.is_request() || error.is_body() => 1,
            Err(error) => return Err(error.into()),
        };
        Ok(bodies.len() + 1)
    }
}

/// The path with ids that are well formed and name nothing.
fn filled(path: &str) -> String {
    path.split('/')
        .map(|segment| match segment {
            "{id}" if path.contains("/carts/") => format!("crt_{NOBODYS}"),
            "{id}" if path.contains("/checkouts/") => format!("chk_{NOBODYS}"),
            "{id}" if path.contains("/orders/") => format!("ord_{NOBODYS}"),
            "{id}" if path.contains("/variants/") => format!("var_{NOBODYS}"),
            "{line_id}" => format!("lin_{NOBODYS}"),
            "{currency}" => "USD".to_owned(),
            named if named.starts_with('{') => format!("prd_{NOBODYS}"),
            fixed => fixed.to_owned(),
        })
        .collect::<Vec<_>>()
        .join("/")
}

async fn refused(answer: Response, statuses: &[u16], how: &str) -> Result<usize> {
    let status = answer.status().as_u16();
    if !statuses.contains(&status) {
        bail!(
            "{how}: {status} instead of one of {statuses:?}: {}",
            answer.text().await?
        );
    }
    check_problem(answer, how).await
}

/// Anything but a 5xx; and where it is a refusal, a problem with a code.
async fn no_failure(answer: Response, how: &str) -> Result<usize> {
    let status = answer.status();
    if status.is_server_error() {
        bail!("{how}: {status}: {}", answer.text().await?);
    }
    if status.is_client_error() {
        return check_problem(answer, how).await;
    }
    Ok(1)
}

async fn check_problem(answer: Response, how: &str) -> Result<usize> {
    let kind = answer.headers().get("content-type").cloned();
    ensure!(
        kind.as_ref()
            .is_some_and(|kind| kind == "application/problem+json"),
        "{how}: a refusal of type {kind:?}"
    );
    let problem: Value = answer.json().await?;
    for member in ["type", "title", "code", "request_id"] {
        ensure!(
            problem[member].is_string(),
            "{how}: the problem has no {member}: {problem}"
        );
    }
    Ok(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operation_needs_a_token_only_if_every_alternative_does() {
        let document = json!({"paths": {
            "/api/v1/me": {"get": {"operationId": "getMe", "security": [{"bearer": []}]}},
            "/api/v1/carts/{id}": {"get": {"operationId": "getCart", "security": [{}, {"bearer": []}]}},
            "/api/v1/products": {"post": {"operationId": "x", "requestBody": {}}},
        }});
        let found = operations(&document).unwrap();
        let by = |id: &str| found.iter().find(|o| o.id == id).unwrap();
        assert!(by("getMe").needs_token);
        assert!(!by("getCart").needs_token && !by("x").needs_token);
        assert!(by("x").has_body && !by("getMe").has_body);
        assert_eq!(
            filled("/api/v1/carts/{id}/lines/{line_id}"),
            format!("/api/v1/carts/crt_{NOBODYS}/lines/lin_{NOBODYS}")
        );
    }
}
