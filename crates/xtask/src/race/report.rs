//! One scenario's report: what was sent, what came back, what is wrong.

use std::fmt::Write as _;
use std::time::Duration;

use anyhow::Result;

use super::judge::{self, Money};
use super::settle::{Settled, Tally};
use super::shop::{Goods, Shop};
use crate::count::Count;
use crate::ui::{Step, Ui};

/// The most violations that are shown.
const SHOWN_MAX: usize = 12;

/// The report while a scenario runs.
#[derive(Debug)]
pub(crate) struct Report<'a> {
    shop: &'a Shop,
    ui: Ui,
    step: Step,
    /// Requests that raced.
    raced: usize,
    spread: Duration,
    first: Tally,
    last: Tally,
    facts: Vec<String>,
    wrong: Vec<String>,
}

impl<'a> Report<'a> {
    /// Begins one.
    pub(crate) fn begin(shop: &'a Shop, title: impl Into<String>, ui: Ui) -> Self {
        shop.wire.take_seen();
        Self {
            shop,
            ui,
            step: ui.step(title),
            raced: 0,
            spread: Duration::ZERO,
            first: Tally::default(),
            last: Tally::default(),
            facts: Vec::new(),
            wrong: Vec::new(),
        }
    }

    /// Says what is being done.
    pub(crate) fn update(&self, text: &str) {
        self.step.update(text);
    }

    /// Takes the answers of a race; whatever did not end in one of the `allowed` outcomes is wrong.
    pub(crate) fn add(&mut self, settled: &Settled, allowed: &[&str]) {
        self.raced += settled.answers.len();
        self.spread = self.spread.max(settled.spread);
        self.first.merge(&settled.first);
        self.last.merge(&settled.last);
        for other in settled.last.besides(allowed) {
            self.wrong.push(format!("unexpected outcome: {other}"));
        }
    }

    /// Something worth telling.
    pub(crate) fn fact(&mut self, text: impl Into<String>) {
        self.facts.push(text.into());
    }

    /// Something that must hold.
    pub(crate) fn check(&mut self, holds: bool, otherwise: impl FnOnce() -> String) {
        if !holds {
            self.wrong.push(otherwise());
        }
    }

    /// Waits for quiet, asks the database and the provider, and prints the report. One check passed
    /// or failed.
    pub(crate) async fn finish(mut self, goods: &[&Goods]) -> Result<Count> {
        self.step.update("waiting for quiet");
        let quiet = judge::quiet(self.shop).await?;
        let (violations, money) = judge::violations(self.shop).await?;
        self.wrong.extend(violations);
        let mut stranded = 0;
        for goods in goods {
            let (stock, units) = judge::stock(self.shop, &goods.sku).await?;
            if units != 0 {
                self.wrong.push(format!(
                    "{units} units of {} are stranded: {stock:?}",
                    goods.sku
                ));
            }
            stranded += units;
        }
        let requests = self.traffic();
        let mut text = String::new();
        write!(text, "{requests} requests")?;
        if self.raced > 0 {
            write!(text, ", {} raced", self.raced)?;
        }
        if self.spread > Duration::ZERO {
            write!(text, " (released within {})", millis(self.spread))?;
        }
        let facts = std::mem::take(&mut self.facts);
        let mut lines = vec![text];
        if self.last.total() > 0 {
            lines.push(format!("outcomes: {}", self.last));
        }
        if self.first != self.last && self.first.total() > 0 {
            lines.push(format!("at first: {}", self.first));
        }
        lines.extend(facts);
        lines.push(format!(
            "{} violations, {stranded} stranded units; quiet after {}; {}",
            self.wrong.len(),
            millis(quiet),
            shown(money),
        ));
        Ok(self.print(&lines))
    }

    /// How many requests there were; a throttled or unexplained one is a violation.
    fn traffic(&mut self) -> u64 {
        let mut requests = 0;
        for ((status, code), count) in self.shop.wire.take_seen() {
            requests += count;
            if status == 429 {
                self.wrong
                    .push(format!("{count} × 429: the run met a limit"));
            } else if status >= 400 && code.is_empty() {
                self.wrong
                    .push(format!("{count} × {status} without a problem code"));
            } else if status == 500 {
                self.wrong.push(format!("{count} × 500 {code}"));
            }
        }
        requests
    }

    fn print(self, lines: &[String]) -> Count {
        let Self {
            step, ui, wrong, ..
        } = self;
        let holds = wrong.is_empty();
        if holds {
            step.done("");
        } else {
            drop(step); // shown as failed
        }
        for line in lines {
            ui.line(format!("      {line}"));
        }
        for wrong in wrong.iter().take(SHOWN_MAX) {
            ui.line(format!("      {}", ui.red(&format!("violation: {wrong}"))));
        }
        if let Some(more) = wrong.len().checked_sub(SHOWN_MAX + 1) {
            ui.line(format!("      … and {} more", more + 1));
        }
        if holds {
            Count::passed(1)
        } else {
            Count::FAILED
        }
    }
}

/// Milliseconds, or seconds where they are many.
pub(crate) fn millis(time: Duration) -> String {
    match time.as_millis() {
        millis @ 0..10_000 => format!("{millis} ms"),
        millis => format!("{} s", millis / 1000),
    }
}

fn shown(money: Money) -> String {
    let cents = |minor: i64| format!("{}.{:02}", minor / 100, minor % 100);
    format!(
        "{} payments, {} taken and {} returned by the provider's books",
        money.payments,
        cents(money.captured),
        cents(money.refunded)
    )
}
