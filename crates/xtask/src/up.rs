//! `cargo xtask up`: from a checkout to a running shop.

use anyhow::{Context, Result, bail};

use crate::env::{Settings, services};
use crate::instance::Instance;
use crate::secrets::Secrets;
use crate::stack::Stack;
use crate::state::{Run, SearchEngine, State};
use crate::ui::Ui;
use crate::{build, daemon, gateway, model, opensearch, ports, redis, rotate, tool, web};

/// What `up` was asked for.
#[derive(Debug, Clone, Default, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "switches of a command line")]
pub(crate) struct Options {
    /// Return when everything is ready; the shop runs on in the background.
    #[arg(long, short)]
    pub(crate) detach: bool,
    /// Use a running PostgreSQL 17 instead of the embedded one (address of an administrator).
    #[arg(long, value_name = "URL")]
    pub(crate) database_url: Option<String>,
    /// Who answers searches; remembered until another is given.
    #[arg(long, value_name = "ENGINE")]
    pub(crate) search: Option<SearchEngine>,
    /// Use a running OpenSearch instead of one of the stack's own (implies `--search opensearch`).
    #[arg(long, value_name = "URL")]
    pub(crate) opensearch_url: Option<String>,
    /// The six services as one process, without gateway and Redis, as a small shop runs them.
    #[arg(long, conflicts_with = "without")]
    pub(crate) single: bool,
    /// Leave out services that you run yourself (see `cargo xtask env`), as in `cart,checkout`.
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub(crate) without: Vec<String>,
    /// Do not build the pages; the API is all there.
    #[arg(long)]
    pub(crate) no_pages: bool,
    /// Use the programs as they were built last.
    #[arg(long)]
    pub(crate) no_build: bool,
    /// The gateway's port (8080 unless it is taken).
    #[arg(long, value_name = "N")]
    pub(crate) port: Option<u16>,
}

impl Options {
    /// For what asks the API alone: no pages; with `no_build` the programs as they were built last.
    pub(crate) fn api_only(no_build: bool) -> Self {
        Self {
            no_pages: true,
            no_build,
            ..Self::default()
        }
    }
}

/// Brings the shop up and, in the foreground, keeps it up until Ctrl-C.
pub(crate) async fn up(instance: &Instance, options: &Options, ui: Ui) -> Result<()> {
    let run = Run::load(instance)?;
    if run.supervised() && !run.database_only {
        ui.line(if run.up {
            "TechMart is already running."
        } else {
            "TechMart is starting already."
        });
        return print_addresses(instance, ui);
    }
    if run.supervised() {
        daemon::stop(instance).await?; // the database alone: it comes back with everything else
    } else {
        daemon::sweep(instance, &run).await?;
    }
    ui.line(ui.bold("TechMart"));
    prepare(instance, options, ui).await?;
    if options.detach {
        let without = options.without.join(",");
        let arguments = ["--without", &without];
        daemon::start(
            instance,
            if without.is_empty() { &[] } else { &arguments },
            ui,
        )?;
        return print_addresses(instance, ui);
    }
    let _lock = daemon::Lock::take(instance)?;
    keep_up(instance, &options.without, ui, || {
        print_addresses(instance, ui)?;
        ui.line("Ctrl-C stops everything.");
        Ok(())
    })
    .await
}

/// All that needs no running process: programs, ports, builds, keys.
pub(crate) async fn prepare(instance: &Instance, options: &Options, ui: Ui) -> Result<()> {
    for name in &options.without {
        if !services().any(|service| service == name) {
            bail!("--without {name}: there is no such service");
        }
    }
    check_machine(options.single, ui)?;
    let mut state = State::load(instance)?;
    if options.database_url.is_some() && options.database_url != state.database_url {
        state.forget_data();
    }
    if options.database_url.is_some() {
        state.database_url.clone_from(&options.database_url);
    }
    state.single = options.single;
    choose_search(&mut state, options, ui).await?;
    ports::assign(&mut state, options.port, instance.name().is_empty())?;
    state.save(instance)?;
    let parts = (options.without.as_slice(), options.single);
    build::build(instance, parts, !options.no_build, ui)?;
    if !options.no_pages {
        web::build(instance, ui)?;
    }
    if !options.without.iter().any(|name| name == "search") {
        model::ensure(instance, ui).await?;
    }
    let mut secrets = Secrets::load_or_create(instance)?;
    if secrets.jwt_signing_key.is_none() && !options.without.iter().any(|name| name == "auth") {
        let key = tool::capture(instance, "auth", &["key", "generate"], Vec::new()).await?;
        if !key.contains("PRIVATE KEY") {
            bail!("`techmart-auth key generate` printed no key");
        }
        secrets.jwt_signing_key = Some(key);
        secrets.save(instance)?;
    }
    Ok(())
}

