//! `cargo xtask contract`: the payment wire format, judged by Stripe's own rules.
//!
//! stripe-mock is Stripe's program; its module holds Stripe's OpenAPI document. The simulator's
//! tests run with every answer and webhook checked against the schemas of that document, and the
//! shop's payment adapter sends every kind of request that it has to a running stripe-mock, which
//! refuses what the document does not allow. Both need Go; where it is missing this is skipped.

mod mock;
mod tally;

use anyhow::{Result, bail};

use crate::cargo::cargo;
use crate::count::Count;
use crate::daemon;
use crate::instance::Instance;
use crate::stream;
use crate::ui::Ui;
use mock::{Go, VERSION};
use tally::Tally;

/// Says where Stripe's document lies.
const SPEC: &str = "TECHMART_TEST_STRIPE_SPEC";
/// Says where stripe-mock listens.
const MOCK: &str = "TECHMART_TEST_STRIPE_MOCK";
/// Says where the tests write down what was checked.
const TALLY: &str = "TECHMART_TEST_STRIPE_TALLY";

/// Checks both directions; stops at the first that fails.
pub(crate) async fn run(instance: &Instance, count: &mut Count, ui: Ui) -> Result<()> {
    let Some(go) = Go::find()? else {
        *count += Count::SKIPPED;
        ui.line("contract: skipped, because there is no Go on the PATH (it runs stripe-mock)");
        return Ok(());
    };
    let outcome = daemon::unless_interrupted(with_go(&go, instance, count, ui)).await;
    if outcome.is_err() {
        *count += Count::FAILED;
    }
    outcome
}

async fn with_go(go: &Go, instance: &Instance, count: &mut Count, ui: Ui) -> Result<()> {
    let step = ui.step(format!("stripe-mock {VERSION}"));
    let installed = go.install()?;
    step.done(if installed { "installed" } else { "found" });

    let tally = Tally::new(instance)?;
    let step = ui.step("Answers and webhooks of the simulator");
    let spec = go.document()?;
    let mut tests = cargo(instance.workspace());
    tests
        .args(["test", "-p", "paysim", "--test", "it"])
        .env(SPEC, &spec)
        .env(TALLY, tally.path());
    step.pause();
    test(tests, ui).await?;
    let (answers, webhooks) = (tally.of("answer")?, tally.of("webhook")?);
    if answers.total == 0 || webhooks.total == 0 {
        bail!("the simulator's tests checked nothing");
    }
    step.done(format!(
        "{} answers of {} kinds, {} webhooks of {} types",
        answers.total, answers.kinds, webhooks.total, webhooks.kinds
    ));
    *count += Count::passed(1);

    let step = ui.step("Requests of the payment adapter");
    let mock = go.start(instance).await?;
    let mut tests = cargo(instance.workspace());
    tests
        .args(["test", "-p", "checkout", "--test", "contract"])
        .env(MOCK, mock.address())
        .env(TALLY, tally.path());
    step.pause();
    test(tests, ui).await?;
    mock.stop().await?;
    let requests = tally.of("request")?;
    if requests.total == 0 {
        bail!("the adapter sent nothing");
    }
    step.done(format!(
        "{} requests of {} kinds",
        requests.total, requests.kinds
    ));
    *count += Count::passed(1);
    ui.line(format!(
        "contract: {} answers, {} webhooks, {} requests, all as Stripe's document says",
        answers.total, webhooks.total, requests.total
    ));
    Ok(())
}

/// Runs tests; shows what is not a success.
async fn test(mut command: std::process::Command, ui: Ui) -> Result<()> {
    command.env("CARGO_TERM_COLOR", "never");
    let mut ran = Count::default();
    let status = stream::run(command, |line| {
        if let Some(result) = Count::of_cargo(line) {
            ran += result;
        }
        let passed = line.starts_with("test ") && line.ends_with("... ok");
        if !line.is_empty() && !passed {
            ui.line(format!("  {line}"));
        }
    })
    .await?;
    if !status.success() {
        bail!("something is not as Stripe's document says (see above)");
    }
    if ran.passed == 0 {
        bail!("no test ran (see above)");
    }
    Ok(())
}
