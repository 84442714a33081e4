//! Counts that a reader can trust: read from the tools' own totals, never guessed.

use std::fmt;
use std::ops::AddAssign;

use anyhow::{Context, Result};
use regex::Regex;
use serde::Deserialize;

/// How many passed, failed and were skipped.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Count {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    pub(crate) skipped: u64,
}

impl Count {
    /// That many passed.
    pub(crate) fn passed(number: usize) -> Self {
        Self {
            passed: u64::try_from(number).unwrap_or(u64::MAX),
            ..Self::default()
        }
    }

    /// One that failed.
    pub(crate) const FAILED: Self = Self {
        passed: 0,
        failed: 1,
        skipped: 0,
    };

    /// One that was left out.
    pub(crate) const SKIPPED: Self = Self {
        passed: 0,
        failed: 0,
        skipped: 1,
    };

    /// Reads a line of cargo's test harness: `test result: ok. 3 passed; 0 failed; 1 ignored; …`.
    pub(crate) fn of_cargo(line: &str) -> Option<Self> {
        let rest = line.trim().strip_prefix("test result: ")?;
        let number = |word: &str| -> Option<u64> {
            let part = rest
                .split(['.', ';'])
                .find(|part| part.trim_end().ends_with(word))?;
            part.split_whitespace().next()?.parse().ok()
        };
        Some(Self {
            passed: number("passed")?,
            failed: number("failed")?,
            skipped: number("ignored")?,
        })
    }

    /// Reads `N passed, N failed[, N skipped]`, as our own end-to-end runs print it.
    pub(crate) fn of_line(line: &str) -> Option<Self> {
        let pattern = Regex::new(r"(\d+) passed, (\d+) failed(?:, (\d+) skipped)?").ok()?;
        let found = pattern.captures(line)?;
        let number = |index| {
            found
                .get(index)
                .map_or(Some(0), |n| n.as_str().parse().ok())
        };
        Some(Self {
            passed: number(1)?,
            failed: number(2)?,
            skipped: number(3)?,
        })
    }

    /// Reads the summary of Node's test runner: lines like `# pass 3` (TAP) or `ℹ pass 3`. `None` when there is none, or when
    /// it ran nothing.
    pub(crate) fn of_node(output: &str) -> Option<Self> {
        let pattern =
            Regex::new(r"(?m)^(?:#|ℹ) (tests|pass|fail|cancelled|skipped|todo) (\d+)$").ok()?;
        let mut count = Self::default();
        let mut tests = 0;
        for found in pattern.captures_iter(output) {
            let number: u64 = found[2].parse().ok()?;
            match &found[1] {
                "tests" => tests += number,
                "pass" => count.passed += number,
                "fail" | "cancelled" => count.failed += number,
                _ => count.skipped += number,
            }
        }
        (tests > 0).then_some(count)
    }

    /// Reads Vitest's JSON report.
    pub(crate) fn of_vitest(report: &str) -> Result<Self> {
        #[derive(Deserialize)]
        struct Report {
            #[serde(rename = "numPassedTests")]
            passed: u64,
            #[serde(rename = "numFailedTests")]
            failed: u64,
            #[serde(rename = "numPendingTests")]
            pending: u64,
            #[serde(rename = "numTodoTests")]
            todo: u64,
        }
        let report: Report = serde_json::from_str(report).context("Vitest's report")?;
        Ok(Self {
            passed: report.passed,
            failed: report.failed,
            skipped: report.pending + report.todo,
        })
    }
}

impl AddAssign for Count {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} passed, {} failed, {} skipped",
            self.passed, self.failed, self.skipped
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals_are_read() {
        let line = "test result: FAILED. 12 passed; 2 failed; 1 ignored; 0 measured; 3 filtered out; finished in 0.42s";
        let count = Count::of_cargo(line).unwrap();
        assert_eq!(
            count,
            Count {
                passed: 12,
                failed: 2,
                skipped: 1
            }
        );
        assert_eq!(Count::of_line(&format!("x {count} y")), Some(count));
        assert_eq!(
            Count::of_line("3 passed, 1 failed"),
            Some(Count {
                passed: 3,
                failed: 1,
                skipped: 0
            })
        );
        assert_eq!(Count::of_cargo("test a ... ok"), None);
        let node = "# tests 8\n# suites 0\n# pass 4\n# fail 1\n# cancelled 1\n# skipped 1\n# todo 1\n# duration_ms 5\n";
        let of_node = Some(Count {
            passed: 4,
            failed: 2,
            skipped: 2,
        });
        assert_eq!(Count::of_node(node), of_node);
        assert_eq!(Count::of_node(&node.replace('#', "ℹ")), of_node);
        assert_eq!(Count::of_node("# tests 0\n# pass 0\n"), None);
        assert_eq!(Count::of_node("killed"), None);
        let report =
            r#"{"numPassedTests":5,"numFailedTests":1,"numPendingTests":2,"numTodoTests":1,"x":0}"#;
        assert_eq!(
            Count::of_vitest(report).unwrap(),
            Count {
                passed: 5,
                failed: 1,
                skipped: 3
            }
        );
    }
}
