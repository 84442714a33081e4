//! `cargo xtask db prepare`: the offline query data in each crate's `.sqlx` folder, and `docs/schema.sql`.
//!
//! The crates that use `query!` are checked against a freshly migrated scratch database. sqlx
//! reads a `.env` file beside each manifest, so for the time of the build each crate has one that
//! names a folder of its own: one cargo call, and every query lands with the crate that asks it.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Context, Result, bail};
use regex::Regex;
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};
use url::Url;

use crate::cargo::cargo;
use crate::db::{Server, document};
use crate::env::Settings;
use crate::instance::{Instance, make_dir};
use crate::metadata::{self, Metadata, Package};
use crate::secrets::Secrets;
use crate::stack::create_database;
use crate::state::State;
use crate::ui::Ui;

/// Where the build writes before anything is replaced; ignored by git.
const FRESH: &str = ".sqlx.local";

/// Writes the offline data, or with `check` only tells whether they are what the sources ask for.
pub(crate) async fn prepare(instance: &Instance, check: bool, ui: Ui) -> Result<()> {
    let server = Server::obtain(instance, ui).await?;
    let work = prepare_on(instance, &server.url, check, ui);
    let outcome = crate::daemon::unless_interrupted(work).await;
    server.release().await;
    outcome
}

/// The same on a given server (an administrator's address).
pub(crate) async fn prepare_on(instance: &Instance, url: &Url, check: bool, ui: Ui) -> Result<()> {
    let metadata = metadata::load(instance.workspace())?;
    let crates = crates_with_queries(&metadata)?;
    let mut scratch = url.clone();
    scratch.set_path(&format!("techmart_prepare_{}", std::process::id()));
    let step = ui.step("Scratch database");
    let migrated = migrate(instance, &metadata, &scratch).await;
    if migrated.is_ok() {
        step.done("migrated from empty");
    }
    let outcome = match migrated {
        Ok(()) => compare(instance, &crates, &scratch, check, ui).await,
        Err(error) => Err(error),
    };
    let dropped = drop_database(url, scratch.path().trim_start_matches('/')).await;
    outcome.and(dropped)
}

/// What is derived from the migrated database: the schema's document and the queries' data.
async fn compare(
    instance: &Instance,
    crates: &[Queries],
    scratch: &Url,
    check: bool,
    ui: Ui,
) -> Result<()> {
    let step = ui.step("Schema document");
    let options: PgConnectOptions = scratch.as_str().parse().context("the database's address")?;
    let mut connection = options.disable_statement_logging().connect().await?;
    let text = document::write(&mut connection, instance.workspace(), check).await?;
    connection.close().await?;
    step.done(text);
    let step = ui.step(format!("Queries of {} crates", crates.len()));
    let text = regenerate(instance.workspace(), crates, scratch, check)?;
    step.done(text);
    Ok(())
}

/// A crate whose queries need offline data, with the files that hold them.
#[derive(Debug)]
struct Queries {
    name: String,
    dir: PathBuf,
    files: Vec<PathBuf>,
}

fn crates_with_queries(metadata: &Metadata) -> Result<Vec<Queries>> {
    let macros = Regex::new(r"\bquery(_as|_scalar|_file|_file_as|_file_scalar)?(_unchecked)?!")?;
    let uses = |package: &&Package| package.dependencies.iter().any(|d| d.name == "sqlx");
    let mut found = Vec::new();
    for package in metadata
        .members()
        .filter(uses)
        .filter(|package| package.name != "xtask")
    {
        let mut files = package.sources()?;
        files.retain(|file| fs::read_to_string(file).is_ok_and(|text| macros.is_match(&text)));
        let dir = package.dir().to_path_buf();
        // A crate that lost its last query may still have stale data.
        if !files.is_empty() || dir.join(".sqlx").is_dir() {
            found.push(Queries {
                name: package.name.clone(),
                dir,
                files,
            });
        }
    }
    Ok(found)
}

