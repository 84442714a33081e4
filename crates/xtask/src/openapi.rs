//! `cargo xtask openapi`: the committed API documents and what is generated from them.

mod merge;

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::cargo::cargo;
use crate::env::services;
use crate::instance::Instance;
use crate::metadata;
use crate::node::Node;
use crate::ui::Ui;
use crate::web;

pub(crate) use merge::operations;

/// The generated TypeScript.
const SCHEMA: &str = "web/src/api/schema.gen.ts";

/// Builds the services, writes `openapi/*.json` and the TypeScript; with `check` only compares.
pub(crate) fn run(instance: &Instance, check: bool, ui: Ui) -> Result<()> {
    let workspace = instance.workspace();
    let step = ui.step("API documents");
    let documents = documents(workspace)?;
    let mut drift = Vec::new();
    for (service, document) in &documents {
        keep(
            workspace,
            &format!("openapi/{service}.json"),
            &pretty(document)?,
            check,
            &mut drift,
        )?;
    }
    let merged = merge::merge(&documents)?;
    keep(
        workspace,
        "openapi/techmart.json",
        &pretty(&merged)?,
        check,
        &mut drift,
    )?;
    step.done(format!("{} operations", operations(&merged).len()));
    let step = ui.step("TypeScript types");
    match types(instance, &pretty(&merged)?, ui) {
        Ok(text) => {
            keep(workspace, SCHEMA, &text, check, &mut drift)?;
            step.done(SCHEMA);
        }
        Err(error) if check => return Err(error),
        Err(error) => step.warn(format!("not generated: {error:#}")),
    }
    if check && !drift.is_empty() {
        bail!(
            "{} out of date; run `cargo xtask openapi` and commit",
            drift.join(", ")
        );
    }
    for path in drift {
        ui.line(format!("  wrote {path}"));
    }
    Ok(())
}

/// The committed document of a service.
pub(crate) fn committed(workspace: &Path, service: &str) -> Result<Value> {
    let path = workspace.join(format!("openapi/{service}.json"));
    let text = fs::read(&path)
        .with_context(|| format!("cannot read {} (run `cargo xtask openapi`)", path.display()))?;
    serde_json::from_slice(&text).with_context(|| format!("{}", path.display()))
}

/// What each service says about itself.
fn documents(workspace: &Path) -> Result<Vec<(String, Value)>> {
    let mut command = cargo(workspace);
    command.args(["build", "--quiet"]);
    for service in services() {
        command.args(["--bin", &format!("techmart-{service}")]);
    }
    if !command.status().context("cannot run cargo")?.success() {
        bail!("the services do not build (see above)");
    }
    let bin = metadata::load(workspace)?.target_directory.join("debug");
    services()
        .map(|service| {
            let output = Command::new(bin.join(format!("techmart-{service}")))
                .arg("openapi")
                .output()
                .with_context(|| format!("cannot run techmart-{service}"))?;
            if !output.status.success() {
                let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
                bail!(
                    "techmart-{service} openapi: {}",
                    crate::supervisor::explain(&stderr)
                );
            }
            let document = serde_json::from_slice(&output.stdout)
                .with_context(|| format!("techmart-{service} openapi prints no JSON"))?;
            Ok((service.to_owned(), document))
        })
        .collect()
}

/// The TypeScript for a document, made by openapi-typescript from `web/node_modules`.
fn types(instance: &Instance, document: &str, ui: Ui) -> Result<String> {
    let web_dir = instance.workspace().join("web");
    let node = Node::find(instance, ui)?;
    let _lock = web::lock(instance)?;
    web::install(&node, &web_dir, |_| ())?;
    let folder = std::env::temp_dir().join(format!("techmart-openapi-{}", std::process::id()));
    crate::instance::make_dir(&folder, 0o700)?;
    let (input, output) = (folder.join("techmart.json"), folder.join("schema.ts"));
    fs::write(&input, document).context("cannot write the document")?;
    let run = Command::new(&node.program)
        .arg(web_dir.join("node_modules/openapi-typescript/bin/cli.js"))
        .arg(&input)
        .arg("--output")
        .arg(&output)
        .current_dir(&web_dir)
        .output()
        .context("cannot run openapi-typescript")?;
    let text = fs::read_to_string(&output);
    fs::remove_dir_all(&folder).ok();
    if !run.status.success() {
        let stderr = String::from_utf8_lossy(&run.stderr).into_owned();
        bail!(
            "openapi-typescript: {}",
            crate::supervisor::explain(&stderr)
        );
    }
    text.context("openapi-typescript wrote nothing")
}

/// Notes a file whose content differs and, unless checking, writes it.
fn keep(
    workspace: &Path,
    path: &str,
    content: &str,
    check: bool,
    drift: &mut Vec<String>,
) -> Result<()> {
    let file = workspace.join(path);
    if fs::read_to_string(&file).is_ok_and(|found| found == content) {
        return Ok(());
    }
    drift.push(path.to_owned());
    if !check {
        if let Some(parent) = file.parent() {
            fs::create_dir_all(parent)
                .with_context(|| format!("cannot make {}", parent.display()))?;
        }
        fs::write(&file, content).with_context(|| format!("cannot write {}", file.display()))?;
    }
    Ok(())
}

fn pretty(document: &Value) -> Result<String> {
    Ok(serde_json::to_string_pretty(document)? + "\n")
}
