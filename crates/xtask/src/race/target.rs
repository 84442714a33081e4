//! The shop that a suite is let loose on: its gateway, its database, its payment simulator, its staff.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result, bail};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, PgConnection};

use super::wire::Request;
use crate::env::{Env, Settings};
use crate::instance::{Instance, workspace_root};
use crate::secrets::Secrets;
use crate::stack::Stack;
use crate::state::{Login, Run, State};

/// Everything that a suite needs to know of a shop.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    pub(crate) instance: Instance,
    pub(crate) gateway: SocketAddr,
    pub(crate) staff: Login,
    /// Settings of `techmart-migrate`.
    pub(crate) migrate: Env,
    pub(crate) payments: Payments,
    database: PgConnectOptions,
}

/// The payment simulator.
#[derive(Debug, Clone)]
pub(crate) struct Payments {
    origin: String,
    secret_key: String,
    webhook_secret: String,
    client: reqwest::Client,
}

impl Target {
    /// The shop of a stack of our own.
    pub(crate) fn of_stack(stack: &Stack) -> Result<Self> {
        Self::new(&stack.instance, stack.settings())
    }

    /// The running shop at that address: an instance of this workspace has it.
    pub(crate) fn at(url: &str) -> Result<Self> {
        let workspace = workspace_root()?;
        let wanted = url.trim_end_matches('/');
        for name in instances(&workspace)? {
            let instance = Instance::open(name.as_deref())?;
            let (run, state) = (Run::load(&instance)?, State::load(&instance)?);
            let running = run.supervised() && run.up;
            let origin = |host: &str| {
                let port = state.ports.get("gateway")?;
                Some(format!("http://{host}:{port}"))
            };
            let same = ["127.0.0.1", "localhost"]
                .into_iter()
                .filter_map(origin)
                .any(|origin| origin == wanted);
            if running && same {
                let secrets = Secrets::load_or_create(&instance)?;
                let redis = run.children.contains_key("redis");
                let settings = Settings {
                    instance: &instance,
                    state: &state,
                    secrets: &secrets,
                    redis,
                };
                return Self::new(&instance, settings);
            }
        }
        bail!("no running instance of this workspace has the address {url} (see `cargo xtask up`)")
    }

    fn new(instance: &Instance, settings: Settings<'_>) -> Result<Self> {
        let origin = settings.origin()?;
        let gateway = origin.trim_start_matches("http://").parse();
        let staff = settings.state.staff.clone();
        Ok(Self {
            instance: instance.clone(),
            gateway: gateway.context("the gateway's address")?,
            staff: staff.context("there is no staff account")?,
            migrate: settings.migrate()?,
            payments: Payments {
                origin: settings.payment_origin()?,
                secret_key: settings.secrets.payment_secret_key.clone(),
                webhook_secret: settings.secrets.payment_webhook_secret.clone(),
                client: reqwest::Client::builder()
                    .timeout(Duration::from_secs(15))
                    .no_proxy()
                    .build()?,
            },
            database: settings
                .admin_url()?
                .as_str()
                .parse()
                .context("the database's address")?,
        })
    }

    /// A connection to the shop's database as its administrator.
    pub(crate) async fn connect(&self) -> Result<PgConnection> {
        let options = self.database.clone().disable_statement_logging();
        options.connect().await.context("cannot reach the database")
    }
}

/// Now in Unix seconds.
pub(crate) fn now() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    since.unwrap_or_default().as_secs()
}

/// Names of the instances of a workspace; `None` is the developer's own.
fn instances(workspace: &Path) -> Result<Vec<Option<String>>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(workspace)? {
        let name = entry?.file_name();
        match name.to_str() {
            Some(".techmart") => found.push(None),
            Some(name) => found.extend(
                name.strip_prefix(".techmart-")
                    .map(|name| Some(name.to_owned())),
            ),
            None => {}
        }
    }
    Ok(found)
}

impl Payments {
    /// Asks the simulator as the shop's operator.
    pub(crate) async fn get(&self, path: &str) -> Result<Value> {
        self.call(self.client.get(format!("{}{path}", self.origin)))
            .await
    }

    /// Lets things go wrong in the simulator, in place of what did before.
    pub(crate) async fn break_things(&self, faults: &Value) -> Result<()> {
        let url = format!("{}/_ctl/faults", self.origin);
        self.call(self.client.put(url).json(faults)).await?;
        Ok(())
    }

    /// Lets nothing go wrong any more.
    pub(crate) async fn mend(&self) -> Result<()> {
        let url = format!("{}/_ctl/faults", self.origin);
        self.call(self.client.delete(url)).await?;
        Ok(())
    }

    /// Tells the simulator to do something.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> Result<Value> {
        let url = format!("{}{path}", self.origin);
        self.call(self.client.post(url).json(body)).await
    }

    /// The events of one type about these objects, by object.
    pub(crate) async fn events(&self, kind: &str, objects: &[String]) -> Result<Vec<Value>> {
        let mut found: BTreeMap<String, Value> = BTreeMap::new();
        let mut after = String::new();
        while found.len() < objects.len() {
            let page = self
                .get(&format!("/v1/events?limit=100&type={kind}{after}"))
                .await?;
            let events = page["data"].as_array().context("the provider's events")?;
            for event in events {
                let object = event["data"]["object"]["id"].as_str().unwrap_or_default();
                if objects.iter().any(|wanted| wanted == object) {
                    found.insert(object.to_owned(), event.clone());
                }
            }
            let last = events.last().and_then(|event| event["id"].as_str());
            match last {
                Some(last) if page["has_more"] == true => after = format!("&starting_after={last}"),
                _ => break,
            }
        }
        let missing = || format!("the provider has no {kind} of some payments");
        objects
            .iter()
            .map(|object| found.get(object).cloned().with_context(missing))
            .collect()
    }

    /// A report as the provider would send it, signed at that time (Unix seconds).
    pub(crate) fn report(&self, event: &Value, at: u64) -> Result<Request> {
        let body = event.to_string().into_bytes();
        let signature = format!("t={at},v1={}", self.sign(at, &body)?);
        Ok(Request::new("POST", "/payments/webhook")
            .header("Stripe-Signature", signature)
            .bytes(body))
    }

    /// The provider's signature of a body.
    pub(crate) fn sign(&self, at: u64, body: &[u8]) -> Result<String> {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.webhook_secret.as_bytes())?;
        mac.update(format!("{at}.").as_bytes());
        mac.update(body);
        Ok(hex::encode(mac.finalize().into_bytes()))
    }

    async fn call(&self, request: reqwest::RequestBuilder) -> Result<Value> {
        let response = request
            .bearer_auth(&self.secret_key)
            .header("Accept", "application/json")
            .send()
            .await
            .context("cannot reach the payment simulator")?;
        let (status, url) = (response.status(), response.url().path().to_owned());
        let text = response.text().await?;
        if !status.is_success() {
            bail!("payment simulator: {url}: {status}: {text}");
        }
        Ok(serde_json::from_str(&text).unwrap_or(Value::String(text)))
    }
}
