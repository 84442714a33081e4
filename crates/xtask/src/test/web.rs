//! The pages' own checks: lint, types, unit tests.

use std::fs;

use anyhow::{Context, Result, bail};

use crate::count::Count;
use crate::instance::Instance;
use crate::node::Node;
use crate::stream;
use crate::ui::Ui;
use crate::web;

/// `npm run check` and `npm test`, with Vitest's own count.
pub(super) async fn run(instance: &Instance, count: &mut Count, ui: Ui) -> Result<()> {
    let dir = instance.workspace().join("web");
    let node = Node::find(instance, ui)?;
    let lock = web::lock(instance)?;
    let step = ui.step("Packages");
    web::install(&node, &dir, |text| step.update(text))?;
    step.done(format!("Node {}", node.version));
    drop(lock);

    let mut check = node.npm(&dir);
    check.args(["run", "--silent", "check"]);
    let status = stream::run(check, |line| ui.line(format!("  {line}"))).await?;
    if !status.success() {
        bail!("npm run check failed (see above)");
    }
    *count += Count::passed(1);

    let report = std::env::temp_dir().join(format!("techmart-vitest-{}.json", std::process::id()));
    let mut test = node.npm(&dir);
    test.args([
        "run",
        "--silent",
        "test",
        "--",
        "--reporter=default",
        "--reporter=json",
    ])
    .arg(format!("--outputFile.json={}", report.display()));
    let status = stream::run(test, |line| ui.line(format!("  {line}"))).await?;
    let written = fs::read_to_string(&report);
    fs::remove_file(&report).ok();
    let tests = Count::of_vitest(&written.context("Vitest wrote no report (see above)")?)?;
    *count += tests;
    if tests.passed == 0 {
        bail!("Vitest ran no test");
    }
    if !status.success() && tests.failed == 0 {
        bail!("npm test failed (see above)");
    }
    Ok(())
}
