//! The stack of one instance in the order in which it starts and stops.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use nix::sys::signal::Signal;
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};

use crate::env::{Settings, services};
use crate::instance::{Instance, make_dir};
use crate::postgres::{self, Postgres};
use crate::probe::Probe;
use crate::secrets::Secrets;
use crate::state::{Login, State};
use crate::supervisor::{Spec, Supervisor};
use crate::ui::Ui;
use crate::{build, gateway, ports, redis, tool};

/// How long the database and Redis may take to answer (recovery after a crash included).
const DATA_LIMIT: Duration = Duration::from_mins(1);
/// How long a service may take to become ready (opening its index included).
const SERVICE_LIMIT: Duration = Duration::from_mins(1);
/// How long `up` waits for the search index to follow a first fill.
const SEARCH_LIMIT: Duration = Duration::from_secs(30);
/// The account of the back office.
const STAFF_EMAIL: &str = "staff@techmart.example";

/// A running (or starting) stack.
#[derive(Debug)]
pub(crate) struct Stack {
    pub(crate) instance: Instance,
    pub(crate) state: State,
    pub(crate) secrets: Secrets,
    pub(crate) supervisor: Supervisor,
    redis: bool,
    /// True when this run filled the catalogue.
    filled: bool,
    /// Services that the developer runs.
    without: Vec<String>,
    /// Whether the demo catalogue and customers are filled in on the first run.
    demo: bool,
    pub(crate) ui: Ui,
}

impl Stack {
    /// An empty stack: ports chosen, secrets made, nothing started.
    pub(crate) fn new(instance: &Instance, database_only: bool, ui: Ui) -> Result<Self> {
        let mut state = State::load(instance)?;
        ports::assign(&mut state, None, instance.name().is_empty())?;
        state.save(instance)?;
        Ok(Self {
            instance: instance.clone(),
            state,
            secrets: Secrets::load_or_create(instance)?,
            supervisor: Supervisor::new(instance, database_only)?,
            redis: false,
            filled: false,
            without: Vec::new(),
            demo: true,
            ui,
        })
    }

    /// The same without some services.
    pub(crate) fn without(mut self, names: &[String]) -> Self {
        self.without = names.to_vec();
        self
    }

    /// The same without the demo catalogue and its customers.
    pub(crate) fn bare(mut self) -> Self {
        self.demo = false;
        self
    }

    pub(crate) fn includes(&self, name: &str) -> bool {
        !self.without.iter().any(|other| other == name)
    }

    /// Starts everything in order and returns when all of it answers.
    pub(crate) async fn start(&mut self) -> Result<()> {
        self.start_database().await?;
        if !self.state.single {
            self.start_redis().await?;
        }
        self.start_search_engine().await?;
        self.migrate().await?;
        self.seed_once().await?;
        if self.state.single {
            self.start_single().await?;
        } else {
            self.start_services().await?;
            self.start_gateway().await?;
        }
        self.wait_for_search().await?;
        self.supervisor.mark_up()
    }

    /// After the catalogue was filled: waits until the search index has followed.
    async fn wait_for_search(&self) -> Result<()> {
        if !self.filled || !self.includes("search") {
            return Ok(());
        }
        let step = self.ui.step("Search index");
        let url = format!("{}/api/v1/search?q=&limit=1", self.settings().origin()?);
        let client = reqwest::Client::builder()
            .timeout(Duration::from_secs(5))
            .no_proxy()
            .build()?;
        let begun = Instant::now();
        let mut last = 0;
        while begun.elapsed() < SEARCH_LIMIT {
            tokio::time::sleep(Duration::from_millis(700)).await;
            let answer: serde_json::Value = client.get(&url).send().await?.json().await?;
            let total = answer["total"].as_u64().unwrap_or_default();
            if total > 0 && total == last {
                step.done(format!("{total} products"));
                return Ok(());
            }
            last = total;
        }
        step.warn("not caught up yet; it follows in the background");
        Ok(())
    }

    /// The port of a listener.
    pub(crate) fn port(&self, name: &str) -> Result<u16> {
        self.state
            .ports
            .get(name)
            .copied()
            .with_context(|| format!("no port for {name}"))
    }

