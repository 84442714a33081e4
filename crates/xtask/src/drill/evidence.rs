//! What a drill found: facts, and what is wrong.

use std::time::Duration;

use anyhow::Result;

use crate::count::Count;
use crate::invariants;
pub(super) use crate::invariants::Witness;
use crate::stack::Stack;
use crate::ui::Ui;

/// Facts and faults, in the order in which they were found.
#[derive(Debug)]
pub(super) struct Findings {
    ui: Ui,
    passed: usize,
    failed: u64,
}

impl Findings {
    /// None yet.
    pub(super) fn new(title: &str, ui: Ui) -> Self {
        ui.line(format!("  {title}"));
        Self {
            ui,
            passed: 0,
            failed: 0,
        }
    }

    /// Something worth telling.
    pub(super) fn fact(&self, text: impl AsRef<str>) {
        self.ui.line(format!("      {}", text.as_ref()));
    }

    /// Something that must hold; `what` says it.
    pub(super) fn check(&mut self, what: &str, holds: bool, otherwise: impl FnOnce() -> String) {
        if holds {
            self.passed += 1;
            self.ui.line(format!("    {} {what}", self.ui.green("✓")));
        } else {
            self.failed += 1;
            let text = format!("✗ {what}: {}", otherwise());
            self.ui.line(format!("    {}", self.ui.red(&text)));
        }
    }

    /// How many held, how many did not.
    pub(super) fn count(&self) -> Count {
        Count {
            failed: self.failed,
            ..Count::passed(self.passed)
        }
    }
}

/// Seconds with one digit behind the point, milliseconds where they are few.
pub(super) fn shown(time: Duration) -> String {
    match time.as_millis() {
        millis @ 0..1000 => format!("{millis} ms"),
        millis => format!("{}.{} s", millis / 1000, millis % 1000 / 100),
    }
}

/// What is broken in the stack's database of now.
pub(super) async fn verify(stack: &Stack, witness: Witness<'_>) -> Result<Vec<String>> {
    invariants::verify(&stack.instance, stack.settings().migrate()?, witness).await
}
