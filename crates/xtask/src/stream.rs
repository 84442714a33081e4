//! Runs a long command and looks at its output while it comes.

use std::process::{ExitStatus, Stdio};

use anyhow::{Context, Result};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;

/// Runs a command; every line of its standard output goes to `line`. Standard error is ours. The
/// command is killed when the future is dropped.
pub(crate) async fn run(
    command: std::process::Command,
    mut line: impl FnMut(&str),
) -> Result<ExitStatus> {
    let what = command.get_program().to_string_lossy().into_owned();
    let mut command = Command::from(command);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .kill_on_drop(true);
    let mut child = command
        .spawn()
        .with_context(|| format!("cannot run {what}"))?;
    let output = child
        .stdout
        .take()
        .with_context(|| format!("the output of {what}"))?;
    let mut reader = BufReader::new(output);
    let mut bytes = Vec::new();
    while reader.read_until(b'\n', &mut bytes).await? > 0 {
        line(String::from_utf8_lossy(&bytes).trim_end());
        bytes.clear();
    }
    child
        .wait()
        .await
        .with_context(|| format!("cannot wait for {what}"))
}
