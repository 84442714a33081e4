//! `cargo xtask db …`: the embedded PostgreSQL on its own.

use anyhow::Result;

use crate::daemon;
use crate::instance::Instance;
use crate::postgres;
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
pub(crate) fn admin_url(instance: &Instance) -> Result<String> {
    let state = State::load(instance)?;
    if let Some(url) = state.database_url {
        return Ok(url);
    }
    let secrets = Secrets::load_or_create(instance)?;
    let port = state.ports.get("postgres").copied().unwrap_or_default();
    Ok(format!(
        "postgres://postgres:{}@127.0.0.1:{port}/{}",
        secrets.postgres,
        postgres::DATABASE
    ))
}

/// The background supervisor of `db start`.
pub(crate) async fn supervise(instance: &Instance, ui: Ui) -> Result<()> {
    let mut stack = Stack::new(instance, true, ui)?;
    let started = tokio::select! {
        started = stack.start_postgres(true) => started.map(|_| ()),
        stopped = daemon::stop_requested() => stopped.and(Err(anyhow::anyhow!("interrupted"))),
    };
    if started.is_ok() {
        stack.supervisor.mark_up()?;
        ui.finish(&Ok(()));
        daemon::stop_requested().await?;
    }
    stack.stop().await;
    started
}
