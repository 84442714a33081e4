//! The operator's commands. Results go to standard output; a password is printed once and kept
//! nowhere.

use std::io::Write as _;

use anyhow::bail;
use clap::Subcommand;
use common::access::{Role, Signer};
use common::cli::Context;
use common::db::Db;
use kernel::Email;

use crate::config::Settings;
use crate::ops::operator::Operator;
use crate::passwords::Passwords;

/// The operator's commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Keys that sign access tokens
    #[command(subcommand)]
    Key(KeyCommand),
    /// Accounts of staff
    #[command(subcommand)]
    Staff(StaffCommand),
    /// Any account
    #[command(subcommand)]
    Account(AccountCommand),
    /// Make the demo customers that are missing and print their passwords
    Seed,
}

/// Keys that sign access tokens.
#[derive(Debug, Subcommand)]
pub enum KeyCommand {
    /// Print a new key for `TECHMART_AUTH__JWT__SIGNING_KEY`; needs no settings
    Generate,
    /// Take a published key out of use: its tokens are refused within two seconds
    Retire {
        /// The key's id, as in `/.well-known/jwks.json`
        kid: String,
    },
}

/// Accounts of staff.
#[derive(Debug, Subcommand)]
pub enum StaffCommand {
    /// Make an account for a member of staff and print its password
    Create {
        /// The address to sign in with
        #[arg(long)]
        email: Email,
        /// What the person is called
        #[arg(long, default_value = "Staff")]
        name: String,
    },
    /// Give a member of staff a new password, print it, and end all their sessions
    ResetPassword {
        /// The account's address
        #[arg(long)]
        email: Email,
    },
}

/// Any account.
#[derive(Debug, Subcommand)]
pub enum AccountCommand {
    /// Close an account to its owner and end all its sessions
    Disable {
        /// The account's address
        #[arg(long)]
        email: Email,
    },
    /// Open a closed account again
    Enable {
        /// The account's address
        #[arg(long)]
        email: Email,
    },
}

/// Whether the process was called to make a key, which must work before there are settings.
pub fn wants_key(arguments: impl IntoIterator<Item = String>) -> bool {
    arguments.into_iter().skip(1).eq(["key", "generate"])
}

/// Prints a new signing key.
///
/// # Errors
/// When there is no randomness, or nobody to print to.
pub fn generate_key() -> anyhow::Result<()> {
    print(Signer::generate_pem()?.trim_end())
}

/// Runs a command.
///
/// # Errors
/// When it cannot be done, with a sentence that says why.
pub async fn run(command: Command, settings: Settings, context: Context) -> anyhow::Result<()> {
    let db = Db::connect(context.service, &settings.db)?;
    let passwords = Passwords::new(&settings.password)?;
    let operator = Operator {
        db,
        clock: context.clock,
        passwords,
    };
    match command {
        Command::Key(KeyCommand::Generate) => generate_key(),
        Command::Key(KeyCommand::Retire { kid }) => {
            operator.retire_key(&kid).await?;
            print(&format!("Key {kid} is retired."))
        }
        Command::Staff(StaffCommand::Create { email, name }) => {
            match operator.create_account(&email, &name, Role::Staff).await? {
                Some(password) => print(&format!("Staff account {email}\nPassword {password}")),
                None => bail!(
                    "{email} has an account already; `techmart-auth staff reset-password --email {email}` gives it a new password"
                ),
            }
        }
        Command::Staff(StaffCommand::ResetPassword { email }) => {
            let password = operator.reset_staff_password(&email).await?;
            print(&format!("Staff account {email}\nPassword {password}"))
        }
        Command::Account(AccountCommand::Disable { email }) => {
            operator.set_disabled(&email, true).await?;
            print(&format!("{email} is closed and signed out everywhere."))
        }
        Command::Account(AccountCommand::Enable { email }) => {
            operator.set_disabled(&email, false).await?;
            print(&format!("{email} is open."))
        }
        Command::Seed => {
            for (email, password) in operator.seed().await? {
                match password {
                    Some(password) => print(&format!("{email} {password}"))?,
                    None => print(&format!("{email} (was there; its password is unchanged)"))?,
                }
            }
            Ok(())
        }
    }
}

fn print(text: &str) -> anyhow::Result<()> {
    Ok(writeln!(std::io::stdout(), "{text}")?)
}
