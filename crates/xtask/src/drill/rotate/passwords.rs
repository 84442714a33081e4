//! Passwords of database roles: a service is started with both, then the password changes under it.

use std::time::Instant;

use anyhow::Result;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, PgConnection};

use super::{Fleet, roll, word};
use crate::drill::evidence::{Findings, shown};
use crate::drill::servers;
use crate::env::services;
use crate::postgres::DATABASE;
use crate::stack::Stack;
use crate::tool;

/// The service whose password the short form changes.
const ONE: &str = "checkout";
/// Connections live this long, in seconds: so new ones are made all the time.
const LIFETIME_S: &str = "2";

/// Changes the passwords of all services' roles, or of one in the short form.
pub(super) async fn change(
    stack: &mut Stack,
    fleet: &mut Fleet,
    short: bool,
    findings: &mut Findings,
) -> Result<()> {
    let begun = Instant::now();
    let server = servers::first(stack).await?;
    let mut admin = servers::connect(&server, DATABASE).await?;
    for name in services().filter(|name| !short || *name == ONE) {
        let old: PgConnectOptions = stack.settings().database_url(name)?.as_str().parse()?;
        let next = word();
        let own = |key: &str| format!("TECHMART_{}__DB__{key}", name.to_uppercase());
        let more = [
            (own("OTHER_PASSWORD"), next.clone()),
            (own("LIFETIME_MAX_S"), LIFETIME_S.to_owned()),
        ];
        roll(stack, fleet, name, &more).await?;
        set(stack, name, next).await?;
        let connects = connects_anew(&mut admin, &format!("techmart_{name}")).await;
        findings.check(
            &format!("{name} connects with its new password, without being started again"),
            connects.is_ok(),
            || format!("{connects:?}"),
        );
        findings.check(
            &format!("{name}'s old password is refused"),
            old.connect().await.is_err(),
            || "it works".to_owned(),
        );
    }
    findings.fact(format!(
        "database passwords: {} in all",
        shown(begun.elapsed())
    ));
    Ok(())
}

/// Gives a service's role its new password, as a release does.
async fn set(stack: &mut Stack, name: &str, password: String) -> Result<()> {
    stack.secrets.roles.insert(name.to_owned(), password);
    stack.secrets.save(&stack.instance)?;
    let env = stack.settings().migrate()?;
    tool::capture(&stack.instance, "migrate", &["roles"], env).await?;
    Ok(())
}

/// Waits for a connection of that login that is made from now on.
async fn connects_anew(admin: &mut PgConnection, login: &str) -> Result<()> {
    let now: String = sqlx::query_scalar("select clock_timestamp()::text")
        .fetch_one(&mut *admin)
        .await?;
    let query = "select exists (select from pg_stat_activity where usename = $1 and backend_start > $2::timestamptz)";
    let begun = Instant::now();
    loop {
        let made = sqlx::query_scalar(query).bind(login).bind(&now);
        if made.fetch_one(&mut *admin).await? {
            return Ok(());
        }
        anyhow::ensure!(begun.elapsed() < servers::PATIENCE, "no new connection");
        tokio::time::sleep(super::PAUSE).await;
    }
}
