//! Runs docs/walkthrough.md: its `sh` blocks in order, in one shell, as a reader would.

use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

use super::Logins;
use crate::count::Count;
use crate::instance::Instance;
use crate::stack::Stack;
use crate::supervisor::base_env;
use crate::ui::Ui;

const DOCUMENT: &str = "docs/walkthrough.md";
const LIMIT: Duration = Duration::from_mins(2);
/// Printed by the shell after each block.
const MARK: &str = "--- block done: ";

/// One fenced block.
#[derive(Debug, PartialEq, Eq)]
struct Block {
    /// Line of the fence in the document.
    line: usize,
    text: String,
}

/// Each block counts as one check.
pub(super) async fn run(stack: &Stack, ui: Ui) -> Result<Count> {
    let origin = stack.settings().origin()?;
    run_at(&stack.instance, &origin, &super::logins(stack), ui).await
}

/// The same against any shop with these logins; what the blocks write lies in the instance's folder.
pub(crate) async fn run_at(
    instance: &Instance,
    origin: &str,
    logins: &Logins,
    ui: Ui,
) -> Result<Count> {
    let step = ui.step("Walkthrough");
    let path = instance.workspace().join(DOCUMENT);
    let document =
        std::fs::read_to_string(&path).with_context(|| format!("cannot read {DOCUMENT}"))?;
    let blocks = blocks(&document);
    ensure!(!blocks.is_empty(), "{DOCUMENT} has no `sh` block");
    let mut script = String::from("set -eu\n");
    for block in &blocks {
        script.push_str(&block.text);
        script.push_str("\necho '");
        script.push_str(MARK);
        script.push_str(&block.line.to_string());
        script.push_str("'\n");
    }
    let output = tokio::time::timeout(LIMIT, shell(instance, origin, logins, &script)).await;
    let output = output.context("the walkthrough took longer than two minutes")??;
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    let done = stdout.lines().filter(|line| line.starts_with(MARK)).count();
    if !output.status.success() || done != blocks.len() {
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        let tail: Vec<&str> = stdout.lines().chain(stderr.lines()).collect();
        for line in tail.iter().skip(tail.len().saturating_sub(30)) {
            ui.line(format!("    {line}"));
        }
        let line = blocks.get(done).map_or(0, |block| block.line);
        bail!("{DOCUMENT}, the block at line {line} failed (see above)");
    }
    step.done(format!("{done} blocks"));
    Ok(Count::passed(done))
}

async fn shell(
    instance: &Instance,
    origin: &str,
    logins: &Logins,
    script: &str,
) -> Result<std::process::Output> {
    let mut command = Command::new("bash");
    command
        .arg("-s")
        .env_clear()
        .envs(base_env())
        .env("SHOP", origin)
        .env("BASE_URL", origin)
        .current_dir(instance.path("data"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    command.envs(logins.iter().cloned());
    let mut child = command.spawn().context("cannot run bash")?;
    let mut input = child.stdin.take().context("bash's input")?;
    input.write_all(script.as_bytes()).await?;
    drop(input);
    child
        .wait_with_output()
        .await
        .context("cannot wait for bash")
}

/// The fenced blocks marked `sh`.
fn blocks(document: &str) -> Vec<Block> {
    let mut found = Vec::new();
    let mut open: Option<Block> = None;
    for (index, line) in document.lines().enumerate() {
        match &mut open {
            None if line.trim() == "```sh" => {
                open = Some(Block {
                    line: index + 1,
                    text: String::new(),
                });
            }
            None => {}
            Some(_) if line.trim() == "```" => found.extend(open.take()),
            Some(block) => {
                block.text.push_str(line);
                block.text.push('\n');
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_shell_blocks_are_run() {
        let document = "# A\n```sh\ncurl a\ncurl b\n```\n```json\n{}\n```\n```sh\nls\n```\n";
        let lines: Vec<(usize, String)> = blocks(document)
            .into_iter()
            .map(|block| (block.line, block.text))
            .collect();
        assert_eq!(
            lines,
            [(2, "curl a\ncurl b\n".to_owned()), (9, "ls\n".to_owned())]
        );
    }
}