/// Takes down who answers searches, once it is clear that there is such a server.
async fn choose_search(state: &mut State, options: &Options, ui: Ui) -> Result<()> {
    if let Some(engine) = options.search {
        state.search = engine;
        state.opensearch_url = None;
    }
    if options.opensearch_url.is_some() {
        if options.search == Some(SearchEngine::Embedded) {
            bail!("--opensearch-url goes with `--search opensearch`");
        }
        state.search = SearchEngine::Opensearch;
        state.opensearch_url.clone_from(&options.opensearch_url);
    }
    match (state.search, &state.opensearch_url) {
        (SearchEngine::Embedded, _) => Ok(()),
        (SearchEngine::Opensearch, Some(url)) => opensearch::check_given(url).await.map(drop),
        (SearchEngine::Opensearch, None) => {
            opensearch::assign_ports(state)?;
            opensearch::find(ui)?.map(drop).context(opensearch::MISSING)
        }
    }
}

fn check_machine(single: bool, ui: Ui) -> Result<()> {
    let step = ui.step("Machine");
    if !matches!(std::env::consts::OS, "linux" | "macos") {
        bail!("TechMart's development stack runs on Linux and macOS");
    }
    if single {
        step.done("one process: neither gateway nor Redis");
        return Ok(());
    }
    let nginx = gateway::find_nginx()?;
    let redis = redis::find();
    let redis = redis.map_or_else(|| "no Redis".to_owned(), |path| path.display().to_string());
    step.done(format!("{}, {redis}", nginx.display()));
    Ok(())
}

/// Starts the stack, calls `ready` once all of it answers, and keeps it until asked to stop.
pub(crate) async fn keep_up(
    instance: &Instance,
    without: &[String],
    ui: Ui,
    ready: impl FnOnce() -> Result<()>,
) -> Result<()> {
    let mut stack = Stack::new(instance, false, ui)?.without(without);
    let started = daemon::unless_interrupted(stack.start()).await;
    let outcome = match started {
        Ok(()) => match ready() {
            Ok(()) => tokio::select! {
                stopped = daemon::stop_requested() => stopped,
                never = rotate::keep_small(instance) => never,
            },
            failed => failed,
        },
        failed => failed,
    };
    stack.stop().await;
    outcome
}

/// The addresses of a running shop, the staff login, and how to stop.
pub(crate) fn print_addresses(instance: &Instance, ui: Ui) -> Result<()> {
    let state = State::load(instance)?;
    let secrets = Secrets::load_or_create(instance)?;
    let settings = Settings {
        instance,
        state: &state,
        secrets: &secrets,
        redis: false,
    };
    let origin = settings.origin()?;
    let pages = instance.workspace().join("web/dist/index.html").is_file();
    ui.line("");
    if pages {
        ui.line(format!("  Shop      {}", ui.bold(&origin)));
    }
    ui.line(format!("  API       {origin}/api/v1"));
    ui.line(format!(
        "  Payments  {} (simulator)",
        settings.payment_origin()?
    ));
    if state.database_url.is_none() {
        let port = state
            .ports
            .get("postgres")
            .context("no port for postgres")?;
        ui.line(format!(
            "  Database  127.0.0.1:{port} (address: cargo xtask db start{})",
            instance.flag()
        ));
    }
    if state.search == SearchEngine::Opensearch {
        let url = settings.opensearch_url()?;
        ui.line(format!(
            "  Search    {} (OpenSearch)",
            opensearch::without_login(&url)
        ));
    }
    if let Some(staff) = &state.staff {
        ui.line(format!("  Staff     {} / {}", staff.email, staff.password));
    }
    for customer in &state.customers {
        ui.line(format!(
            "  Customer  {} / {}",
            customer.email, customer.password
        ));
    }
    ui.line(format!("  Logs      cargo xtask logs{}", instance.flag()));
    ui.line(format!("  Stop      cargo xtask down{}", instance.flag()));
    Ok(())
}
