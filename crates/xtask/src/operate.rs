//! `seed`, `import`, `reindex`, `verify`: the shipped programs' commands with the instance's settings.

use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::env::{Settings, services};
use crate::instance::Instance;
use crate::secrets::Secrets;
use crate::state::{Run, State};
use crate::ui::Ui;
use crate::{build, tool};

/// Calls one operator command of a program while the stack runs.
async fn call(instance: &Instance, program: &str, args: &[&str]) -> Result<()> {
    let run = Run::load(instance)?;
    if !run.supervised() || !run.up || run.database_only {
        bail!(
            "TechMart does not run; start it with `cargo xtask up --detach{}`",
            instance.flag()
        );
    }
    let state = State::load(instance)?;
    let secrets = Secrets::load_or_create(instance)?;
    let redis = run.children.contains_key("redis");
    let settings = Settings {
        instance,
        state: &state,
        secrets: &secrets,
        redis,
    };
    let env = match program {
        "migrate" => settings.migrate()?,
        service => settings.service(service)?,
    };
    tool::pass_through(instance, program, args, env).await
}

/// The demo catalogue and customers.
pub(crate) async fn seed(instance: &Instance) -> Result<()> {
    call(instance, "catalog", &["seed"]).await?;
    call(instance, "auth", &["seed"]).await
}

/// Products from a file.
pub(crate) async fn import(
    instance: &Instance,
    file: &Path,
    mapping: &Path,
    dry_run: bool,
) -> Result<()> {
    let file = file.to_str().context("the file's name is not UTF-8")?;
    let mapping = mapping
        .to_str()
        .context("the mapping's name is not UTF-8")?;
    let mut args = vec!["import", file, "--mapping", mapping];
    if dry_run {
        args.push("--dry-run");
    }
    call(instance, "catalog", &args).await
}

/// The search index from scratch.
pub(crate) async fn reindex(instance: &Instance) -> Result<()> {
    call(instance, "search", &["reindex"]).await
}

/// The invariants of stock, carts, money and orders.
pub(crate) async fn verify(instance: &Instance) -> Result<()> {
    call(instance, "migrate", &["verify"]).await
}

/// The settings of one program as shell exports.
pub(crate) fn print_env(instance: &Instance, program: &str, ui: Ui) -> Result<()> {
    let run = Run::load(instance)?;
    let state = State::load(instance)?;
    let secrets = Secrets::load_or_create(instance)?;
    let redis = run.children.contains_key("redis");
    let settings = Settings {
        instance,
        state: &state,
        secrets: &secrets,
        redis,
    };
    let env = match program {
        "migrate" => settings.migrate()?,
        "paysim" => settings.paysim()?,
        build::SINGLE => settings.single()?,
        name if services().any(|service| service == name) => settings.service(name)?,
        other => bail!(
            "there is no program {other:?}; there are: {}, migrate, paysim, techmart",
            services().collect::<Vec<_>>().join(", ")
        ),
    };
    for (key, value) in env {
        ui.line(format!("export {key}='{}'", value.replace('\'', r"'\''")));
    }
    Ok(())
}
