//! `techmart-migrate`: roles, migrations and invariants of a `TechMart` database.

use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Parser, Subcommand};
use schema::{MIGRATOR, SCHEMAS, check, roles, verify};
use sqlx::{Connection as _, PgConnection};

/// Prepares and checks the database. Run as a one-off task before new services start.
#[derive(Parser)]
#[command(name = "techmart-migrate", version)]
struct Cli {
    /// Connection URL of a role that may create roles and schemas
    #[arg(long, env = "TECHMART_MIGRATE__DB__URL", hide_env_values = true)]
    database_url: String,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Create the roles of the services; sets each password given in `TECHMART_MIGRATE__ROLE_PASSWORDS__<SERVICE>`
    Roles,
    /// Apply every migration that is not applied yet
    Up,
    /// List every migration and whether it is applied; exits 1 when one is pending or changed
    Status,
    /// Check the invariants of stock, money and orders; exits 1 when one is broken
    Verify,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run(Cli::parse()).await {
        Ok(code) => code,
        Err(error) => {
            eprintln!("techmart-migrate: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    let mut conn = PgConnection::connect(&cli.database_url)
        .await
        .context("cannot connect to the database")?;
    match cli.command {
        Command::Roles => create_roles(&mut conn).await?,
        Command::Up => MIGRATOR.run(&mut conn).await.context("migration failed")?,
        Command::Status => return status(&mut conn).await,
        Command::Verify => return verify_all(&mut conn).await,
    }
    Ok(ExitCode::SUCCESS)
}

async fn create_roles(conn: &mut PgConnection) -> anyhow::Result<()> {
    roles::create(conn)
        .await
        .context("cannot create the roles")?;
    for service in SCHEMAS {
        let name = format!(
            "TECHMART_MIGRATE__ROLE_PASSWORDS__{}",
            service.to_uppercase()
        );
        #[expect(
            clippy::disallowed_methods,
            reason = "one optional variable per role; this tool has no settings file"
        )]
        let password = std::env::var(&name);
        if let Ok(password) = password {
            roles::set_password(conn, service, &password)
                .await
                .with_context(|| format!("cannot set the password of techmart_{service}"))?;
        }
    }
    Ok(())
}

#[expect(clippy::print_stdout, reason = "the list is this command's result")]
async fn status(conn: &mut PgConnection) -> anyhow::Result<ExitCode> {
    let states = check::states(conn).await?;
    for (version, description, state) in &states {
        println!(
            "{version}  {:<8} {description}",
            format!("{state:?}").to_lowercase()
        );
    }
    let done = states
        .iter()
        .all(|(_, _, state)| *state == check::State::Applied);
    Ok(if done {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

#[expect(clippy::print_stdout, reason = "the report is this command's result")]
async fn verify_all(conn: &mut PgConnection) -> anyhow::Result<ExitCode> {
    let findings = verify::run(conn)
        .await
        .context("cannot check the invariants")?;
    for finding in &findings {
        let verdict = if finding.violations.is_empty() {
            "ok"
        } else {
            "BROKEN"
        };
        println!(
            "{verdict:<7} {:<26} {}",
            finding.invariant.name, finding.invariant.rule
        );
        for violation in &finding.violations {
            println!("          {violation}");
        }
    }
    let broken = findings.iter().filter(|f| !f.violations.is_empty()).count();
    println!(
        "{} invariants hold, {broken} broken",
        findings.len() - broken
    );
    Ok(if broken == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
