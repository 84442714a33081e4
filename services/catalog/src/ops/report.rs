//! What became of the rows of an import.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use serde::Serialize;

use super::batch::Outcome;
use crate::import::RowError;

/// A row that is not in the catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// Its line in the file, from 1.
    pub line: u64,
    /// Its key, as far as it could be read.
    pub key: Option<String>,
    /// The field, or `row`.
    pub field: String,
    /// What is wrong, in one sentence.
    pub reason: String,
}

impl Failure {
    /// A row that could not be mapped.
    pub fn new(line: u64, key: Option<&str>, error: RowError) -> Self {
        Self {
            line,
            key: key.map(str::to_owned),
            field: error.field,
            reason: error.reason,
        }
    }
}

/// Collects failures: all of them into a file, the first ones for printing.
#[derive(Debug)]
pub struct Report {
    file: Option<BufWriter<File>>,
    shown: Vec<Failure>,
    shown_max: usize,
    failed: u64,
}

impl Report {
    /// A report, into a file where one is named.
    ///
    /// # Errors
    /// When the file cannot be made.
    pub fn create(path: Option<&Path>, shown_max: usize) -> anyhow::Result<Self> {
        let file = path
            .map(|path| {
                File::create(path)
                    .with_context(|| format!("cannot write the report {}", path.display()))
            })
            .transpose()?;
        Ok(Self {
            file: file.map(BufWriter::new),
            shown: Vec::new(),
            shown_max,
            failed: 0,
        })
    }

    /// Adds a failure.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn add(&mut self, failure: &Failure) -> anyhow::Result<()> {
        self.failed += 1;
        if let Some(file) = &mut self.file {
            serde_json::to_writer(&mut *file, failure)
                .map_err(std::io::Error::from)
                .and_then(|()| file.write_all(b"\n"))
                .context("cannot write the report")?;
        }
        if self.shown.len() < self.shown_max {
            self.shown.push(failure.clone());
        }
        Ok(())
    }

    /// How many rows failed.
    pub fn failed(&self) -> u64 {
        self.failed
    }

    /// Writes the file out. The failures to be printed.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn finish(mut self) -> anyhow::Result<Vec<Failure>> {
        if let Some(file) = &mut self.file {
            file.flush().context("cannot write the report")?;
        }
        Ok(self.shown)
    }
}

/// The sum of an import.
#[derive(Debug, Clone, Default)]
pub struct Totals {
    /// Name of the source.
    pub source: String,
    /// Credit that its licence asks for.
    pub attribution: Option<String>,
    /// Whether nothing was written.
    pub dry_run: bool,
    /// Rows of the file.
    pub rows: u64,
    /// New products.
    pub created: u64,
    /// Products that changed.
    pub updated: u64,
    /// Products that were as the file says.
    pub unchanged: u64,
    /// Rows that are not in the catalogue.
    pub failed: u64,
    /// The first of them.
    pub failures: Vec<Failure>,
    /// Attribute values left out because all their codes mean something else.
    pub values_left_out: u64,
    /// How long it took.
    pub elapsed: Duration,
}

impl Totals {
    /// Nothing done yet.
    pub fn new(source: &str, attribution: Option<&str>, dry_run: bool) -> Self {
        Self {
            source: source.to_owned(),
            attribution: attribution.map(str::to_owned),
            dry_run,
            ..Self::default()
        }
    }

    /// Adds what became of a batch.
    pub fn add(&mut self, outcome: &Outcome) {
        self.created += outcome.created;
        self.updated += outcome.updated;
        self.unchanged += outcome.unchanged;
        self.values_left_out += outcome.values_left_out;
    }

    /// Counts the rows in the metrics.
    pub fn count(&self) {
        for (outcome, rows) in [
            ("created", self.created),
            ("updated", self.updated),
            ("unchanged", self.unchanged),
            ("failed", self.failed),
        ] {
            metrics::counter!("techmart_catalog_import_rows_total", "outcome" => outcome)
                .increment(rows);
        }
    }

    /// Rows per second.
    pub fn rate(&self) -> u64 {
        let millis = u64::try_from(self.elapsed.as_millis())
            .unwrap_or(u64::MAX)
            .max(1);
        self.rows.saturating_mul(1000) / millis
    }

    /// Writes the sum for a person.
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn print(&self, out: &mut impl Write) -> std::io::Result<()> {
        let what = if self.dry_run {
            "Dry run of"
        } else {
            "Imported"
        };
        writeln!(out, "{what} {}", self.source)?;
        for (name, rows) in [
            ("created", self.created),
            ("updated", self.updated),
            ("unchanged", self.unchanged),
            ("failed", self.failed),
        ] {
            writeln!(out, "  {name:<10}{:>10}", grouped(rows))?;
        }
        let (seconds, tenths) = (self.elapsed.as_secs(), self.elapsed.subsec_millis() / 100);
        let (rows, rate) = (grouped(self.rows), grouped(self.rate()));
        writeln!(out, "  {rows} rows in {seconds}.{tenths} s, {rate} rows/s")?;
        for failure in &self.failures {
            let key = failure
                .key
                .as_ref()
                .map(|key| format!(" (key {key})"))
                .unwrap_or_default();
            writeln!(
                out,
                "  line {}{key}: {}: {}",
                failure.line, failure.field, failure.reason
            )?;
        }
        let shown = u64::try_from(self.failures.len()).unwrap_or(u64::MAX);
        if self.failed > shown {
            writeln!(
                out,
                "  and {} more; `--report FILE` lists all",
                grouped(self.failed - shown)
            )?;
        }
        if self.values_left_out > 0 {
            writeln!(
                out,
                "  {} attribute values left out: their codes mean something else",
                grouped(self.values_left_out)
            )?;
        }
        if let Some(credit) = &self.attribution {
            writeln!(out, "  {credit}")?;
        }
        if self.dry_run {
            writeln!(out, "  Nothing was written.")?;
        }
        Ok(())
    }
}

/// A number with a comma between each three digits.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped() {
        let texts = [0, 999, 1000, 19_406, 1_234_567].map(grouped);
        assert_eq!(texts, ["0", "999", "1,000", "19,406", "1,234,567"]);
    }

    #[test]
    fn the_sum_names_the_first_bad_rows_and_counts_the_others() {
        let mut report = Report::create(None, 1).unwrap();
        for line in [3, 4] {
            report
                .add(&Failure::new(
                    line,
                    Some("k"),
                    RowError::new("price", "must be a number"),
                ))
                .unwrap();
        }
        let mut totals = Totals::new("Demo", None, true);
        (totals.rows, totals.created, totals.failed) = (1234, 1232, report.failed());
        totals.elapsed = Duration::from_millis(1500);
        totals.failures = report.finish().unwrap();
        let mut out = Vec::new();
        totals.print(&mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(text.contains("1,234 rows in 1.5 s, 822 rows/s"), "{text}");
        assert!(
            text.contains("line 3 (key k): price: must be a number") && !text.contains("line 4"),
            "{text}"
        );
        assert!(
            text.contains("and 1 more") && text.contains("Nothing was written."),
            "{text}"
        );
    }
}
