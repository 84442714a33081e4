//! `cargo xtask status`: what runs, where, how ready and how large it is.

use anyhow::{Result, bail};
use serde::Serialize;

use crate::build::SINGLE;
use crate::env::services;
use crate::instance::Instance;
use crate::platform::resident_bytes;
use crate::probe::Probe;
use crate::secrets::Secrets;
use crate::state::{Child, ProcessId, Run};
use crate::ui::Ui;

/// One process in the answer.
#[derive(Debug, Serialize)]
struct Row {
    name: String,
    pid: Option<i32>,
    port: Option<u16>,
    ready: bool,
    restarts: u32,
    /// From process start to the first good answer.
    ready_ms: Option<u64>,
    resident_bytes: Option<u64>,
    #[serde(skip)]
    order: usize,
}

/// The answer of `status --json`.
#[derive(Debug, Serialize)]
struct Report {
    running: bool,
    ready: bool,
    /// Resident memory of the six services together.
    services_resident_bytes: u64,
    processes: Vec<Row>,
}

/// Prints the state of the stack; an error when something is not ready.
pub(crate) async fn show(instance: &Instance, json: bool, ui: Ui) -> Result<()> {
    let report = collect(instance).await?;
    if json {
        ui.line(serde_json::to_string_pretty(&report)?);
    } else if report.running {
        print(&report, ui);
    }
    if !report.running {
        bail!(
            "nothing runs; start it with `cargo xtask up{}`",
            instance.flag()
        );
    }
    if !report.ready {
        let names: Vec<&str> = report
            .processes
            .iter()
            .filter(|row| !row.ready)
            .map(|row| row.name.as_str())
            .collect();
        bail!("not ready: {}", names.join(", "));
    }
    Ok(())
}

async fn collect(instance: &Instance) -> Result<Report> {
    let run = Run::load(instance)?;
    let secrets = Secrets::load_or_create(instance)?;
    let running = run.supervised();
    let rows = run
        .children
        .iter()
        .map(|(name, child)| row(name, child, &secrets));
    let mut processes = futures::future::join_all(rows).await;
    processes.sort_by_key(|row| row.order);
    let services_resident_bytes = processes
        .iter()
        .filter(|row| row.name == SINGLE || services().any(|name| name == row.name))
        .filter_map(|row| row.resident_bytes)
        .sum();
    let ready = running && run.up && processes.iter().all(|row| row.ready);
    // While it starts, what is not started yet is missing rather than unready.
    Ok(Report {
        running,
        ready: ready || (running && run.database_only),
        services_resident_bytes,
        processes,
    })
}

async fn row(name: &str, child: &Child, secrets: &Secrets) -> Row {
    let process = child.process.filter(|process: &ProcessId| process.alive());
    let ready = match (process, probe(name, child, secrets)) {
        (Some(_), Some(probe)) => probe.ask().await.is_ok(),
        _ => false,
    };
    Row {
        name: name.to_owned(),
        pid: process.map(|process| process.pid),
        port: child.port,
        ready,
        restarts: child.restarts,
        ready_ms: child.ready_ms,
        resident_bytes: process.and_then(|process| resident_bytes(process.pid)),
        order: child.order,
    }
}

fn probe(name: &str, child: &Child, secrets: &Secrets) -> Option<Probe> {
    let port = child.port?;
    Some(match (name, child.ops_port) {
        (_, Some(ops)) => Probe::Http(format!("http://127.0.0.1:{ops}/readyz")),
        ("opensearch", _) => crate::opensearch::probe(port),
        ("redis", _) => Probe::Redis {
            port,
            password: secrets.redis.clone(),
        },
        ("gateway", _) => Probe::Http(format!(
            "http://127.0.0.1:{port}{}",
            crate::gateway::HEALTH_PATH
        )),
        _ => Probe::Tcp(port),
    })
}

fn print(report: &Report, ui: Ui) {
    let head = format!(
        "{:<10} {:>8} {:>6}  {:<9} {:>8} {:>10} {:>10}",
        "process", "pid", "port", "state", "restarts", "ready in", "memory"
    );
    ui.line(ui.bold(&head));
    for row in &report.processes {
        // Padded before it is coloured: colours have no width.
        let state = format!("{:<9}", if row.ready { "ready" } else { "not ready" });
        let state = if row.ready {
            ui.green(&state)
        } else {
            ui.red(&state)
        };
        ui.line(format!(
            "{:<10} {:>8} {:>6}  {state} {:>8} {:>10} {:>10}",
            row.name,
            row.pid
                .map_or_else(|| "-".to_owned(), |pid| pid.to_string()),
            row.port
                .map_or_else(|| "-".to_owned(), |port| port.to_string()),
            row.restarts,
            row.ready_ms
                .map_or_else(|| "-".to_owned(), |millis| format!("{millis} ms")),
            row.resident_bytes.map_or_else(|| "-".to_owned(), mebibytes),
        ));
    }
    if report.services_resident_bytes > 0 {
        let single = report.processes.iter().find(|row| row.name == SINGLE);
        let started = single.and_then(|row| row.ready_ms).map_or_else(
            || "the six services together".to_owned(),
            |millis| format!("the six services in one process, ready {millis} ms after its start"),
        );
        ui.line(format!(
            "{started}: {}",
            mebibytes(report.services_resident_bytes)
        ));
    }
}

/// `12.3 MiB`, in whole-number arithmetic.
fn mebibytes(bytes: u64) -> String {
    let tenths = bytes * 10 / (1024 * 1024);
    format!("{}.{} MiB", tenths / 10, tenths % 10)
}
