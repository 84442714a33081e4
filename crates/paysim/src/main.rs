//! `techmart-paysim`: the payment provider simulator as a process.

use std::{net::SocketAddr, path::PathBuf, process::ExitCode, time::Duration};

use clap::Parser;
use paysim::{Config, Retry, Webhook};
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::Layer as _;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use url::Url;

/// A payment provider simulator that speaks Stripe's API, with an own ledger and test cards.
#[derive(Parser)]
#[command(version)]
struct Args {
    /// Address to listen on
    #[arg(
        long,
        env = "TECHMART_PAYSIM__LISTEN",
        default_value = "127.0.0.1:8090"
    )]
    listen: SocketAddr,
    /// Address under which browsers reach it, when that is another one
    #[arg(long, env = "TECHMART_PAYSIM__PUBLIC_URL", value_name = "URL")]
    public_url: Option<Url>,
    /// Folder of the journal, made when missing
    #[arg(long, env = "TECHMART_PAYSIM__DATA", value_name = "DIR")]
    data: PathBuf,
    /// Key of the shop's server
    #[arg(
        long,
        env = "TECHMART_PAYSIM__SECRET_KEY",
        value_name = "sk_test_…",
        hide_env_values = true
    )]
    secret_key: String,
    /// Key of the shop's pages
    #[arg(
        long,
        env = "TECHMART_PAYSIM__PUBLISHABLE_KEY",
        value_name = "pk_test_…"
    )]
    publishable_key: String,
    /// Where events are posted; without it they are only recorded
    #[arg(
        long,
        env = "TECHMART_PAYSIM__WEBHOOK_URL",
        value_name = "URL",
        requires = "webhook_secret"
    )]
    webhook_url: Option<Url>,
    /// Secret that events are signed with
    #[arg(
        long,
        env = "TECHMART_PAYSIM__WEBHOOK_SECRET",
        value_name = "whsec_…",
        hide_env_values = true
    )]
    webhook_secret: Option<String>,
    /// Wait before an undelivered event is sent again; it doubles with each failure
    #[arg(
        long,
        env = "TECHMART_PAYSIM__WEBHOOK_RETRY_MS",
        value_name = "MS",
        default_value_t = 500
    )]
    webhook_retry_ms: u64,
    /// Longest wait between two tries
    #[arg(
        long,
        env = "TECHMART_PAYSIM__WEBHOOK_RETRY_MAX_MS",
        value_name = "MS",
        default_value_t = 60_000
    )]
    webhook_retry_max_ms: u64,
    /// How long a refund to the "pending refund" test card takes
    #[arg(
        long,
        env = "TECHMART_PAYSIM__REFUND_SETTLE_MS",
        value_name = "MS",
        default_value_t = 2_000
    )]
    refund_settle_ms: u64,
    /// How long after a payment with a "dispute" test card the dispute is opened
    #[arg(
        long,
        env = "TECHMART_PAYSIM__DISPUTE_AFTER_MS",
        value_name = "MS",
        default_value_t = 1_000
    )]
    dispute_after_ms: u64,
    /// How long the bank holds an amount that nobody takes
    #[arg(
        long,
        env = "TECHMART_PAYSIM__HOLD_S",
        value_name = "S",
        default_value_t = 604_800
    )]
    hold_s: u64,
    /// How long the bank thinks about evidence
    #[arg(
        long,
        env = "TECHMART_PAYSIM__DISPUTE_REVIEW_MS",
        value_name = "MS",
        default_value_t = 2_000
    )]
    dispute_review_ms: u64,
    /// What is logged: a level, and TARGET=LEVEL for some targets, for example `info,paysim=debug`
    #[arg(
        long,
        env = "TECHMART_PAYSIM__LOG__FILTER",
        value_name = "FILTER",
        default_value = "info"
    )]
    log_filter: Targets,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Args::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("techmart-paysim: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(args: Args) -> Result<(), Box<dyn std::error::Error>> {
    let config = Config {
        listen: args.listen,
        public_url: args.public_url,
        data_dir: args.data,
        secret_key: args.secret_key,
        publishable_key: args.publishable_key,
        webhook: args
            .webhook_url
            .zip(args.webhook_secret)
            .map(|(url, secret)| Webhook { url, secret }),
        retry: Retry {
            first: Duration::from_millis(args.webhook_retry_ms),
            max: Duration::from_millis(args.webhook_retry_max_ms),
            ..Retry::default()
        },
        refund_settle: Duration::from_millis(args.refund_settle_ms),
        dispute_after: Duration::from_millis(args.dispute_after_ms),
        hold: Duration::from_secs(args.hold_s),
        dispute_review: Duration::from_millis(args.dispute_review_ms),
        faults: paysim::Faults::default(),
    };
    let lines = tracing_subscriber::fmt::layer().json().flatten_event(true);
    tracing_subscriber::registry()
        .with(lines.with_filter(args.log_filter))
        .init();
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let running = paysim::start(config).await?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    running.stop().await;
    Ok(())
}