/// Makes the scratch database and brings it to the newest schema.
async fn migrate(instance: &Instance, metadata: &Metadata, scratch: &Url) -> Result<()> {
    let admin: PgConnectOptions = scratch.as_str().parse().context("the database's address")?;
    let name = scratch.path().trim_start_matches('/');
    create_database(&admin.clone().database("postgres"), name).await?;
    let built = cargo(instance.workspace())
        .args(["build", "--quiet", "--bin", "techmart-migrate"])
        .status()
        .context("cannot run cargo")?;
    if !built.success() {
        bail!("techmart-migrate does not build (see above)");
    }
    let state = State::load(instance)?;
    let secrets = Secrets::load_or_create(instance)?;
    let settings = Settings {
        instance,
        state: &state,
        secrets: &secrets,
        redis: false,
    };
    let program = metadata.target_directory.join("debug/techmart-migrate");
    for command in ["roles", "up"] {
        let output = std::process::Command::new(&program)
            .arg(command)
            .envs(settings.migrate()?)
            .env("TECHMART_MIGRATE__DB__URL", scratch.as_str())
            .output()
            .context("cannot run techmart-migrate")?;
        if !output.status.success() {
            let stderr = String::from_utf8_lossy(&output.stderr);
            bail!(
                "techmart-migrate {command}: {}",
                crate::supervisor::explain(&stderr)
            );
        }
    }
    Ok(())
}

async fn drop_database(server: &Url, name: &str) -> Result<()> {
    let admin: PgConnectOptions = server.as_str().parse().context("the database's address")?;
    let mut connection = admin
        .database("postgres")
        .disable_statement_logging()
        .connect()
        .await?;
    // The name is ours: a prefix and a process number.
    let statement = format!("drop database if exists \"{name}\" with (force)");
    sqlx::query(AssertSqlSafe(statement))
        .execute(&mut connection)
        .await?;
    connection.close().await?;
    Ok(())
}

/// Builds the crates against the database and compares or replaces their data.
fn regenerate(workspace: &Path, crates: &[Queries], database: &Url, check: bool) -> Result<String> {
    let _fresh = Fresh::begin(crates)?;
    let touched = Touched::begin(crates)?;
    let mut command = cargo(workspace);
    command.args(["check", "--quiet", "--all-targets"]);
    for queries in crates {
        command.args(["-p", &queries.name]);
    }
    let status = command
        .env("SQLX_OFFLINE", "false")
        .env("DATABASE_URL", database.as_str())
        .env_remove("SQLX_OFFLINE_DIR")
        .status()
        .context("cannot run cargo")?;
    if !status.success() {
        bail!("the queries do not fit the schema (see above)");
    }
    drop(touched);
    let mut count = 0;
    let mut drift = Vec::new();
    for queries in crates {
        let fresh = queries.dir.join(FRESH);
        let committed = queries.dir.join(".sqlx");
        let names = list(&fresh)?;
        count += names.len();
        let different =
            |name: &String| fs::read(fresh.join(name)).ok() != fs::read(committed.join(name)).ok();
        let stale: Vec<String> = list(&committed)?.difference(&names).cloned().collect();
        let changed: Vec<String> = names.into_iter().filter(different).collect();
        if !check {
            replace(&fresh, &committed, &changed, &stale)?;
        }
        if !changed.is_empty() || !stale.is_empty() {
            let (changed, stale) = (changed.len(), stale.len());
            drift.push(format!(
                "{} ({changed} new or changed, {stale} stale)",
                queries.name
            ));
        }
    }
    match (check, drift.is_empty()) {
        (true, false) => bail!(
            "offline query data are out of date in {}; run `cargo xtask db prepare` and commit",
            drift.join(", ")
        ),
        (false, false) => Ok(format!("{count} queries; written: {}", drift.join(", "))),
        (_, true) => Ok(format!("{count} queries, no change")),
    }
}

