//! A copy of a running server's data folder, by PostgreSQL's own protocol for backups (`pg_backup_start` and
//! `pg_backup_stop`): the same way works where no `pg_basebackup` is.

use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use sqlx::{ConnectOptions, Connection};

use crate::postgres::Postgres;

/// Folders whose content belongs to the running server and not into a copy.
const CONTENT_LEFT_OUT: [&str; 7] = [
    "pg_wal",
    "pg_replslot",
    "pg_dynshmem",
    "pg_notify",
    "pg_serial",
    "pg_snapshots",
    "pg_subtrans",
];
/// Files that do not go into a copy.
const LEFT_OUT: [&str; 5] = [
    "postmaster.pid",
    "postmaster.opts",
    "backup_label",
    "standby.signal",
    "recovery.signal",
];

/// What a copy came to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Copied {
    pub(super) took: Duration,
    pub(super) bytes: u64,
}

/// Copies the data of a server that goes on working. The copy is whole only together with the write-ahead log from its
/// start on, which an archive or the server itself has to provide.
pub(super) async fn online(server: &Postgres, to: &Path) -> Result<Copied> {
    let begun = Instant::now();
    let options = server.admin("postgres").disable_statement_logging();
    let mut session = options.connect().await.context("cannot begin a backup")?;
    sqlx::query("select pg_backup_start('drill', true)")
        .execute(&mut session)
        .await
        .context("cannot begin a backup")?;
    let (from, target, owner) = (server.data().to_owned(), to.to_owned(), server.clone());
    let bytes = tokio::task::spawn_blocking(move || tree(&from, &target, &owner, true)).await??;
    // The log of the backup need not be archived yet: whoever restores waits for what is needed.
    let (label, spaces): (String, String) =
        sqlx::query_as("select labelfile, spcmapfile from pg_backup_stop(false)")
            .fetch_one(&mut session)
            .await
            .context("cannot end the backup")?;
    session.close().await?;
    write(server, &to.join("backup_label"), &label)?;
    if !spaces.is_empty() {
        write(server, &to.join("tablespace_map"), &spaces)?;
    }
    Ok(Copied {
        took: begun.elapsed(),
        bytes,
    })
}

/// Copies a folder of which nobody writes.
pub(super) fn at_rest(server: &Postgres, from: &Path, to: &Path) -> Result<u64> {
    tree(from, to, server, false)
}

/// Writes a file that the server can read and nobody else.
pub(super) fn write(server: &Postgres, path: &Path, text: &str) -> Result<()> {
    fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o600))?;
    server.own(path)
}

/// Makes a folder of the server.
pub(super) fn folder(server: &Postgres, path: &Path) -> Result<()> {
    crate::instance::make_dir(path, 0o700)?;
    server.own(path)
}

/// Copies folders and files; what the server removes meanwhile is not missed. Answers how many bytes it were.
fn tree(from: &Path, to: &Path, server: &Postgres, running: bool) -> Result<u64> {
    folder(server, to)?;
    let mut bytes = 0;
    for entry in fs::read_dir(from).with_context(|| format!("cannot list {}", from.display()))? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let (source, target) = (entry.path(), to.join(&*name));
        let Some(kind) = gone(entry.file_type())? else {
            continue;
        };
        if kind.is_dir() {
            if running && CONTENT_LEFT_OUT.contains(&&*name) {
                folder(server, &target)?;
            } else {
                bytes += tree(&source, &target, server, running)?;
            }
        } else if !(running && (LEFT_OUT.contains(&&*name) || name.starts_with("pgsql_tmp")))
            && let Some(copied) = gone(fs::copy(&source, &target))?
        {
            server.own(&target)?;
            bytes += copied;
        }
    }
    Ok(bytes)
}

/// Nothing, where a file vanished between being listed and being read.
fn gone<T>(outcome: std::io::Result<T>) -> Result<Option<T>> {
    match outcome {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).context("cannot copy the data"),
    }
}
