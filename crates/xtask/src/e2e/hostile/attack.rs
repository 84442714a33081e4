//! All wrong ways to ask for one operation.

use anyhow::Result;
use reqwest::{Client, Method, RequestBuilder, Response};

use super::answer::{no_failure, refused, refused_as, refused_somehow};
use super::operation::Operation;
use super::sample::{self, NOBODYS};

const JSON: &str = "application/json";
/// Larger than any body limit.
const HUGE_BYTES: usize = 2_000_000;
/// What a wrong body may be answered with; what is not there, or has another version, comes first at times.
const BODY_STATUSES: &[u16] = &[400, 401, 403, 404, 409, 412, 413, 415, 422];

/// Access tokens.
#[derive(Debug)]
pub(super) struct People {
    pub(super) customer: String,
    /// A member of staff who may do everything.
    pub(super) owner: String,
    /// A member of staff who may do nothing.
    pub(super) powerless: String,
}

/// One operation and who asks for it.
#[derive(Debug)]
pub(super) struct Attack<'a> {
    client: Client,
    origin: &'a str,
    index: usize,
    operation: &'a Operation,
    people: &'a People,
}

impl<'a> Attack<'a> {
    pub(super) fn new(
        origin: &'a str,
        index: usize,
        operation: &'a Operation,
        people: &'a People,
    ) -> Result<Self> {
        let last = u8::try_from(index % 249).unwrap_or(0) + 1;
        Ok(Self {
            client: super::client(last)?,
            origin,
            index,
            operation,
            people,
        })
    }

    /// How many answers were as they should be; fails on the first that was not.
    pub(super) async fn run(&self) -> Result<usize> {
        let mut checks = self.strangers().await?;
        checks += self.ids().await?;
        checks += self.parameters().await?;
        checks += self.headers().await?;
        if let Some(body) = &self.operation.body {
            checks += self.bodies().await?;
            checks += self.parts(body).await?;
        }
        Ok(checks)
    }

    fn call(&self, other: Option<(&str, &str)>) -> RequestBuilder {
        let url = format!("{}{}", self.origin, self.operation.target(other));
        self.client.request(self.operation.method.clone(), url)
    }

    /// Asks as somebody, with a small body.
    async fn ask(&self, token: &str) -> Result<Response> {
        let request = self.call(None).bearer_auth(token);
        let request = request.header("content-type", JSON).body("{}");
        Ok(request.send().await?)
    }

    /// Who may do the most: what is refused is not refused for want of a right.
    fn insider(&self) -> &str {
        if self.operation.is_staff() {
            &self.people.owner
        } else {
            &self.people.customer
        }
    }

    /// Asks as an insider with all headers that are needed, except `without`.
    fn inside(
        &self,
        other: Option<(&str, &str)>,
        key: &str,
        without: Option<&str>,
    ) -> RequestBuilder {
        let mut request = self.call(other).bearer_auth(self.insider());
        let needed = self.operation.headers.iter();
        for name in needed.filter(|name| Some(name.as_str()) != without) {
            let value = match name.as_str() {
                "idempotency-key" => key,
                "if-match" => "\"1.00000000\"",
                _ => "nonsense",
            };
            request = request.header(name, value);
        }
        request
    }

    /// Nobody, a forger, a customer, and staff without the permission.
    async fn strangers(&self) -> Result<usize> {
        let mut checks = 0;
        if self.operation.needs_token {
            let request = self.call(None).header("content-type", JSON).body("{}");
            checks += refused(request.send().await?, &[401], "without a token").await?;
            let forged = self.ask("eyJhbGciOiJub25lIn0.e30.").await?;
            checks += refused(forged, &[401], "with a forged token").await?;
        }
        if self.operation.is_staff() {
            let customer = self.ask(&self.people.customer).await?;
            checks += refused(customer, &[403], "as a customer").await?;
            let staff = self.ask(&self.people.powerless).await?;
            let how = "as staff without the permission";
            checks += refused_as(staff, "permission_missing", how).await?;
        }
        Ok(checks)
    }

    /// Ids of other things, of nothing, and no ids at all.
    async fn ids(&self) -> Result<usize> {
        let wrong_kind = format!("xyz_{NOBODYS}");
        let long = "a".repeat(300);
        let strange = [
            wrong_kind.as_str(),
            "%00",
            "%F0%9F",
            "..%2F..",
            "%20",
            "'%3B--",
            "null",
            &long,
        ];
        let mut checks = 0;
        for (place, _) in &self.operation.places {
            for value in strange {
                let how = format!("{place} = {value:.20}");
                let mut request = self.inside(Some((place, value)), "hostile", None);
                if self.operation.body.is_some() {
                    request = request.header("content-type", JSON).body("{}");
                }
                let answer = request.send().await?;
                checks += if self.operation.is_art() {
                    no_failure(answer, &how).await?
                } else {
                    refused_somehow(answer, &how).await?
                };
            }
        }
        Ok(checks)
    }

