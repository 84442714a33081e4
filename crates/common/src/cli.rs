//! The command line that every service has: `serve` (also without an argument), `settings`, `healthcheck`, the service's
//! own commands, and in a debug build `openapi`, which is for developers alone.
//!
//! Errors are one line on standard error and exit code 1.

use std::ffi::OsString;
use std::future::Future;
use std::io::Write;
use std::marker::PhantomData;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;
use axum::Router;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use kernel::{SharedClock, SystemClock};
use serde::de::DeserializeOwned;
use tokio_util::sync::CancellationToken;
#[cfg(debug_assertions)]
use utoipa::openapi::OpenApi;

use crate::access::{self, AccessFeed, Verifier};
use crate::config::{self, ConfigError, HttpSettings, Plumbing, SettingRow};
use crate::db::{self, Db};
use crate::jobs::Jobs;
use crate::redis::Cache;
use crate::server::{self, Readiness};
use crate::{dependencies, layers, telemetry};

mod healthcheck;

/// How often keys and revoked sessions are looked for: so long a revoked session may live on.
const ACCESS_INTERVAL: Duration = Duration::from_secs(2);
/// How long background jobs may take to end.
const JOBS_DEADLINE: Duration = Duration::from_secs(10);

/// What a service is.
#[derive(Debug, Clone, Copy)]
pub struct Service {
    /// `auth`, as in `techmart-auth` and `TECHMART_AUTH__…`.
    pub name: &'static str,
    /// One line for `--help`.
    pub about: &'static str,
    /// The service's defaults, TOML.
    pub defaults: &'static str,
    /// The service's API document. Not in a release build: the program then holds nothing that describes.
    #[cfg(debug_assertions)]
    pub openapi: fn() -> OpenApi,
}

/// What a running service has.
#[derive(Debug, Clone)]
pub struct Context {
    /// As in [`Service::name`].
    pub service: &'static str,
    /// The time.
    pub clock: SharedClock,
    /// Background work; ends after the last request.
    pub jobs: Jobs,
    /// Turns green when [`Context::serve`] listens.
    pub readiness: Readiness,
    /// Cancelled when the process was told to stop.
    pub stop: CancellationToken,
}

impl Context {
    /// Keeps `verifier` current from `feed`. The instance takes no requests before it knows a key.
    pub fn follow_access(&self, verifier: &Verifier, feed: impl AccessFeed) {
        let knows = verifier.clone();
        self.readiness.add_condition(move || knows.is_ready());
        access::follow(verifier.clone(), feed, ACCESS_INTERVAL, &self.jobs);
    }

    /// Shows the state of PostgreSQL and Redis in `/readyz`, and takes no requests before the migration
    /// `schema_version` is applied.
    pub fn depend_on(&self, db: &Db, cache: &Cache, schema_version: i64) {
        self.readiness.add_probe(db.probe());
        if let Some(probe) = cache.probe() {
            self.readiness.add_probe(probe);
        }
        db::expect_schema(db, schema_version, &self.readiness, &self.jobs);
        dependencies::watch_pools(self.service, db, cache, &self.jobs);
        dependencies::watch(&self.readiness, &self.jobs);
    }

    /// Puts the middleware stack around `router`, serves it until the process is told to stop, and
    /// then ends the background work. Pools may be closed after it.
    pub async fn serve(&self, router: Router, http: &HttpSettings) -> anyhow::Result<()> {
        let router = layers::apply(router, http, self.service);
        server::serve(router, http, self.readiness.clone(), self.stop.clone()).await?;
        self.jobs.shutdown(JOBS_DEADLINE).await;
        Ok(())
    }
}

/// The settings of a service that nobody has read yet: some commands work before they are complete.
#[derive(Debug)]
pub struct Unread<S> {
    service: Service,
    settings: PhantomData<fn() -> S>,
}

impl<S: DeserializeOwned> Unread<S> {
    fn of(service: Service) -> Self {
        Self {
            service,
            settings: PhantomData,
        }
    }

    /// Reads them from the service's defaults and the process's environment. An error names the variable.
    pub fn read(&self) -> Result<S, ConfigError> {
        config::load(self.service.name, self.service.defaults)
    }
}

/// For services without commands of their own.
#[derive(Debug, Clone, Copy, Subcommand)]
pub enum NoCommand {}

#[derive(Debug, Parser)]
struct Arguments<C: Subcommand> {
    #[command(subcommand)]
    command: Option<Command<C>>,
}

