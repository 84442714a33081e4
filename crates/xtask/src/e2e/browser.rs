//! Purchases in a real Chromium; the steps are in web/test/e2e.

use anyhow::{Context, Result, bail};

use crate::count::Count;
use crate::node::Node;
use crate::platform::ensure_program;
use crate::stack::Stack;
use crate::ui::Ui;
use crate::{stream, web};

/// Runs `web/test/e2e/run.mjs`, which prints its own totals.
pub(super) async fn run(stack: &Stack, ui: Ui) -> Result<Count> {
    let step = ui.step("Browser");
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let Some(chromium) = ensure_program(&names, &["chromium", "fonts-liberation"]) else {
        step.warn("skipped: there is no Chromium (Debian, Ubuntu: `apt install chromium`)");
        return Ok(Count::SKIPPED);
    };
    let dir = stack.instance.workspace().join("web");
    let node = Node::find(&stack.instance, ui)?;
    let lock = web::lock(&stack.instance)?;
    web::install(&node, &dir, |text| step.update(text))?;
    drop(lock);
    let mut command = std::process::Command::new(&node.program);
    command
        .arg("test/e2e/run.mjs")
        .current_dir(&dir)
        .env("BASE_URL", stack.settings().origin()?)
        .env("CHROME_PATH", chromium)
        .envs(super::logins(stack))
        .env("E2E_ARTIFACTS", stack.instance.path("logs/browser"));
    step.pause();
    let mut count = None;
    let status = stream::run(command, |line| {
        count = Count::of_line(line).or(count);
        ui.line(format!("    {line}"));
    })
    .await?;
    let count = count.context("web/test/e2e/run.mjs printed no totals")?;
    if !status.success() && count.failed == 0 {
        bail!("web/test/e2e/run.mjs failed (see above)");
    }
    if count.failed == 0 {
        step.done(count.to_string());
    }
    Ok(count)
}
