//! `cargo xtask check`: what needs no running process. Format, lints, and the house's own rules.

pub(crate) mod edges;
mod nouns;
mod routing;

use anyhow::{Context, Result, bail};

use crate::cargo::cargo;
use crate::env::services;
use crate::instance::Instance;
use crate::metadata;
use crate::ui::Ui;

/// One check: a title and what it does; the text says what was looked at.
type Check = (&'static str, fn(&Instance) -> Result<String>);

const CHECKS: [Check; 6] = [
    ("Format", format),
    ("Dependency rules", dependencies),
    ("Banned crates", banned),
    ("Names in common", names),
    ("Routing table", routes),
    ("Lints", lints),
];

/// Number of checks.
pub(crate) const COUNT: usize = CHECKS.len();

/// Runs all; stops at the first that fails.
pub(crate) fn run(instance: &Instance, ui: Ui) -> Result<()> {
    for (title, check) in CHECKS {
        let step = ui.step(title);
        if title == "Lints" {
            step.pause(); // cargo shows its own progress
        }
        let text = check(instance)?;
        step.done(text);
    }
    Ok(())
}

fn format(instance: &Instance) -> Result<String> {
    let status = cargo(instance.workspace())
        .args(["fmt", "--all", "--check"])
        .status()
        .context("cannot run cargo fmt")?;
    if !status.success() {
        bail!("some files are not formatted (see above): run `cargo fmt --all`");
    }
    Ok("cargo fmt".to_owned())
}

fn lints(instance: &Instance) -> Result<String> {
    let status = cargo(instance.workspace())
        .args([
            "clippy",
            "--workspace",
            "--all-targets",
            "--quiet",
            "--",
            "-D",
            "warnings",
        ])
        .status()
        .context("cannot run cargo clippy")?;
    if !status.success() {
        bail!("clippy found something (see above)");
    }
    Ok("cargo clippy, warnings are errors".to_owned())
}

fn dependencies(instance: &Instance) -> Result<String> {
    let metadata = metadata::load(instance.workspace())?;
    let graph = edges::graph(&metadata);
    let mistakes = edges::mistakes(&graph);
    if !mistakes.is_empty() {
        bail!("{}", mistakes.join("; "));
    }
    Ok(format!("{} crates", graph.len()))
}

fn banned(instance: &Instance) -> Result<String> {
    #[derive(serde::Deserialize)]
    struct Lock {
        package: Vec<Locked>,
    }
    #[derive(serde::Deserialize)]
    struct Locked {
        name: String,
    }
    let path = instance.workspace().join("Cargo.lock");
    let text = std::fs::read_to_string(&path).context("cannot read Cargo.lock")?;
    let lock: Lock = toml::from_str(&text).context("Cargo.lock")?;
    let found = edges::banned(lock.package.iter().map(|package| package.name.as_str()));
    if !found.is_empty() {
        bail!(
            "{} must not be in the tree: one TLS stack, rustls with aws-lc-rs",
            found.join(", ")
        );
    }
    Ok(format!("{} packages", lock.package.len()))
}

fn names(instance: &Instance) -> Result<String> {
    let metadata = metadata::load(instance.workspace())?;
    let common = metadata.members().find(|package| package.name == "common");
    let files = common.context("there is no crate `common`")?.sources()?;
    let mut count = 0;
    for file in files {
        let text = std::fs::read_to_string(&file)
            .with_context(|| format!("cannot read {}", file.display()))?;
        for name in nouns::public_names(&text) {
            count += 1;
            if let Some(noun) = nouns::business_noun(&name) {
                bail!(
                    "{}: `{name}` speaks of a {noun}; plumbing must not",
                    file.display()
                );
            }
        }
    }
    Ok(format!("{count} public names"))
}

fn routes(instance: &Instance) -> Result<String> {
    let table = crate::routes::Table::load(instance.workspace())?;
    let documents = services().map(|service| {
        let document = crate::openapi::committed(instance.workspace(), service)?;
        Ok((service.to_owned(), document))
    });
    routing::compare(&table, &documents.collect::<Result<Vec<_>>>()?)
}
