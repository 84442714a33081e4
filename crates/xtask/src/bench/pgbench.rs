//! pgbench with purchases of ours.

use std::fs;
use std::path::PathBuf;
use std::process::Stdio;

use anyhow::{Context, Result, bail, ensure};
use sqlx::PgConnection;
use tokio::process::Command;
use url::Url;

use crate::stack::Stack;

/// The program, from the PATH or where Debian puts it.
pub(super) fn find() -> Result<PathBuf> {
    let on_path = std::env::var_os("PATH")
        .map(|path| std::env::split_paths(&path).collect::<Vec<_>>())
        .unwrap_or_default();
    let debian = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten();
    let debian = debian.map(|version| version.path().join("bin"));
    on_path
        .into_iter()
        .chain(debian)
        .map(|dir| dir.join("pgbench"))
        .find(|program| program.is_file())
        .context("pgbench was not found: install it (Debian: postgresql-contrib)")
}

/// The table of values and the sequence that hands them out.
pub(super) async fn make_tables(admin: &mut PgConnection) -> Result<()> {
    sqlx::raw_sql(
        "create schema bench;
         create table bench.ticket (n bigint primary key, v text[] not null);
         create sequence bench.next;
         grant usage on schema bench to techmart_checkout;
         grant select on bench.ticket to techmart_checkout;
         grant usage on sequence bench.next to techmart_checkout",
    )
    .execute(admin)
    .await?;
    Ok(())
}

/// Replaces the purchases to be made.
pub(super) async fn fill(admin: &mut PgConnection, tickets: &[Vec<String>]) -> Result<()> {
    sqlx::raw_sql("truncate bench.ticket; alter sequence bench.next restart")
        .execute(&mut *admin)
        .await?;
    for (n, values) in (1_i64..).zip(tickets) {
        sqlx::query("insert into bench.ticket (n, v) values ($1, $2)")
            .bind(n)
            .bind(values)
            .execute(&mut *admin)
            .await?;
    }
    sqlx::raw_sql("vacuum analyze bench.ticket")
        .execute(admin)
        .await?;
    Ok(())
}

/// Runs a script `each` times in each of `clients` connections as the role of checkout; answers transactions per second.
pub(super) async fn run(stack: &Stack, script: &str, clients: u32, each: u32) -> Result<f64> {
    let url: Url = stack.settings().database_url("checkout")?;
    let file = stack.instance.path("bench.sql");
    fs::write(&file, script).context("cannot write the script")?;
    let output = Command::new(find()?)
        .args(["--no-vacuum", "--protocol=prepared", "--jobs=1"])
        .arg(format!("--client={clients}"))
        .arg(format!("--transactions={each}"))
        .arg(format!("--file={}", file.display()))
        .args(["--host", url.host_str().unwrap_or("127.0.0.1")])
        .arg(format!("--port={}", url.port().unwrap_or(5432)))
        .args(["--username", url.username()])
        .arg(url.path().trim_start_matches('/'))
        .env("PGPASSWORD", url.password().unwrap_or_default())
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .context("cannot run pgbench")?;
    let said = String::from_utf8_lossy(&output.stdout);
    if !output.status.success() {
        let reason = String::from_utf8_lossy(&output.stderr);
        bail!(
            "pgbench: {}",
            reason
                .lines()
                .find(|line| line.contains("rror"))
                .unwrap_or(&reason)
        );
    }
    let wanted = format!("{0}/{0}", clients * each);
    ensure!(
        said.contains(&wanted),
        "pgbench did not make every purchase: {said}"
    );
    let rate = said
        .lines()
        .find_map(|line| line.strip_prefix("tps = ")?.split(' ').next()?.parse().ok());
    rate.context("pgbench did not say its rate")
}
