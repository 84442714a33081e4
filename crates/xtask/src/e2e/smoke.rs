//! `deploy/pipeline/smoke.sh`, which the pipeline runs after a deployment, against this shop.

use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::build::SINGLE;
use crate::count::Count;
use crate::env::services;
use crate::platform::ensure_program;
use crate::stack::Stack;
use crate::stream;
use crate::ui::Ui;

const SCRIPT: &str = "deploy/pipeline/smoke.sh";

/// Each answer that the script looks at counts as one check.
pub(super) async fn run(stack: &Stack, ui: Ui) -> Result<Count> {
    let step = ui.step("Smoke");
    let tools = ["curl", "jq"].map(|name| ensure_program(&[name], &[name]));
    if tools.contains(&None) {
        step.warn("skipped: the script needs curl and jq");
        return Ok(Count::SKIPPED);
    }
    let mut command = Command::new(stack.instance.workspace().join(SCRIPT));
    command.arg(stack.settings().origin()?);
    for name in services().chain([SINGLE]) {
        if stack.supervisor.process(name).is_some() {
            let port = stack.port(&format!("{name}.ops"))?;
            command.arg(format!("http://127.0.0.1:{port}"));
        }
    }
    let mut said = Vec::new();
    let status = stream::run(command, |line| said.push(line.to_owned())).await?;
    if !status.success() {
        bail!("{SCRIPT} failed (see above)");
    }
    let closing = said.pop();
    closing.with_context(|| format!("{SCRIPT} said nothing"))?;
    step.done(format!("{} answers", said.len()));
    Ok(Count::passed(said.len()))
}
