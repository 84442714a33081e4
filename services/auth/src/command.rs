//! The operator's commands. Results go to standard output; a password is printed once and kept
//! nowhere.

use std::io::Write as _;

use anyhow::bail;
use clap::{Args, Subcommand};
use common::access::{Role, Signer};
use common::cli::{Context, Unread};
use common::db::Db;
use kernel::Email;

use crate::config::Settings;
use crate::domain::permission::{self, Permission, Preset};
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
        #[command(flatten)]
        permissions: Permissions,
    },
    /// Give a member of staff permissions; in force when their access token is renewed (10 minutes)
    Grant {
        /// The account's address
        #[arg(long)]
        email: Email,
        #[command(flatten)]
        permissions: Permissions,
    },
    /// Take permissions from a member of staff and end their sessions
    Revoke {
        /// The account's address
        #[arg(long)]
        email: Email,
        /// A permission; may be repeated
        #[arg(long = "permission", required = true)]
        permissions: Vec<Permission>,
    },
    /// Print all members of staff and what they may do
    List,
    /// Give a member of staff a new password, print it, and end all their sessions
    ResetPassword {
        /// The account's address
        #[arg(long)]
        email: Email,
    },
}

/// Some permissions.
#[derive(Debug, Args)]
pub struct Permissions {
    /// The permissions of a usual job; a new member of staff is an owner where nothing else is said
    #[arg(long)]
    preset: Option<Preset>,
    /// One permission; may be repeated
    #[arg(long = "permission")]
    permissions: Vec<Permission>,
}

impl Permissions {
    fn preset(&self) -> &'static [&'static str] {
        self.preset.map_or(&[], Preset::names)
    }

    /// The names for a new member of staff.
    fn of_new_staff(&self) -> Vec<String> {
        let preset = match self.preset {
            None if self.permissions.is_empty() => Preset::Owner.names(),
            _ => self.preset(),
        };
        permission::set(preset, &self.permissions)
    }

    /// The names to add.
    fn of_grant(&self) -> anyhow::Result<Vec<Permission>> {
        let preset = self.preset().iter().map(|name| name.parse());
        let all: Vec<Permission> = preset.collect::<Result<_, _>>()?;
        let all = [all, self.permissions.clone()].concat();
        if all.is_empty() {
            bail!("say what to grant: --preset or --permission");
        }
        Ok(all)
    }
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

/// Runs a command.
///
/// # Errors
/// When it cannot be done, with a sentence that says why.
pub async fn run(
    command: Command,
    settings: Unread<Settings>,
    context: Context,
) -> anyhow::Result<()> {
    let operator = || operator(&settings, &context);
    match command {
        // The first key is made before the settings that need it can be complete.
        Command::Key(KeyCommand::Generate) => print(Signer::generate_pem()?.trim_end()),
        Command::Key(KeyCommand::Retire { kid }) => {
            operator()?.retire_key(&kid).await?;
            print(&format!("Key {kid} is retired."))
        }
        Command::Staff(command) => run_staff(command, &operator()?).await,
        Command::Account(AccountCommand::Disable { email }) => {
            operator()?.set_disabled(&email, true).await?;
            print(&format!("{email} is closed and signed out everywhere."))
        }
        Command::Account(AccountCommand::Enable { email }) => {
            operator()?.set_disabled(&email, false).await?;
            print(&format!("{email} is open."))
        }
        Command::Seed => {
            for (email, password) in operator()?.seed().await? {
                match password {
                    Some(password) => print(&format!("{email} {password}"))?,
                    None => print(&format!("{email} (was there; its password is unchanged)"))?,
                }
            }
            Ok(())
        }
    }
}

fn operator(settings: &Unread<Settings>, context: &Context) -> anyhow::Result<Operator> {
    let settings = settings.read()?;
    Ok(Operator {
        db: Db::connect(context.service, &settings.db)?,
        clock: context.clock.clone(),
        passwords: Passwords::new(&settings.password)?,
    })
}

async fn run_staff(command: StaffCommand, operator: &Operator) -> anyhow::Result<()> {
    match command {
        StaffCommand::Create {
            email,
            name,
            permissions,
        } => {
            let names = permissions.of_new_staff();
            let created = operator
                .create_account(&email, &name, Role::Staff, &names)
                .await?;
            match created {
                Some(password) => print(&format!("Staff account {email}\nPassword {password}")),
                None => bail!(
                    "{email} has an account already; `techmart-auth staff reset-password --email {email}` gives it a new password"
                ),
            }
        }
        StaffCommand::Grant { email, permissions } => {
            let names = operator.grant(&email, &permissions.of_grant()?).await?;
            print(&format!("{email} may: {}", names.join(" ")))
        }
        StaffCommand::Revoke { email, permissions } => {
            let names = operator.revoke(&email, &permissions).await?;
            print(&format!(
                "{email} may: {}\nTheir sessions are ended.",
                names.join(" ")
            ))
        }
        StaffCommand::List => {
            for account in operator.list_staff().await? {
                let closed = if account.is_enabled() {
                    ""
                } else {
                    " (closed)"
                };
                let (email, names) = (&account.email, account.permissions.join(" "));
                print(&format!("{email}{closed}: {names}"))?;
            }
            Ok(())
        }
        StaffCommand::ResetPassword { email } => {
            let password = operator.reset_staff_password(&email).await?;
            print(&format!("Staff account {email}\nPassword {password}"))
        }
    }
}

fn print(text: &str) -> anyhow::Result<()> {
    Ok(writeln!(std::io::stdout(), "{text}")?)
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        permissions: Permissions,
    }

    fn permissions(arguments: &[&str]) -> Option<Permissions> {
        let line = Line::try_parse_from([&["test"], arguments].concat());
        line.ok().map(|line| line.permissions)
    }

    #[test]
    fn what_is_no_permission_is_refused() {
        for wrong in [
            &["--preset", "admin"][..],
            &["--permission", "orders"],
            &["--permission", "orders.*"],
            &["--permission", ""],
        ] {
            assert!(permissions(wrong).is_none(), "{wrong:?}");
        }
        assert!(permissions(&[]).unwrap().of_grant().is_err());
    }

    #[test]
    fn new_staff_have_what_was_said_and_owners_nothing_to_add() {
        let names = |arguments: &[&str]| permissions(arguments).unwrap().of_new_staff();
        assert_eq!(names(&[]), ["*"]);
        assert_eq!(
            names(&["--preset", "owner", "--permission", "audit.read"]),
            ["*"]
        );
        let one = ["--permission", "audit.read", "--permission", "audit.read"];
        assert_eq!(names(&one), ["audit.read"]);
        let more = names(&["--preset", "viewer", "--permission", "stock.adjust"]);
        assert!(
            more.contains(&"stock.adjust".to_owned()) && more.len() == 7,
            "{more:?}"
        );
    }
}
