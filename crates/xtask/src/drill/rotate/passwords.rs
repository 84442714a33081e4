//! Passwords of database roles, in two steps: a second login of the same role stands in while the first one's changes.

use std::time::Instant;

use anyhow::{Result, ensure};
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, PgConnection};

use super::{FOLLOWED, Fleet, PAUSE, roll, word};
use crate::drill::evidence::{Findings, shown};
use crate::drill::servers;
use crate::env::services;
use crate::postgres::DATABASE;
use crate::stack::Stack;
use crate::tool;

/// The service whose password the short form changes.
const ONE: &str = "checkout";

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
        let before = stack.settings().database_url(name)?.to_string();
        let login = second_login(stack, fleet, &mut admin, name).await?;
        let left = sessions(&mut admin, &format!("techmart_{name}")).await?;
        findings.check(
            &format!("{name} has left its first login"),
            left == 0,
            || format!("{left} sessions"),
        );
        first_login_again(stack, fleet, name).await?;
        drop_login(&mut admin, &login).await?;
        let stale: PgConnectOptions = before.parse()?;
        findings.check(
            &format!("{name}'s old password is refused"),
            stale.connect().await.is_err(),
            || "it works".to_owned(),
        );
    }
    findings.fact(format!(
        "database passwords: {} in all",
        shown(begun.elapsed())
    ));
    Ok(())
}

/// Makes a second login of a service's role and moves the service to it.
async fn second_login(
    stack: &mut Stack,
    fleet: &mut Fleet,
    admin: &mut PgConnection,
    name: &str,
) -> Result<String> {
    let (role, login) = (format!("techmart_{name}"), format!("techmart_{name}_b"));
    let password = word();
    // A second door to the same role: who comes in by it is that role from the first statement on.
    let statements = [
        format!("create role {login} login password '{password}' in role {role}"),
        format!("alter role {login} set role = '{role}'"),
    ];
    for statement in statements {
        sqlx::query(AssertSqlSafe(statement))
            .execute(&mut *admin)
            .await?;
    }
    let mut url = stack.settings().database_url(name)?;
    let set = url
        .set_username(&login)
        .and_then(|()| url.set_password(Some(&password)));
    ensure!(
        set.is_ok(),
        "the address of {name}'s database takes no login"
    );
    let variable = format!("TECHMART_{}__DB__URL", name.to_uppercase());
    roll(stack, fleet, name, &[(variable, url.to_string())]).await?;
    Ok(login)
}

/// Nobody uses the first login now: its password is changed, and the service moves back.
async fn first_login_again(stack: &mut Stack, fleet: &mut Fleet, name: &str) -> Result<()> {
    stack.secrets.roles.insert(name.to_owned(), word());
    stack.secrets.save(&stack.instance)?;
    let env = stack.settings().migrate()?;
    tool::capture(&stack.instance, "migrate", &["roles"], env).await?;
    roll(stack, fleet, name, &[]).await
}

async fn drop_login(admin: &mut PgConnection, login: &str) -> Result<()> {
    sqlx::query(AssertSqlSafe(format!("drop role {login}")))
        .execute(admin)
        .await?;
    Ok(())
}

/// How many sessions logged in by that name; those of a process that just ended are waited for.
async fn sessions(admin: &mut PgConnection, login: &str) -> Result<i64> {
    let query = "select count(*) from pg_stat_activity where usename = $1";
    let begun = Instant::now();
    loop {
        let left = sqlx::query_scalar(query).bind(login);
        let left: i64 = left.fetch_one(&mut *admin).await?;
        if left == 0 || begun.elapsed() > FOLLOWED {
            return Ok(left);
        }
        tokio::time::sleep(PAUSE).await;
    }
}
