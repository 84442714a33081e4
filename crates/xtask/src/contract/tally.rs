//! What the tests wrote down: one line for each thing that was checked.

use std::collections::BTreeSet;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::instance::Instance;

/// The file that the tests add to.
#[derive(Debug)]
pub(super) struct Tally(PathBuf);

/// How much of one sort was checked.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Checked {
    pub(super) total: usize,
    /// Different ones: addresses with their methods and statuses, or types.
    pub(super) kinds: usize,
}

impl Tally {
    /// An empty one among the instance's logs.
    pub(super) fn new(instance: &Instance) -> Result<Self> {
        let path = instance.log("contract");
        match fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                Err(error).with_context(|| format!("cannot remove {}", path.display()))
            }
            _ => Ok(Self(path)),
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    /// What was checked of a sort: `answer`, `webhook`, `request`.
    pub(super) fn of(&self, sort: &str) -> Result<Checked> {
        match fs::read_to_string(&self.0) {
            Ok(text) => Ok(read(&text, sort)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(read("", sort)),
            Err(error) => Err(error).with_context(|| format!("cannot read {}", self.0.display())),
        }
    }
}

fn read(text: &str, sort: &str) -> Checked {
    let of_sort = |line: &str| line.split_once(' ').is_some_and(|(first, _)| first == sort);
    let lines: Vec<&str> = text.lines().filter(|line| of_sort(line)).collect();
    let kinds: BTreeSet<String> = lines.iter().map(|line| kind(line)).collect();
    Checked {
        total: lines.len(),
        kinds: kinds.len(),
    }
}

/// A line without what differs from object to object: ids become `{}`, queries go.
fn kind(line: &str) -> String {
    let words = line.split_whitespace().map(|word| {
        let path = word.split('?').next().unwrap_or_default();
        let parts = path.split('/').map(|part| {
            let id = part.split_once('_').is_some_and(|(prefix, rest)| {
                matches!(prefix, "ch" | "cus" | "du" | "evt" | "pi" | "pm" | "re")
                    && !rest.is_empty()
            });
            if id { "{}" } else { part }
        });
        parts.collect::<Vec<_>>().join("/")
    });
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_do_not_count_ids() {
        let text = "answer POST /v1/payment_intents/pi_1/capture 200\n\
                    answer POST /v1/payment_intents/pi_2/capture 200\n\
                    answer POST /v1/payment_intents/pi_2/capture 400\n\
                    answer GET /v1/payment_intents 200\n\
                    webhook refund.created\n\
                    request GET /v1/refunds?limit=100\n";
        assert_eq!(read(text, "answer"), Checked { total: 4, kinds: 3 });
        assert_eq!(read(text, "webhook"), Checked { total: 1, kinds: 1 });
        assert_eq!(read(text, "request"), Checked { total: 1, kinds: 1 });
        assert_eq!(read("", "answer"), Checked { total: 0, kinds: 0 });
    }
}