#[derive(Debug, Subcommand)]
enum Command<C: Subcommand> {
    /// Serve requests until told to stop (the default)
    Serve,
    /// Print the service's OpenAPI document
    #[cfg(debug_assertions)]
    Openapi,
    /// Print every setting with its variable, default and meaning
    Settings,
    /// Exit 0 if the service of this configuration is alive
    Healthcheck,
    #[command(flatten)]
    Own(C),
}

/// Runs a service's command line. `serve` runs the service; `own` runs one of its own commands, which reads the settings
/// if it needs them.
pub fn main<S, C, Serve, Serving, Own, Owning>(service: Service, serve: Serve, own: Own) -> ExitCode
where
    S: DeserializeOwned,
    C: Subcommand,
    Serve: FnOnce(S, Context) -> Serving,
    Serving: Future<Output = anyhow::Result<()>>,
    Own: FnOnce(C, Unread<S>, Context) -> Owning,
    Owning: Future<Output = anyhow::Result<()>>,
{
    let program = format!("techmart-{}", service.name);
    main_as(service, arguments(&program), serve, own)
}

/// The arguments of this process behind a program's name as people know it.
pub fn arguments(program: &str) -> Vec<OsString> {
    let given = std::env::args_os().skip(1);
    std::iter::once(program.into()).chain(given).collect()
}

/// As [`main`], with these arguments; the first is the program's name as people know it.
pub fn main_as<S, C, Serve, Serving, Own, Owning>(
    service: Service,
    arguments: Vec<OsString>,
    serve: Serve,
    own: Own,
) -> ExitCode
where
    S: DeserializeOwned,
    C: Subcommand,
    Serve: FnOnce(S, Context) -> Serving,
    Serving: Future<Output = anyhow::Result<()>>,
    Own: FnOnce(C, Unread<S>, Context) -> Owning,
    Owning: Future<Output = anyhow::Result<()>>,
{
    let program = arguments
        .first()
        .map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    match run(service, &program, arguments, serve, own) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Standard error may be closed; the exit code still tells.
            let _written = writeln!(std::io::stderr(), "{program}: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run<S, C, Serve, Serving, Own, Owning>(
    service: Service,
    program: &str,
    arguments: Vec<OsString>,
    serve: Serve,
    own: Own,
) -> anyhow::Result<()>
where
    S: DeserializeOwned,
    C: Subcommand,
    Serve: FnOnce(S, Context) -> Serving,
    Serving: Future<Output = anyhow::Result<()>>,
    Own: FnOnce(C, Unread<S>, Context) -> Owning,
    Owning: Future<Output = anyhow::Result<()>>,
{
    let name: &'static str = service.name;
    let matches = Arguments::<C>::command()
        .bin_name(program)
        .display_name(program)
        .about(service.about)
        .version(env!("CARGO_PKG_VERSION"))
        .get_matches_from(arguments);
    let arguments = Arguments::<C>::from_arg_matches(&matches)?;
    let command = arguments.command.unwrap_or(Command::Serve);
    match command {
        #[cfg(debug_assertions)]
        Command::Openapi => {
            let document = crate::openapi::finish((service.openapi)());
            return print(&document.to_pretty_json()?);
        }
        Command::Settings => return print(&settings_table(service)),
        _ => {}
    }
    let plumbing: Plumbing = config::load(name, service.defaults)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        if matches!(command, Command::Healthcheck) {
            return healthcheck::run(plumbing.http.ops_address).await;
        }
        #[cfg(debug_assertions)]
        crate::failpoint::arm()?;
        let telemetry = telemetry::init(name, &plumbing.log, &plumbing.cloudwatch)?;
        let jobs = Jobs::new();
        let context = Context {
            service: name,
            clock: SystemClock::shared(),
            stop: server::stop_on_signals(&jobs)?,
            jobs: jobs.clone(),
            readiness: Readiness::new(),
        };
        let settings = Unread::of(service);
        let result = match command {
            Command::Own(command) => own(command, settings, context).await,
            _ => match settings.read() {
                Ok(settings) => serve(settings, context).await,
                Err(error) => Err(error.into()),
            },
        };
        jobs.shutdown(JOBS_DEADLINE).await;
        telemetry.shutdown().await;
        result
    })
}

/// The settings that all services share, then the service's own. Its variables win over the shared ones.
fn settings_table(service: Service) -> String {
    let shared = SettingRow::markdown("", &config::describe(config::DEFAULTS));
    let own = SettingRow::markdown(service.name, &config::describe(service.defaults));
    let name = service.name.to_uppercase();
    format!(
        "For every service; `TECHMART_{name}__…` sets one for this service alone.\n\n{shared}\n{own}"
    )
}

fn print(text: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.trim_end().as_bytes())
        .and_then(|()| out.write_all(b"\n"))
        .context("cannot write to standard output")
}
