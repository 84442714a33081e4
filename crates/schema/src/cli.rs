//! The command line of `techmart-migrate`: roles, migrations and invariants of a `TechMart` database.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand};
use sqlx::{Connection as _, PgConnection};

use crate::{MIGRATOR, SCHEMAS, check, roles, verify};

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
    Verify(Evidence),
}

/// What else is known, to compare the database with.
#[derive(Args)]
struct Evidence {
    /// Nothing is under way: check also what holds only at rest
    #[arg(long)]
    quiet: bool,
    /// The payment provider's ledger: a JSON array of `{"provider_ref", "captured_minor", "refunded_minor", "currency"}`
    #[arg(long, value_name = "FILE")]
    ledger: Option<PathBuf>,
    /// What clients were told: a JSON array of `{"kind": "order", "id"}` and `{"kind": "cart", "id", "version", "lines"}`
    #[arg(long, value_name = "FILE")]
    history: Option<PathBuf>,
}

/// Runs the command line; the first argument is the program's name as people know it.
pub fn main(arguments: Vec<OsString>) -> ExitCode {
    let program = arguments
        .first()
        .map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    match run_as(&program, arguments) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("{program}: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run_as(program: &str, arguments: Vec<OsString>) -> anyhow::Result<ExitCode> {
    let matches = Cli::command()
        .bin_name(program)
        .display_name(program)
        .get_matches_from(arguments);
    let cli = Cli::from_arg_matches(&matches)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(run(cli))
}

async fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    let mut conn = PgConnection::connect(&cli.database_url)
        .await
        .context("cannot connect to the database")?;
    match cli.command {
        Command::Roles => create_roles(&mut conn).await?,
        Command::Up => MIGRATOR.run(&mut conn).await.context("migration failed")?,
        Command::Status => return status(&mut conn).await,
        Command::Verify(evidence) => return verify_all(&mut conn, &evidence).await,
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
async fn verify_all(conn: &mut PgConnection, evidence: &Evidence) -> anyhow::Result<ExitCode> {
    let ledger = evidence.ledger.as_deref().map(read_array).transpose()?;
    let history = evidence.history.as_deref().map(read_array).transpose()?;
    let scope = verify::Scope {
        quiet: evidence.quiet,
        ledger: ledger.as_deref(),
        history: history.as_deref(),
    };
    let findings = verify::run(conn, scope)
        .await
        .context("cannot check the invariants")?;
    for finding in &findings {
        let verdict = if finding.violations.is_empty() {
            "ok"
        } else {
            "BROKEN"
        };
        let invariant = finding.invariant;
        println!(
            "{verdict:<7} {} {:<29} {}",
            invariant.id, invariant.name, invariant.rule
        );
        for violation in &finding.violations {
            println!("          {violation}");
        }
    }
    let broken = findings.iter().filter(|f| !f.violations.is_empty()).count();
    let skipped = verify::invariants().len() - findings.len();
    println!(
        "{} invariants hold, {broken} broken, {skipped} skipped (see --quiet, --ledger, --history)",
        findings.len() - broken
    );
    Ok(if broken == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// The text of a file that holds a JSON array.
fn read_array(path: &Path) -> anyhow::Result<String> {
    let text =
        std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    anyhow::ensure!(
        text.trim_start().starts_with('['),
        "{} holds no JSON array",
        path.display()
    );
    Ok(text)
}
