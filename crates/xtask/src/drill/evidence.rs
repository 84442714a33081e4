//! What a drill found: facts, and what is wrong.

use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::{Value, json};
use tokio::process::Command;

use crate::build;
use crate::count::Count;
use crate::instance::write_file;
use crate::stack::Stack;
use crate::supervisor::base_env;
use crate::ui::Ui;

/// Facts and faults, in the order in which they were found.
#[derive(Debug)]
pub(super) struct Findings {
    ui: Ui,
    passed: usize,
    failed: u64,
}

impl Findings {
    /// None yet.
    pub(super) fn new(title: &str, ui: Ui) -> Self {
        ui.line(format!("  {title}"));
        Self {
            ui,
            passed: 0,
            failed: 0,
        }
    }

    /// Something worth telling.
    pub(super) fn fact(&self, text: impl AsRef<str>) {
        self.ui.line(format!("      {}", text.as_ref()));
    }

    /// Something that must hold; `what` says it.
    pub(super) fn check(&mut self, what: &str, holds: bool, otherwise: impl FnOnce() -> String) {
        if holds {
            self.passed += 1;
            self.ui.line(format!("    {} {what}", self.ui.green("✓")));
        } else {
            self.failed += 1;
            let text = format!("✗ {what}: {}", otherwise());
            self.ui.line(format!("    {}", self.ui.red(&text)));
        }
    }

    /// How many held, how many did not.
    pub(super) fn count(&self) -> Count {
        Count {
            failed: self.failed,
            ..Count::passed(self.passed)
        }
    }
}

/// Seconds with one digit behind the point, milliseconds where they are few.
pub(super) fn shown(time: Duration) -> String {
    match time.as_millis() {
        millis @ 0..1000 => format!("{millis} ms"),
        millis => format!("{}.{} s", millis / 1000, millis % 1000 / 100),
    }
}

/// What `techmart-migrate verify` is told besides the database.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Witness<'a> {
    /// Nothing is under way.
    pub(super) quiet: bool,
    /// What clients were told.
    pub(super) history: Option<&'a Value>,
    /// The provider's books, as `/_ledger` has them.
    pub(super) books: Option<&'a Value>,
}

/// Runs `techmart-migrate verify` on the stack's database of now: what is broken.
pub(super) async fn verify(stack: &Stack, witness: Witness<'_>) -> Result<Vec<String>> {
    let mut command = Command::new(build::program(&stack.instance, "migrate")?);
    command.arg("verify");
    if witness.quiet {
        command.arg("--quiet");
    }
    if let Some(history) = witness.history {
        let file = stack.instance.path("data/drill-history.json");
        write_file(&file, history.to_string().as_bytes(), 0o600)?;
        command.arg("--history").arg(file);
    }
    if let Some(books) = witness.books {
        let file = stack.instance.path("data/drill-ledger.json");
        write_file(&file, entries(books).to_string().as_bytes(), 0o600)?;
        command.arg("--ledger").arg(file);
    }
    let output = command
        .env_clear()
        .envs(base_env())
        .envs(stack.settings().migrate()?)
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
