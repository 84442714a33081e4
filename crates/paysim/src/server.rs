//! Starting and stopping.

use std::{io, net::SocketAddr, sync::Arc};

use serde_json::Value;
use thiserror::Error;
use tokio::{net::TcpListener, task::JoinSet};
use tokio_util::sync::CancellationToken;

use crate::{
    api,
    app::App,
    config::{Config, Webhook},
    faults::Faults,
    journal::JournalError,
    ledger::Ledger,
    listen, settle,
    store::Store,
    webhooks::{self, Delivery},
};

/// Why a simulator did not start.
#[derive(Debug, Error)]
pub enum StartError {
    /// A setting cannot work.
    #[error("{0}")]
    Config(String),
    /// The journal cannot be used.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        address: SocketAddr,
        source: io::Error,
    },
    /// The client for webhooks cannot be made.
    #[error("cannot make an HTTP client: {0}")]
    Client(#[source] reqwest::Error),
}

/// A running simulator. Dropping it stops it at once, as a crash would; `stop` ends what it
/// has begun.
#[derive(Debug)]
pub struct Running {
    /// Where it is reached, for example `http://127.0.0.1:8090`.
    pub base_url: String,
    /// Where it listens.
    pub address: SocketAddr,
    app: Arc<App>,
    stop: CancellationToken,
    tasks: JoinSet<()>,
}

/// Starts a simulator. It answers when this returns.
pub async fn start(config: Config) -> Result<Running, StartError> {
    config.check().map_err(StartError::Config)?;
    let (store, replay) = Store::open(&config.data_dir, config.spans())?;
    if replay.cut_bytes > 0 {
        tracing::warn!(
            bytes = replay.cut_bytes,
            "an unfinished last line of the journal was cut"
        );
    }
    tracing::info!(transactions = replay.transactions, "journal read");
    let listen_error = |source| StartError::Listen {
        address: config.listen,
        source,
    };
    let listener = TcpListener::bind(config.listen)
        .await
        .map_err(listen_error)?;
    let address = listener.local_addr().map_err(listen_error)?;
    // A redirected event was not received; proxies are not asked for local addresses.
    let client = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .user_agent(concat!("techmart-paysim/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(StartError::Client)?;
    let base_url = format!("http://{address}");
    let public_url = config.public_url.as_ref().map_or_else(
        || base_url.clone(),
        |url| url.as_str().trim_end_matches('/').to_owned(),
    );
    let app = Arc::new(App::new(config, public_url, store));
    let stop = app.stop.clone();
    let mut tasks = JoinSet::new();
    let router = api::router(Arc::clone(&app));
    tasks.spawn(listen::serve(listener, router, stop.clone()));
    tasks.spawn(webhooks::run(Arc::clone(&app), client, stop.clone()));
    let (settling, stopped) = (settle::run(Arc::clone(&app)), stop.clone());
    tasks.spawn(async move {
        stopped.run_until_cancelled(settling).await;
    });
    tracing::info!(%address, "listening");
    Ok(Running {
        base_url,
        address,
        app,
        stop,
        tasks,
    })
}

impl Running {
    /// What was taken and given back so far.
    ///
    /// # Panics
    /// When the simulator has failed; a test cannot go on then.
    pub fn ledger(&self) -> Ledger {
        let read = self.app.store.read(Ledger::of);
        read.expect("a transaction of the simulator panicked").0
    }

    /// Sends the events from now on to an endpoint, for shops that know their own address only
    /// after they have started with this one's.
    ///
    /// # Errors
    /// When the address or the secret cannot work.
    pub fn set_webhook(&self, webhook: Webhook) -> Result<(), StartError> {
        webhook.check().map_err(StartError::Config)?;
        self.app.set_webhook(webhook);
        Ok(())
    }

    /// Lets things go wrong from now on, in place of what did before; `Faults::default()` ends it.
    ///
    /// # Errors
    /// When a rule cannot work.
    pub fn set_faults(&self, faults: Faults) -> Result<(), StartError> {
        faults.check().map_err(StartError::Config)?;
        self.app.faults.replace(faults);
        Ok(())
    }

    /// What goes wrong, with what is left of the counts.
    pub fn faults(&self) -> Faults {
        self.app.faults.list()
    }

    /// The last requests to the endpoint, oldest first.
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.app.deliveries.list()
    }

    /// Answers the bank's open question of an intent in the customer's place; returns the intent
    /// as it is then, or the error object.
    ///
    /// # Errors
    /// When there is no such intent or no open question.
    pub async fn authenticate(&self, intent: &str, passed: bool) -> Result<Value, Value> {
        api::answer_bank(&self.app, intent, passed)
            .await
            .map_err(|error| error.body())
    }

    /// Takes no more requests, ends those that run and the deliveries, and closes the journal.
    pub async fn stop(mut self) {
        self.stop.cancel();
        while self.tasks.join_next().await.is_some() {}
        self.app.store.close();
        tracing::info!("stopped");
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Open connections end by themselves; what they still ask for is refused.
        self.stop.cancel();
        self.app.store.close();
    }
}
