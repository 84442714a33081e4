//! Every documented operation, asked wrongly: by nobody, by the wrong person, with broken ids, parameters, headers
//! and bodies. Each must answer with a problem that has a code, and none with a 5xx. An operation that is added to
//! the documents is covered from then on.

mod answer;
mod attack;
mod fields;
mod operation;
mod sample;
mod searches;

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use futures::{StreamExt, stream};
use reqwest::Client;
use serde_json::{Value, json};

use crate::count::Count;
use crate::stack::Stack;
use crate::tool;
use crate::ui::Ui;
use attack::{Attack, People};

const DOCUMENT: &str = "openapi/techmart.json";
const TIMEOUT: Duration = Duration::from_secs(15);
/// Operations that are attacked at the same time.
const PARALLEL: usize = 6;
/// A member of staff who may do nothing.
const POWERLESS: &str = "powerless@techmart.example";
/// A permission to be created with, and to lose.
const LOST: &str = "taxes.write";

/// Each refusal counts as one check. Tells of every operation that answers badly, not only of the first.
pub(super) async fn run(stack: &Stack, ui: Ui) -> Result<Count> {
    let step = ui.step("Hostile requests");
    let text = std::fs::read_to_string(stack.instance.workspace().join(DOCUMENT))
        .with_context(|| format!("cannot read {DOCUMENT}"))?;
    let document: Value = serde_json::from_str(&text).context(DOCUMENT)?;
    let operations = operation::operations(&document)?;
    let origin = stack.settings().origin()?;
    let people = people(stack, &origin).await?;
    let attacks = operations.iter().enumerate().map(|(index, operation)| {
        let attack = Attack::new(&origin, index, operation, &people);
        async move {
            let outcome = match attack {
                Ok(attack) => attack.run().await,
                Err(error) => Err(error),
            };
            outcome.with_context(|| operation.id.clone())
        }
    });
    let outcomes: Vec<Result<usize>> = stream::iter(attacks)
        .buffer_unordered(PARALLEL)
        .collect()
        .await;
    let mut checks = 0;
    let mut wrong = 0;
    for outcome in outcomes {
        match outcome {
            Ok(passed) => checks += passed,
            Err(error) => {
                wrong += 1;
                ui.line(format!("    {}", ui.red(&format!("{error:#}"))));
            }
        }
    }
    if wrong > 0 {
        bail!("{wrong} operations answer badly (see above)");
    }
    step.done(format!(
        "{checks} refusals of {} operations",
        operations.len()
    ));
    checks += searches::run(stack, &document, &people.owner, ui).await?;
    Ok(Count::passed(checks))
}

/// Signs in a customer, an owner and a member of staff without a permission.
async fn people(stack: &Stack, origin: &str) -> Result<People> {
    let customer = stack.state.customers.first();
    let customer = customer.context("there is no demo customer")?;
    let owner = stack.state.staff.as_ref();
    let owner = owner.context("there is no staff account")?;
    let staff = async |args: &[&str]| {
        let env = stack.settings().service("auth")?;
        let args = [&["staff"], args].concat();
        tool::capture(&stack.instance, "auth", &args, env).await
    };
    let created = staff(&["create", "--email", POWERLESS, "--permission", LOST]).await?;
    let password = created.split_whitespace().last();
    let password = password.context("no password was printed")?;
    staff(&["revoke", "--email", POWERLESS, "--permission", LOST]).await?;
    Ok(People {
        customer: sign_in(origin, &customer.email, &customer.password).await?,
        owner: sign_in(origin, &owner.email, &owner.password).await?,
        powerless: sign_in(origin, POWERLESS, password).await?,
    })
}

async fn sign_in(origin: &str, email: &str, password: &str) -> Result<String> {
    let request = client(250)?.post(format!("{origin}/api/v1/auth/login"));
    let login = json!({"email": email, "password": password});
    let answer: Value = request.json(&login).send().await?.json().await?;
    let token = answer["access_token"].as_str();
    let token = token.with_context(|| format!("{email} cannot sign in: {answer}"))?;
    Ok(token.to_owned())
}

/// A client with an address of its own, so that no throttle is met.
fn client(last: u8) -> Result<Client> {
    let address = IpAddr::V4(Ipv4Addr::new(127, 0, 3, last));
    Ok(Client::builder()
        .local_address(address)
        .timeout(TIMEOUT)
        .no_proxy()
        .build()?)
}
