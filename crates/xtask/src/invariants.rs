//! `techmart-migrate verify` with what else is known: what clients were told, what the provider has in its books.

use anyhow::{Context, Result};
use serde_json::{Value, json};
use tokio::process::Command;

use crate::build;
use crate::env::Env;
use crate::instance::{Instance, write_file};
use crate::supervisor::base_env;

/// What `techmart-migrate verify` is told besides the database.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Witness<'a> {
    /// Nothing is under way.
    pub(crate) quiet: bool,
    /// What clients were told.
    pub(crate) history: Option<&'a Value>,
    /// The provider's books, as `/_ledger` has them.
    pub(crate) books: Option<&'a Value>,
}

/// Runs `techmart-migrate verify` on the database that `env` names: the broken invariants with their violations.
pub(crate) async fn verify(
    instance: &Instance,
    env: Env,
    witness: Witness<'_>,
) -> Result<Vec<String>> {
    let mut command = Command::new(build::program(instance, "migrate")?);
    command.arg("verify");
    if witness.quiet {
        command.arg("--quiet");
    }
    if let Some(history) = witness.history {
        let file = instance.path("data/history.json");
        write_file(&file, history.to_string().as_bytes(), 0o600)?;
        command.arg("--history").arg(file);
    }
    if let Some(books) = witness.books {
        let file = instance.path("data/ledger.json");
        write_file(&file, entries(books).to_string().as_bytes(), 0o600)?;
        command.arg("--ledger").arg(file);
    }
    let output = command
        .env_clear()
        .envs(base_env())
        .envs(env)
        .output()
        .await
        .context("cannot run techmart-migrate verify")?;
    if output.status.success() {
        return Ok(Vec::new());
    }
    let said = String::from_utf8_lossy(&output.stdout);
    let mut broken: Vec<String> = said
        .lines()
        .filter(|line| line.starts_with("BROKEN") || line.starts_with("    "))
        .map(|line| line.trim().to_owned())
        .collect();
    if broken.is_empty() {
        broken.push(String::from_utf8_lossy(&output.stderr).trim().to_owned());
    }
    Ok(broken)
}

/// The provider's books as `verify --ledger` reads them.
fn entries(books: &Value) -> Value {
    let intents = books["intents"].as_array().into_iter().flatten();
    intents
        .map(|intent| {
            json!({
                "provider_ref": intent["id"],
                "captured_minor": intent["captured"],
                "refunded_minor": intent["refunded"],
                "currency": intent["currency"],
            })
        })
        .collect()
}
