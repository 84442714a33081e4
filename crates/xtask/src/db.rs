//! `cargo xtask db …`: the embedded PostgreSQL on its own.

mod document;
pub(crate) mod prepare;

use std::fs;

use anyhow::{Context, Result, bail};
use url::Url;

use crate::daemon::{self, Lock};
use crate::env::Settings;
use crate::instance::Instance;
use crate::platform;
use crate::secrets::Secrets;
use crate::stack::Stack;
use crate::state::{Run, State};
use crate::ui::Ui;

/// Starts the instance's PostgreSQL in the background and prints its administrator's address.
pub(crate) async fn start(instance: &Instance, ui: Ui) -> Result<()> {
    let run = Run::load(instance)?;
    if !run.supervised() {
        daemon::sweep(instance, &run).await?;
        daemon::start(instance, &["--database-only"], ui)?;
    }
    ui.line(admin_url(instance)?);
    Ok(())
}

/// The administrator's address of the instance's database.
fn admin_url(instance: &Instance) -> Result<Url> {
    let state = State::load(instance)?;
    let secrets = Secrets::load_or_create(instance)?;
    Settings {
        instance,
        state: &state,
        secrets: &secrets,
        redis: false,
    }
    .admin_url()
}

/// The background supervisor of `db start`.
pub(crate) async fn supervise(instance: &Instance, ui: Ui) -> Result<()> {
    let mut stack = Stack::new(instance, true, ui)?;
    let started = daemon::unless_interrupted(stack.start_postgres(true))
        .await
        .map(|_| ());
    if started.is_ok() {
        stack.supervisor.mark_up()?;
        ui.finish(&Ok(()));
        daemon::stop_requested().await?;
    }
    stack.stop().await;
    started
}

/// Throws the instance's data away: database, payment ledger, search index. Its ports and secrets
/// stay.
pub(crate) async fn reset(instance: &Instance, ui: Ui) -> Result<()> {
    let mut state = State::load(instance)?;
    if state.database_url.is_some() {
        bail!("the database was given with --database-url; empty it yourself");
    }
    daemon::stop(instance).await?;
    let _lock = Lock::take(instance)?;
    let data = instance.data_home(platform::is_root())?.join("postgres");
    for dir in [data, instance.path("data")] {
        if dir.exists() {
            fs::remove_dir_all(&dir).with_context(|| format!("cannot remove {}", dir.display()))?;
        }
    }
    state.forget_data();
    state.save(instance)?;
    ui.line("The data are gone; the next `cargo xtask up` begins anew.");
    Ok(())
}

/// A database server for a task: the instance's when it runs, else one for the time being.
#[derive(Debug)]
pub(crate) struct Server {
    /// The administrator's address.
    pub(crate) url: Url,
    own: Option<(Stack, Lock)>,
}

impl Server {
    /// Finds or starts it.
    pub(crate) async fn obtain(instance: &Instance, ui: Ui) -> Result<Self> {
        if Run::load(instance)?.supervised() {
            return Ok(Self {
                url: admin_url(instance)?,
                own: None,
            });
        }
        let lock = Lock::take(instance)?;
        let mut stack = Stack::new(instance, true, ui)?;
        match stack.start_postgres(true).await {
            Ok(_) => Ok(Self {
                url: admin_url(instance)?,
                own: Some((stack, lock)),
            }),
            Err(error) => {
                stack.stop().await;
                Err(error)
            }
        }
    }

    /// Stops it if it was started for the task.
    pub(crate) async fn release(self) {
        if let Some((stack, _lock)) = self.own {
            stack.stop().await;
        }
    }
}
