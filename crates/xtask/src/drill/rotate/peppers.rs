//! The pepper of password hashes: passwords of before are good while both peppers are known, and their hashes are made
//! anew when somebody signs in.

use std::time::Instant;

use anyhow::{Context, Result, ensure};
use serde_json::json;

use super::meanwhile::meanwhile;
use super::{Fleet, roll, word};
use crate::drill::evidence::{Findings, shown};
use crate::race::{Request, Shop, Target};
use crate::stack::Stack;
use crate::state::Login;

/// One more pepper whose hashes are good.
const PREVIOUS: &str = "TECHMART_AUTH__PASSWORD__PEPPER_PREVIOUS";

/// Changes the pepper while somebody signs in all the time.
pub(super) async fn change(
    stack: &mut Stack,
    fleet: &mut Fleet,
    findings: &mut Findings,
) -> Result<()> {
    let begun = Instant::now();
    // Refusals are asked for here: not among what shoppers are answered.
    let shop = Shop::new(Target::of_stack(stack)?);
    let (seen, absent) = (register(&shop).await?, register(&shop).await?);
    let first = pepper_of(&shop, &seen).await?;
    let overlap = async {
        let next = word();
        // Whoever checks passwords knows the next pepper before anybody hashes with it.
        roll(stack, fleet, "auth", &[(PREVIOUS.to_owned(), next.clone())]).await?;
        let old = std::mem::replace(&mut stack.secrets.password_pepper, next);
        stack.secrets.save(&stack.instance)?;
        roll(stack, fleet, "auth", &[(PREVIOUS.to_owned(), old)]).await
    };
    let again = async || -> Result<()> {
        let status = sign_in(&shop, &seen).await?;
        ensure!(status == 200, "{status}");
        Ok(())
    };
    let what = "somebody with a password of before signed in";
    meanwhile(findings, what, again, overlap).await?;
    // Staff and customers of the demo come by, too: the drill goes on with them.
    let known = stack
        .state
        .customers
        .iter()
        .chain([&shop.target.staff, &seen]);
    for login in known {
        let status = sign_in(&shop, login).await?;
        ensure!(status == 200, "{} signs in: {status}", login.email);
    }
    let second = pepper_of(&shop, &seen).await?;
    findings.check(
        "who signs in gets a hash with the new pepper",
        first != second,
        || second.clone(),
    );
    let left = pepper_of(&shop, &absent).await?;
    findings.check("who does not keeps the old one", left == first, || {
        format!("{left}, not {first}")
    });

    roll(stack, fleet, "auth", &[]).await?;
    let refused = sign_in(&shop, &absent).await?;
    findings.check(
        "without the old pepper its hashes open nothing",
        refused == 401,
        || refused.to_string(),
    );
    let newcomer = register(&shop).await?;
    let good = [
        sign_in(&shop, &seen).await?,
        sign_in(&shop, &newcomer).await?,
    ];
    findings.check("those of the new pepper do", good == [200; 2], || {
        format!("{good:?}")
    });
    findings.fact(format!("pepper: {} in all", shown(begun.elapsed())));
    Ok(())
}

/// Somebody new.
async fn register(shop: &Shop) -> Result<Login> {
    let login = Login {
        email: format!("drill-{}@example.com", word().to_lowercase()),
        password: word(),
    };
    let body = json!({"email": login.email, "password": login.password, "name": "Drill"});
    let request = Request::new("POST", "/auth/register").json(&body);
    let answer = shop.wire.client().send(&request).await?;
    answer.success("register")?;
    Ok(login)
}

/// What somebody is answered who signs in.
async fn sign_in(shop: &Shop, login: &Login) -> Result<u16> {
    let body = json!({"email": login.email, "password": login.password});
    let request = Request::new("POST", "/auth/login").json(&body);
    Ok(shop.wire.client().send(&request).await?.status)
}

/// The name of the pepper in somebody's hash.
async fn pepper_of(shop: &Shop, login: &Login) -> Result<String> {
    let query = "select substring(password_hash from 'keyid=([^$,]+)') from auth.user_account where email = $1";
    let mut connection = shop.target.connect().await?;
    let name: Option<String> = sqlx::query_scalar(query)
        .bind(&login.email)
        .fetch_one(&mut connection)
        .await?;
    name.context("a hash that names no pepper")
}
