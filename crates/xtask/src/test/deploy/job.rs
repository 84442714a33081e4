//! One command of the stage: run with its output in a log, counted by its own totals.

use std::fs::{self, File};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result};

use crate::count::Count;
use crate::instance::Instance;
use crate::ui::Ui;

/// Lines of a failed command's output that are shown.
const TAIL: usize = 60;

/// A command to run.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) title: &'static str,
    pub(super) command: Command,
    pub(super) totals: Totals,
}

/// Where a command says how many passed.
#[derive(Debug, Clone, Copy)]
pub(super) enum Totals {
    /// In its last line of the form `N passed, N failed[, N skipped]`
    Line,
    /// In the summary of Node's test runner
    Node,
    /// Nowhere: it is one check
    Exit,
}

impl Totals {
    fn of(self, output: &str) -> Option<Count> {
        match self {
            Self::Line => output.lines().rev().find_map(Count::of_line),
            Self::Node => Count::of_node(output),
            Self::Exit => Some(Count::default()),
        }
    }
}

/// Runs commands one after another, all of them.
pub(super) async fn all(jobs: Vec<Job>, instance: &Instance, ui: Ui) -> Result<Count> {
    let mut count = Count::default();
    for job in jobs {
        count += job.run(instance, ui).await?;
    }
    Ok(count)
}

impl Job {
    /// Runs it and shows how it went: one line when all is well, what it said when not.
    async fn run(self, instance: &Instance, ui: Ui) -> Result<Count> {
        let begun = Instant::now();
        let title = self.title;
        let log = instance.log(&file_name(title));
        let file = File::create(&log).with_context(|| format!("cannot open {}", log.display()))?;
        let status = tokio::process::Command::from(self.command)
            .stdin(Stdio::null())
            .stdout(file.try_clone()?)
            .stderr(file)
            .kill_on_drop(true)
            .status()
            .await
            .with_context(|| format!("{title}: cannot be run"))?;
        let output = fs::read(&log).with_context(|| format!("cannot read {}", log.display()))?;
        let output = String::from_utf8_lossy(&output);
        let count = judge(self.totals.of(&output), self.totals, status.success());
        let seconds = begun.elapsed().as_secs();
        let mark = match (count.failed, count.skipped) {
            (0, 0) => ui.green("✓"),
            (0, _) => ui.yellow("!"),
            _ => ui.red("✗"),
        };
        ui.line(format!("  {mark} {title}  {count}  {seconds} s"));
        for line in worth_showing(&output, count) {
            ui.line(format!("    {line}"));
        }
        if count.failed > 0 {
            ui.line(format!("    all of it: {}", log.display()));
        }
        Ok(count)
    }
}

/// What totals and exit status come to; neither alone is believed.
fn judge(totals: Option<Count>, kind: Totals, succeeded: bool) -> Count {
    let Some(mut count) = totals else {
        return Count::FAILED;
    };
    if !succeeded && count.failed == 0 {
        count += Count::FAILED;
    }
    if succeeded && matches!(kind, Totals::Exit) {
        count += Count::passed(1);
    }
    count
}

/// Of a failure the names and the end, of what was skipped the reasons.
fn worth_showing(output: &str, count: Count) -> Vec<&str> {
    let lines: Vec<&str> = output.lines().map(str::trim_end).collect();
    let named = |words: &'static [&'static str]| {
        let lines = lines.iter().copied();
        lines.filter(move |line| words.iter().any(|word| line.trim_start().starts_with(word)))
    };
    if count.failed > 0 {
        let tail = lines.iter().copied().skip(lines.len().saturating_sub(TAIL));
        return named(&["not ok", "✖", "FAILED"]).chain(tail).collect();
    }
    if count.skipped > 0 {
        let about = |line: &&str| line.contains("skipped") && Count::of_line(line).is_none();
        return lines.iter().copied().filter(about).collect();
    }
    Vec::new()
}

/// `AWS: cfn-lint` → `aws-cfn-lint`.
fn file_name(title: &str) -> String {
    let words = title.split(|c: char| !c.is_ascii_alphanumeric());
    let words: Vec<String> = words
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_lowercase)
        .collect();
    words.join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neither_totals_nor_status_are_believed_alone() {
        let well = Some(Count::passed(3));
        assert_eq!(judge(well, Totals::Line, true), Count::passed(3));
        assert_eq!(judge(well, Totals::Line, false).failed, 1);
        assert_eq!(judge(Some(Count::FAILED), Totals::Line, true).failed, 1);
        assert_eq!(judge(None, Totals::Node, true), Count::FAILED);
        assert_eq!(
            judge(Some(Count::default()), Totals::Exit, true),
            Count::passed(1)
        );
        assert_eq!(
            judge(Some(Count::default()), Totals::Exit, false),
            Count::FAILED
        );
    }

    #[test]
    fn reasons_are_shown() {
        let output = "lint: zizmor: 8 clean\nlint: hadolint: skipped, not installed\nlint: 4 passed, 0 failed, 1 skipped\n";
        let skipped = Totals::Line.of(output).unwrap();
        assert_eq!(skipped.skipped, 1);
        assert_eq!(
            worth_showing(output, skipped),
            ["lint: hadolint: skipped, not installed"]
        );
        let shown = worth_showing("not ok 2 - a bucket is open\nend", Count::FAILED);
        assert_eq!(shown.first(), Some(&"not ok 2 - a bucket is open"));
        assert!(worth_showing("ok\n", Count::passed(1)).is_empty());
    }

    #[test]
    fn logs_have_plain_names() {
        assert_eq!(file_name("AWS: cfn-lint"), "aws-cfn-lint");
    }
}
