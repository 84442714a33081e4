//! Builds the shop's programs with one cargo call and keeps them for the instance.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::env::services;
use crate::instance::Instance;
use crate::metadata;
use crate::ui::Ui;
use anyhow::{Context, Result, bail};

/// A cargo command in the workspace, free of the variables of the cargo that runs this program
/// (they would make build scripts run again).
pub(crate) fn cargo(workspace: &Path) -> Command {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(program);
    for (key, _) in std::env::vars_os() {
        let Some(name) = key.to_str() else { continue };
        let ours = name.starts_with("CARGO_PKG_")
            || name.starts_with("CARGO_BIN_")
            || matches!(
                name,
                "CARGO"
                    | "CARGO_MANIFEST_DIR"
                    | "CARGO_MANIFEST_PATH"
                    | "CARGO_CRATE_NAME"
                    | "CARGO_PRIMARY_PACKAGE"
                    | "OUT_DIR"
                    | "LD_LIBRARY_PATH"
            );
        if ours {
            command.env_remove(name);
        }
    }
    command.current_dir(workspace).stdin(Stdio::null());
    command
}

/// Names of the programs that a running shop needs, except those the developer runs.
fn programs(without: &[String]) -> Vec<String> {
    let wanted = |name: &&str| !without.iter().any(|other| other == name);
    services()
        .chain(["migrate", "paysim"])
        .filter(wanted)
        .map(|name| format!("techmart-{name}"))
        .collect()
}

/// Builds the programs and puts them into the instance's `bin` folder, so that a later build does
/// not change what runs.
pub(crate) fn build(instance: &Instance, without: &[String], ui: Ui) -> Result<()> {
    let step = ui.step("Building the services");
    let programs = programs(without);
    let mut command = cargo(instance.workspace());
    command.arg("build");
    for name in &programs {
        command.args(["--bin", name]);
    }
    if ui.is_terminal() {
        step.pause(); // cargo shows its own progress
    } else {
        command.arg("--quiet");
    }
    let status = command.status().context("cannot run cargo")?;
    if !status.success() {
        bail!("the build failed (see above)");
    }
    let from = metadata::load(instance.workspace())?
        .target_directory
        .join("debug");
    for name in &programs {
        place(&from.join(name), &instance.path("bin").join(name))?;
    }
    step.done(format!("{} programs", programs.len()));
    Ok(())
}

/// The path of a built program of this instance.
pub(crate) fn program(instance: &Instance, name: &str) -> Result<PathBuf> {
    let path = instance.path("bin").join(format!("techmart-{name}"));
    if !path.is_file() {
        bail!(
            "the programs are not built yet: run `cargo xtask up{}`",
            instance.flag()
        );
    }
    Ok(path)
}

/// Links a file, or copies it to another disk, under its final name in one step.
fn place(from: &Path, to: &Path) -> Result<()> {
    let temporary = to.with_extension("new");
    fs::remove_file(&temporary).ok();
    fs::hard_link(from, &temporary)
        .or_else(|_| fs::copy(from, &temporary).map(|_| ()))
        .and_then(|()| fs::rename(&temporary, to))
        .with_context(|| format!("cannot place {}", to.display()))?;
    // Renaming one link of a file over another of the same file leaves both.
    fs::remove_file(&temporary).ok();
    Ok(())
}
