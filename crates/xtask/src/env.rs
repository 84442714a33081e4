//! The settings that each process of an instance gets: ports, addresses, secrets.

use std::path::PathBuf;

use anyhow::{Context, Result};
use url::Url;

use crate::instance::Instance;
use crate::ports::SERVICES;
use crate::postgres::DATABASE;
use crate::secrets::Secrets;
use crate::state::{SearchEngine, State};

/// Environment variables in the order in which they are set; later ones win.
pub(crate) type Env = Vec<(String, String)>;

/// What the environments are made of.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Settings<'a> {
    pub(crate) instance: &'a Instance,
    pub(crate) state: &'a State,
    pub(crate) secrets: &'a Secrets,
    /// False when there is no Redis on this machine.
    pub(crate) redis: bool,
}

impl Settings<'_> {
    fn port(&self, name: &str) -> Result<u16> {
        self.state
            .ports
            .get(name)
            .copied()
            .with_context(|| format!("no port for {name}"))
    }

    /// The shop's public origin.
    pub(crate) fn origin(&self) -> Result<String> {
        Ok(format!("http://127.0.0.1:{}", self.port("gateway")?))
    }

    /// The payment simulator's origin.
    pub(crate) fn payment_origin(&self) -> Result<String> {
        Ok(format!("http://127.0.0.1:{}", self.port("paysim")?))
    }

    /// The administrator's address of the shop's database.
    pub(crate) fn admin_url(&self) -> Result<Url> {
        if let Some(url) = &self.state.database_url {
            let mut url = Url::parse(url).context("the database's address")?;
            if matches!(url.path(), "" | "/" | "/postgres") {
                url.set_path(DATABASE);
            }
            return Ok(url);
        }
        let (password, port) = (&self.secrets.postgres, self.port("postgres")?);
        let text =
            format!("postgres://postgres:{password}@127.0.0.1:{port}/{DATABASE}?sslmode=disable");
        Url::parse(&text).context("the database's address")
    }

    /// The address of the server that answers searches.
    pub(crate) fn opensearch_url(&self) -> Result<String> {
        match &self.state.opensearch_url {
            Some(url) => Ok(url.clone()),
            None => crate::opensearch::url(self.state),
        }
    }

    /// A service's own address of the shop's database.
    pub(crate) fn database_url(&self, service: &str) -> Result<Url> {
        let password = self
            .secrets
            .roles
            .get(service)
            .context("no password for that role")?;
        let mut url = self.admin_url()?;
        let named = url.set_username(&format!("techmart_{service}"));
        let known = url.set_password(Some(password));
        if named.is_err() || known.is_err() {
            anyhow::bail!("the database's address {url} takes no login");
        }
        Ok(url)
    }

    /// For `techmart-migrate`.
    pub(crate) fn migrate(&self) -> Result<Env> {
        let mut env = vec![(
            "TECHMART_MIGRATE__DB__URL".to_owned(),
            self.admin_url()?.to_string(),
        )];
        for (role, password) in &self.secrets.roles {
            let role = role.to_uppercase();
            env.push((
                format!("TECHMART_MIGRATE__ROLE_PASSWORDS__{role}"),
                password.clone(),
            ));
        }
        Ok(overridden(env, "migrate"))
    }

    /// For a service and its operator commands.
    pub(crate) fn service(&self, service: &str) -> Result<Env> {
        let own = |key: &str| format!("TECHMART_{}__{key}", service.to_uppercase());
        let mut env = vec![
            ("TECHMART__SHOP__ORIGIN".to_owned(), self.origin()?),
            ("TECHMART__SHOP__CURRENCY".to_owned(), "USD".to_owned()),
            // The gateway is stopped first: there is nothing to drain.
            ("TECHMART__HTTP__DRAIN_MS".to_owned(), "100".to_owned()),
            // One machine does everything here, in debug builds: waiting beats refusing.
            (
                "TECHMART__DB__ACQUIRE_TIMEOUT_MS".to_owned(),
                "5000".to_owned(),
            ),
            (
                "TECHMART__ORDER_TOKEN__KEY".to_owned(),
                self.secrets.order_token_key.clone(),
            ),
            (
                own("HTTP__ADDRESS"),
                format!("127.0.0.1:{}", self.port(service)?),
            ),
            (
                own("HTTP__OPS_ADDRESS"),
                format!("127.0.0.1:{}", self.port(&format!("{service}.ops"))?),
            ),
            (own("DB__URL"), self.database_url(service)?.to_string()),
        ];
        if self.redis {
            let url = crate::redis::url(self.port("redis")?, &self.secrets.redis);
            env.push(("TECHMART__REDIS__URL".to_owned(), url));
        }
        match service {
            "auth" => {
                let key = self
                    .secrets
                    .jwt_signing_key
                    .clone()
                    .context("no signing key yet")?;
                env.push((own("JWT__SIGNING_KEY"), key));
                env.push((
                    own("PASSWORD__PEPPER"),
                    self.secrets.password_pepper.clone(),
                ));
            }
            "checkout" => {
                let pay = self.payment_origin()?;
                env.push((own("PAYMENT__API_BASE"), pay.clone()));
                env.push((
                    own("PAYMENT__SECRET_KEY"),
                    self.secrets.payment_secret_key.clone(),
                ));
                env.push((
                    own("PAYMENT__PUBLISHABLE_KEY"),
                    self.secrets.payment_publishable_key.clone(),
                ));
                env.push((
                    own("PAYMENT__WEBHOOK_SECRET"),
                    self.secrets.payment_webhook_secret.clone(),
                ));
                env.push((own("PAYMENT__SCRIPT_URL"), format!("{pay}/v3/")));
            }
            "search" => {
                let index = self.instance.path("data/search");
                env.push((own("SEARCH__INDEX_DIR"), index.display().to_string()));
                let model = crate::model::file()?;
                env.push((own("SEARCH__MODEL_FILE"), model.display().to_string()));
                if self.state.search == SearchEngine::Opensearch {
                    env.push((own("SEARCH__ENGINE"), "opensearch".to_owned()));
                    env.push((own("OPENSEARCH__URL"), self.opensearch_url()?));
                    // One machine does everything here: waiting beats falling back.
                    env.push((own("OPENSEARCH__SEARCH_TIMEOUT_MS"), "2000".to_owned()));
                }
            }
            // A laptop's own endpoints are private addresses.
            "orders" => env.push((own("WEBHOOKS__ALLOW_PRIVATE"), "true".to_owned())),
            _ => {}
        }
        Ok(overridden(env, service))
    }

    /// For the process of all services: what each of them gets, and its own.
    pub(crate) fn single(&self) -> Result<Env> {
        let mut env = Env::new();
        for name in services() {
            let more = self.service(name)?;
            env.retain(|(key, _)| !more.iter().any(|(other, _)| other == key));
            env.extend(more);
        }
        let own = |key: &str| format!("TECHMART_ALL__{key}");
        let at = |name: &str| Ok::<_, anyhow::Error>(format!("127.0.0.1:{}", self.port(name)?));
        env.push((own("HTTP__ADDRESS"), at("gateway")?));
        env.push((own("HTTP__OPS_ADDRESS"), at("techmart.ops")?));
        let dist = self.instance.workspace().join("web/dist");
        if dist.join("index.html").is_file() {
            env.push((own("PAGES__FOLDER"), dist.display().to_string()));
        }
        Ok(overridden(env, "all"))
    }

    /// For the payment simulator.
    pub(crate) fn paysim(&self) -> Result<Env> {
        let origin = self.origin()?;
        let env = [
            ("LISTEN", format!("127.0.0.1:{}", self.port("paysim")?)),
            ("DATA", self.paysim_home().display().to_string()),
            ("SECRET_KEY", self.secrets.payment_secret_key.clone()),
            (
                "PUBLISHABLE_KEY",
                self.secrets.payment_publishable_key.clone(),
            ),
            ("WEBHOOK_URL", format!("{origin}/api/v1/payments/webhook")),
            (
                "WEBHOOK_SECRET",
                self.secrets.payment_webhook_secret.clone(),
            ),
        ];
        let env = env
            .into_iter()
            .map(|(key, value)| (format!("TECHMART_PAYSIM__{key}"), value));
        Ok(overridden(env.collect(), "paysim"))
    }

    /// Where the payment simulator keeps its ledger.
    pub(crate) fn paysim_home(&self) -> PathBuf {
        self.instance.path("data/paysim")
    }
}

/// Adds the variables of the developer's own shell that concern this process: they win, so that
/// `TECHMART__LOG__FILTER=debug cargo xtask up` does what it says.
fn overridden(mut env: Env, service: &str) -> Env {
    let own = format!("TECHMART_{}__", service.to_uppercase());
    for (key, value) in std::env::vars_os() {
        let (Ok(key), Ok(value)) = (key.into_string(), value.into_string()) else {
            continue;
        };
        // `OTEL_…` says where telemetry goes; those names are OpenTelemetry's.
        let ours = key.starts_with("TECHMART__") || key.starts_with(&own);
        if ours || key.starts_with("OTEL_") {
            env.retain(|(name, _)| *name != key);
            env.push((key, value));
        }
    }
    env
}

/// Names of all services.
pub(crate) fn services() -> impl Iterator<Item = &'static str> {
    SERVICES.iter().map(|(name, _)| *name)
}