    /// Every parameter of the query with what it cannot be, twice, and some that do not exist.
    async fn parameters(&self) -> Result<usize> {
        if self.operation.method != Method::GET {
            return Ok(0);
        }
        let mut queries: Vec<String> = [
            "no_such_parameter=1",
            "limit=-1&cursor=%00",
            "cursor=bm9uc2Vuc2U&q=%FF",
            "price_min=NaN",
            "=",
            "&&&",
            "%",
        ]
        .map(str::to_owned)
        .to_vec();
        let long = "a".repeat(3_000);
        for name in &self.operation.queries {
            let values = [
                "",
                "%00",
                "%FF",
                "-1",
                "99999999999999999999",
                "NaN",
                "'%3B--",
                &long,
            ];
            queries.extend(values.map(|value| format!("{name}={value}")));
            queries.push(format!("{name}=1&{name}=2"));
        }
        let mut checks = 0;
        for query in queries {
            let url = format!("{}{}?{query}", self.origin, self.operation.target(None));
            let request = self.client.get(url).bearer_auth(self.insider());
            let how = format!("?{query:.60}");
            checks += no_failure(request.send().await?, &how).await?;
        }
        Ok(checks)
    }

    /// What staff cannot leave out, and what it cannot be.
    async fn headers(&self) -> Result<usize> {
        let mut checks = 0;
        if !self.operation.is_staff() {
            return Ok(checks);
        }
        let body = self.operation.body.as_ref();
        let send = async |request: RequestBuilder| {
            let request = match body {
                Some(body) => request.json(body),
                None => request,
            };
            request.send().await
        };
        let needs = |name: &str| self.operation.headers.iter().any(|one| one == name);
        if needs("idempotency-key") {
            let answer = send(self.inside(None, "", Some("idempotency-key"))).await?;
            checks += refused_as(answer, "idempotency_key_missing", "without a key").await?;
            for key in ["k".repeat(256), "two words".to_owned()] {
                let answer = send(self.inside(None, &key, None)).await?;
                let how = format!("with the key {key:.12}");
                checks += refused_as(answer, "idempotency_key_invalid", &how).await?;
            }
        }
        if needs("if-match") {
            let answer = send(self.inside(None, "hostile", Some("if-match"))).await?;
            // A body that breaks a rule may be told of first.
            checks += refused(answer, &[422, 428], "without If-Match").await?;
            for version in ["garbage", "\"\"", "W/\"x\""] {
                let request = self.inside(None, "hostile", Some("if-match"));
                let answer = send(request.header("if-match", version)).await?;
                let how = format!("If-Match: {version}");
                checks += refused(answer, &[400, 404, 412, 422], &how).await?;
            }
        }
        Ok(checks)
    }

    /// Bodies that are no JSON, or JSON of another shape.
    async fn bodies(&self) -> Result<usize> {
        let deep = "[".repeat(5_000);
        let bodies: [(&str, &[u8]); 11] = [
            (JSON, b""),
            (JSON, b"{"),
            (JSON, b"[]"),
            (JSON, b"null"),
            (JSON, b"{\"no_such_field\": 1}"),
            (JSON, b"{\"quantity\": 1e400}"),
            (JSON, b"{\"title\": \"\\u0000\"}"),
            (JSON, b"{\"a\": 1, \"a\": 2}"),
            (JSON, b"\xff\xfe"),
            (JSON, deep.as_bytes()),
            ("text/plain", b"{}"),
        ];
        for (kind, body) in bodies {
            let request = self.inside(None, "hostile", None);
            let request = request.header("content-type", kind).body(body.to_vec());
            let how = format!("with {kind} {:.40}", String::from_utf8_lossy(body));
            refused(request.send().await?, BODY_STATUSES, &how).await?;
        }
        let huge = self.inside(None, "hostile", None);
        let huge = huge.header("content-type", JSON);
        // The gateway may close the connection before it has read all of it.
        match huge.body(" ".repeat(HUGE_BYTES)).send().await {
            Ok(answer) => refused(answer, &[413], "with a huge body").await?,
            Err(error) if error.is_request() || error.is_body() => 1,
            Err(error) => return Err(error.into()),
        };
        Ok(bodies.len() + 1)
    }

    /// The described body with one part at a time broken. Some of it may pass: nothing of it may break the service.
    async fn parts(&self, body: &serde_json::Value) -> Result<usize> {
        let mut checks = 0;
        for (number, (how, changed)) in sample::broken(body).into_iter().enumerate() {
            let key = format!("hostile-{}-{number}", self.index);
            let answer = self.inside(None, &key, None).json(&changed).send().await?;
            checks += no_failure(answer, &how).await?;
        }
        Ok(checks)
    }
}
