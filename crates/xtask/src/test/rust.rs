//! Offline data and Rust tests, on a PostgreSQL and a Redis of their own.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::cargo::cargo;
use crate::count::Count;
use crate::daemon::{self, Lock};
use crate::db;
use crate::instance::Instance;
use crate::opensearch;
use crate::platform;
use crate::redis;
use crate::stack::Stack;
use crate::state::Run;
use crate::stream;
use crate::ui::Ui;

/// The package whose tests need OpenSearch: all of its integration tests, which are ignored otherwise.
const SEARCH_SUITE: &str = "search-opensearch";

/// Starts the servers, runs the stage, stops them and throws their data away.
pub(super) async fn run(instance: &Instance, count: &mut Count, ui: Ui) -> Result<()> {
    daemon::sweep(instance, &Run::load(instance)?).await?;
    let _lock = Lock::take(instance)?;
    forget(instance)?;
    let mut stack = Stack::new(instance, true, ui)?;
    let outcome = daemon::unless_interrupted(on_stack(&mut stack, count, ui)).await;
    stack.stop().await;
    forget(instance)?;
    outcome
}

/// Removes the databases of earlier runs.
fn forget(instance: &Instance) -> Result<()> {
    let data = instance.data_home(platform::is_root())?.join("postgres");
    for data in [data, opensearch::home(instance)] {
        if data.exists() {
            fs::remove_dir_all(&data)
                .with_context(|| format!("cannot remove {}", data.display()))?;
        }
    }
    Ok(())
}

async fn on_stack(stack: &mut Stack, count: &mut Count, ui: Ui) -> Result<()> {
    stack.start_postgres(false).await?;
    stack.start_redis().await?;
    if stack.supervisor.process("redis").is_none() {
        bail!("the tests need Redis: {}", redis::MISSING);
    }
    let mut database = stack.settings().admin_url()?;
    db::prepare::prepare_on(&stack.instance, &database, true, ui).await?;
    *count += Count::passed(1);
    database.set_path("/postgres");
    let redis = redis::url(stack.port("redis")?, &stack.secrets.redis);
    let search = search_server(stack, ui).await?;
    let mut command = cargo(stack.instance.workspace());
    command
        .args(["test", "--workspace", "--no-fail-fast"])
        .env("TECHMART_TEST_DATABASE_URL", database.as_str())
        .env("TECHMART_TEST_REDIS_URL", redis)
        .env("CARGO_TERM_COLOR", "never")
        .envs(search.iter().cloned());
    run_tests(command, count, ui).await?;
    if search.is_empty() {
        return Ok(());
    }
    // Without a server these are left out above, and counted so.
    let mut command = cargo(stack.instance.workspace());
    command
        .args([
            "test",
            "--package",
            SEARCH_SUITE,
            "--no-fail-fast",
            "--",
            "--ignored",
        ])
        .env("CARGO_TERM_COLOR", "never")
        .envs(search);
    let left_out = count.skipped;
    let mut suite = Count::default();
    let outcome = run_tests(command, &mut suite, ui).await;
    count.skipped = left_out.saturating_sub(suite.passed + suite.failed);
    *count += suite;
    outcome
}

/// Variables by which tests reach OpenSearch: one that was given, or one that is started now; none, said in a line, where
/// neither can be had.
async fn search_server(stack: &mut Stack, ui: Ui) -> Result<Vec<(String, String)>> {
    let (program, missing) = match opensearch::find(ui) {
        Ok(program) => (program, opensearch::MISSING.to_owned()),
        Err(error) => (None, format!("{error:#}")),
    };
    let command = program
        .as_ref()
        .map(opensearch::Program::command)
        .transpose()?;
    let given = std::env::var_os(opensearch::TEST_URL).and_then(|url| url.into_string().ok());
    let url = match (given, program) {
        (Some(url), _) => {
            opensearch::check_given(&url).await?;
            url
        }
        (None, Some(program)) => {
            stack.start_opensearch(program).await?;
            opensearch::url(&stack.state)?
        }
        (None, None) => {
            let step = ui.step("OpenSearch");
            step.warn(format!("its tests are left out: {missing}"));
            return Ok(Vec::new());
        }
    };
    let command = command.map(|command| (opensearch::TEST_PROGRAM.to_owned(), command));
    Ok([(opensearch::TEST_URL.to_owned(), url)]
        .into_iter()
        .chain(command)
        .collect())
}

/// Runs tests and counts them.
async fn run_tests(command: Command, count: &mut Count, ui: Ui) -> Result<()> {
    let mut results = 0;
    let status = stream::run(command, |line| {
        if let Some(result) = Count::of_cargo(line) {
            *count += result;
            results += 1;
        }
        let passed = line.starts_with("test ") && line.ends_with("... ok");
        if !line.is_empty() && !passed {
            ui.line(format!("  {line}"));
        }
    })
    .await?;
    if results == 0 {
        bail!("the tests do not build (see above)");
    }
    if !status.success() && count.failed == 0 {
        bail!("cargo test failed (see above)"); // a binary died before it could count
    }
    Ok(())
}
