//! Builds the shop's programs with one cargo call and keeps them for the instance.

use std::fs;
use std::path::{Path, PathBuf};

use crate::cargo::cargo;
use crate::env::services;
use crate::instance::Instance;
use crate::metadata;
use crate::ui::Ui;
use anyhow::{Context, Result, bail};

/// The program of all services in one process.
pub(crate) const SINGLE: &str = "techmart";

/// Names of the programs that a running shop needs, except those the developer runs.
fn programs(without: &[String], single: bool) -> Vec<String> {
    let wanted = |name: &&str| !without.iter().any(|other| other == name);
    let apart = services().filter(|_| !single);
    apart
        .chain(["migrate", "paysim"])
        .filter(wanted)
        .map(file_name)
        .chain(single.then(|| SINGLE.to_owned()))
        .collect()
}

fn file_name(program: &str) -> String {
    if program == SINGLE {
        SINGLE.to_owned()
    } else {
        format!("techmart-{program}")
    }
}

/// Builds the programs (or takes them as they are) and puts them into the instance's `bin` folder, so
/// that a later build does not change what runs.
pub(crate) fn build(
    instance: &Instance,
    (without, single): (&[String], bool),
    anew: bool,
    ui: Ui,
) -> Result<()> {
    let step = ui.step("Building the services");
    let programs = programs(without, single);
    if anew {
        step.pause(); // cargo shows its own progress
        compile(instance, &programs, ui)?;
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

/// Puts the release build of one program in the place of the one of the dev profile, for measurements.
pub(crate) fn optimised(instance: &Instance, name: &str, anew: bool, ui: Ui) -> Result<()> {
    let step = ui.step(format!("Optimised build of {name}"));
    let program = format!("techmart-{name}");
    if anew {
        step.pause();
        let mut command = cargo(instance.workspace());
        command.args(["build", "--release", "--bin", &program]);
        if !ui.is_terminal() {
            command.arg("--quiet");
        }
        let status = command.status().context("cannot run cargo")?;
        if !status.success() {
            bail!("the build failed (see above)");
        }
    }
    let from = metadata::load(instance.workspace())?.target_directory;
    place(
        &from.join("release").join(&program),
        &instance.path("bin").join(&program),
    )?;
    step.done("");
    Ok(())
}

fn compile(instance: &Instance, programs: &[String], ui: Ui) -> Result<()> {
    let mut command = cargo(instance.workspace());
    command.arg("build");
    for name in programs {
        command.args(["--bin", name]);
    }
    if !ui.is_terminal() {
        command.arg("--quiet");
    }
    let status = command.status().context("cannot run cargo")?;
    if !status.success() {
        bail!("the build failed (see above)");
    }
    Ok(())
}

/// The path of a built program of this instance.
pub(crate) fn program(instance: &Instance, name: &str) -> Result<PathBuf> {
    let path = instance.path("bin").join(file_name(name));
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