fn replace(fresh: &Path, committed: &Path, changed: &[String], stale: &[String]) -> Result<()> {
    if !changed.is_empty() {
        make_dir(committed, 0o755)?;
    }
    for name in changed {
        let to = committed.join(name);
        fs::rename(fresh.join(name), &to)
            .with_context(|| format!("cannot write {}", to.display()))?;
    }
    for name in stale {
        let path = committed.join(name);
        fs::remove_file(&path).with_context(|| format!("cannot remove {}", path.display()))?;
    }
    Ok(())
}

fn list(dir: &Path) -> Result<BTreeSet<String>> {
    if !dir.is_dir() {
        return Ok(BTreeSet::new());
    }
    let entries = fs::read_dir(dir).with_context(|| format!("cannot list {}", dir.display()))?;
    entries
        .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
        .filter(|name: &Result<String>| name.as_ref().is_ok_and(|name| name.starts_with("query-")))
        .collect()
}

/// The empty folders that the build writes to, and the `.env` files that name them; all are
/// removed at the end.
struct Fresh {
    paths: Vec<PathBuf>,
}

impl Fresh {
    fn begin(crates: &[Queries]) -> Result<Self> {
        let mut fresh = Self { paths: Vec::new() };
        for queries in crates {
            let (dir, env) = (queries.dir.join(FRESH), queries.dir.join(".env"));
            if env.exists() {
                bail!("{} is in the way: remove it", env.display());
            }
            fs::remove_dir_all(&dir).ok();
            make_dir(&dir, 0o755)?;
            fs::write(&env, format!("SQLX_OFFLINE_DIR=\"{}\"\n", dir.display()))
                .with_context(|| format!("cannot write {}", env.display()))?;
            fresh.paths.extend([dir, env]);
        }
        Ok(fresh)
    }
}

impl Drop for Fresh {
    fn drop(&mut self) {
        for path in &self.paths {
            fs::remove_dir_all(path)
                .or_else(|_| fs::remove_file(path))
                .ok();
        }
    }
}

/// Files made newer than what was built from them, so that cargo expands their macros again;
/// their times are put back at the end, so that nothing else is built again.
struct Touched {
    times: Vec<(File, SystemTime)>,
}

impl Touched {
    fn begin(crates: &[Queries]) -> Result<Self> {
        let mut touched = Self { times: Vec::new() };
        for path in crates.iter().flat_map(|queries| &queries.files) {
            let open = || -> std::io::Result<(File, SystemTime)> {
                let file = File::options().append(true).open(path)?;
                let time = file.metadata()?.modified()?;
                file.set_modified(SystemTime::now())?;
                Ok((file, time))
            };
            touched
                .times
                .push(open().with_context(|| format!("cannot touch {}", path.display()))?);
        }
        Ok(touched)
    }
}

impl Drop for Touched {
    fn drop(&mut self) {
        for (file, time) in &self.times {
            file.set_modified(*time).ok();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changed_files_are_replaced_and_stale_ones_removed() {
        let home = std::env::temp_dir().join(format!("techmart-prepare-{}", std::process::id()));
        let (fresh, committed) = (home.join("fresh"), home.join("committed"));
        make_dir(&fresh, 0o755).unwrap();
        make_dir(&committed, 0o755).unwrap();
        fs::write(fresh.join("query-new.json"), "1").unwrap();
        fs::write(committed.join("query-old.json"), "0").unwrap();
        fs::write(committed.join("notes.txt"), "not ours").unwrap();
        let (changed, stale) = (["query-new.json".to_owned()], ["query-old.json".to_owned()]);
        replace(&fresh, &committed, &changed, &stale).unwrap();
        assert_eq!(
            list(&committed).unwrap(),
            BTreeSet::from(["query-new.json".to_owned()])
        );
        assert!(committed.join("notes.txt").exists());
        fs::remove_dir_all(home).unwrap();
    }
}