    /// What the processes' environments are made of.
    pub(crate) fn settings(&self) -> Settings<'_> {
        Settings {
            instance: &self.instance,
            state: &self.state,
            secrets: &self.secrets,
            redis: self.redis,
        }
    }

    /// The embedded server, or the one that was given.
    async fn start_database(&mut self) -> Result<()> {
        if self.state.database_url.is_none() {
            return self.start_postgres(true).await.map(|_| ());
        }
        let step = self.ui.step("PostgreSQL (yours)");
        let url = self.settings().admin_url()?;
        let database = url.path().trim_start_matches('/').to_owned();
        let options: PgConnectOptions = url.as_str().parse().context("the database's address")?;
        create_database(&options.clone().database("postgres"), &database).await?;
        step.done(format!("{}:{}", options.get_host(), options.get_port()));
        Ok(())
    }

    /// Starts the embedded PostgreSQL and makes the shop's empty database.
    pub(crate) async fn start_postgres(&mut self, durable: bool) -> Result<Postgres> {
        let port = self.port("postgres")?;
        let mut server =
            Postgres::prepare(&self.instance, port, &self.secrets.postgres, self.ui).await?;
        if !durable {
            server = server.forgetful();
        }
        if server.fresh {
            self.state.forget_data();
            self.state.save(&self.instance)?;
        }
        let step = self.ui.step(format!("PostgreSQL {}", postgres::VERSION));
        self.supervisor.start(server.spec());
        self.supervisor.wait_ready("postgres", DATA_LIMIT).await?;
        create_database(&server.admin("postgres"), postgres::DATABASE).await?;
        step.done(format!("127.0.0.1:{port}"));
        Ok(server)
    }

    /// Starts Redis where there is one.
    pub(crate) async fn start_redis(&mut self) -> Result<()> {
        let step = self.ui.step("Redis");
        let Some(program) = redis::find() else {
            step.warn(redis::MISSING);
            return Ok(());
        };
        let port = self.port("redis")?;
        self.supervisor.start(redis::spec(
            &self.instance,
            program,
            port,
            &self.secrets.redis,
        )?);
        self.supervisor.wait_ready("redis", DATA_LIMIT).await?;
        self.redis = true;
        step.done(format!("127.0.0.1:{port}"));
        Ok(())
    }

    /// Makes the roles and brings the schema up to date.
    pub(crate) async fn migrate(&self) -> Result<()> {
        let step = self.ui.step("Database schema");
        let env = self.settings().migrate()?;
        tool::capture(&self.instance, "migrate", &["roles"], env.clone()).await?;
        let migrated = tool::capture(&self.instance, "migrate", &["up"], env).await;
        migrated.map_err(|error| {
            let rewritten = format!("{error:#}").contains("has been modified");
            let hint = format!(
                "start over with `cargo xtask db reset{}`",
                self.instance.flag()
            );
            if rewritten {
                error.context(hint)
            } else {
                error
            }
        })?;
        step.done("up to date");
        Ok(())
    }

    /// On the first run: the demo catalogue, demo customers, the staff account.
    async fn seed_once(&mut self) -> Result<()> {
        if self.demo && !self.state.seeded && self.includes("catalog") && self.includes("auth") {
            let step = self.ui.step("Demo catalogue and customers");
            let env = self.settings().service("catalog")?;
            let said = tool::capture(&self.instance, "catalog", &["seed"], env).await?;
            let env = self.settings().service("auth")?;
            let customers = tool::capture(&self.instance, "auth", &["seed"], env).await?;
            self.state.customers = customers.lines().filter_map(login).collect();
            self.state.seeded = true;
            self.filled = true;
            self.state.save(&self.instance)?;
            step.done(said.lines().next().unwrap_or_default().trim());
        }
        if self.state.staff.is_none() && self.includes("auth") {
            let step = self.ui.step("Staff account");
            let env = self.settings().service("auth")?;
            let args = ["staff", "create", "--email", STAFF_EMAIL];
            let output = tool::capture(&self.instance, "auth", &args, env).await?;
            let password = output
                .split_whitespace()
                .last()
                .context("no password was printed")?;
            self.state.staff = Some(Login {
                email: STAFF_EMAIL.to_owned(),
                password: password.to_owned(),
            });
            self.state.save(&self.instance)?;
            step.done(STAFF_EMAIL);
        }
        Ok(())
    }

    /// Starts the payment simulator and the six services together.
    async fn start_services(&mut self) -> Result<()> {
        let step = self.ui.step("Services");
        self.start_paysim()?;
        let names: Vec<&str> = services().filter(|name| self.includes(name)).collect();
        for &name in &names {
            let (port, ops) = (self.port(name)?, self.port(&format!("{name}.ops"))?);
            let env = self.settings().service(name)?;
            let probe = Probe::Http(format!("http://127.0.0.1:{ops}/readyz"));
            self.supervisor
                .start(self.service_spec(name, port, Some(ops), env, probe)?);
            if name == "auth" {
                // On its first start it publishes the key by which the others check tokens.
                self.supervisor.wait_ready(name, SERVICE_LIMIT).await?;
            }
        }
        for &name in names.iter().chain(&["paysim"]) {
            step.update(&format!("waiting for {name}"));
            self.supervisor.wait_ready(name, SERVICE_LIMIT).await?;
        }
        step.done(format!("{}, payment simulator", names.join(", ")));
        Ok(())
    }

    fn start_paysim(&mut self) -> Result<()> {
        make_dir(&self.settings().paysim_home(), 0o700)?;
        let port = self.port("paysim")?;
        let env = self.settings().paysim()?;
        let probe = Probe::Tcp(port);
        self.supervisor
            .start(self.service_spec("paysim", port, None, env, probe)?);
        Ok(())
    }

    /// Starts the payment simulator and the one process of all services, which is its own gateway.
    async fn start_single(&mut self) -> Result<()> {
        let step = self.ui.step("All services in one process");
        self.start_paysim()?;
        let (port, ops) = (self.port("gateway")?, self.port("techmart.ops")?);
        let env = self.settings().single()?;
        let probe = Probe::Http(format!("http://127.0.0.1:{ops}/readyz"));
        let spec = self.service_spec(build::SINGLE, port, Some(ops), env, probe)?;
        self.supervisor.start(spec);
        for name in [build::SINGLE, "paysim"] {
            self.supervisor.wait_ready(name, SERVICE_LIMIT).await?;
        }
        step.done(format!("127.0.0.1:{port}, payment simulator"));
        Ok(())
    }

    fn service_spec(
        &self,
        name: &str,
        port: u16,
        ops_port: Option<u16>,
        env: Vec<(String, String)>,
        probe: Probe,
    ) -> Result<Spec> {
        Ok(Spec {
            name: name.to_owned(),
            program: build::program(&self.instance, name)?,
            args: Vec::new(),
            env,
            env_once: Vec::new(),
            user: None,
            port,
            ops_port,
            probe,
            stop_signal: Signal::SIGTERM,
            stop_after: Duration::from_secs(25),
        })
    }

    /// Stops a service cleanly and starts it again with more settings; `once` are variables of that
    /// start alone, not of a later one after it died.
    pub(crate) async fn restart(
        &mut self,
        name: &str,
        more: &[(String, String)],
        once: &[(String, String)],
    ) -> Result<()> {
        self.supervisor.stop(&[name.to_owned()]).await;
        let (port, ops) = (self.port(name)?, self.port(&format!("{name}.ops"))?);
        let probe = Probe::Http(format!("http://127.0.0.1:{ops}/readyz"));
        let mut env = self.settings().service(name)?;
        env.extend_from_slice(more);
        let spec = self.service_spec(name, port, Some(ops), env, probe)?;
        self.supervisor.start(Spec {
            env_once: once.to_vec(),
            ..spec
        });
        self.supervisor.wait_ready(name, SERVICE_LIMIT).await
    }

    /// Starts nginx with the configuration generated for this instance.
    pub(crate) async fn start_gateway(&mut self) -> Result<()> {
        let step = self.ui.step("Gateway");
        let nginx = gateway::find_nginx()?;
        let port = self.port("gateway")?;
        let file = gateway::prepare(&self.instance, &self.state, &nginx)?;
        self.supervisor.start(gateway::spec(nginx, &file, port));
        self.supervisor.wait_ready("gateway", SERVICE_LIMIT).await?;
        step.done(format!("127.0.0.1:{port}"));
        Ok(())
    }

    /// Stops everything cleanly, what others need last.
    pub(crate) async fn stop(mut self) {
        let (data, rest): (Vec<String>, Vec<String>) = self
            .supervisor
            .names()
            .into_iter()
            .partition(|name| matches!(name.as_str(), "postgres" | "redis" | "opensearch"));
        let (edge, services): (Vec<String>, Vec<String>) =
            rest.into_iter().partition(|name| name == "gateway");
        for group in [edge, services, data] {
            self.supervisor.stop(&group).await;
        }
        self.supervisor.close();
    }
}

/// Reads a line `email password` of a seeding command.
fn login(line: &str) -> Option<Login> {
    match line.split_whitespace().collect::<Vec<_>>()[..] {
        [email, password] if email.contains('@') => Some(Login {
            email: email.to_owned(),
            password: password.to_owned(),
        }),
        _ => None,
    }
}

/// Makes a database unless it exists.
pub(crate) async fn create_database(admin: &PgConnectOptions, name: &str) -> Result<()> {
    let mut connection = admin
        .clone()
        .disable_statement_logging()
        .connect()
        .await
        .context("cannot log in to the database")?;
    let exists: bool =
        sqlx::query_scalar("select exists (select from pg_catalog.pg_database where datname = $1)")
            .bind(name)
            .fetch_one(&mut connection)
            .await?;
    if !exists {
        // A database's name cannot be a parameter; quotes in it are doubled.
        let statement = format!("create database \"{}\"", name.replace('"', "\"\""));
        sqlx::query(AssertSqlSafe(statement))
            .execute(&mut connection)
            .await?;
    }
    connection.close().await?;
    Ok(())
}
