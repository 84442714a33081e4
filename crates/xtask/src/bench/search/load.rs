//! A closed loop of requests against one engine, with the processor time of its processes.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use crate::bench::cpu;

/// Before each cell: caches and just-in-time compilers get ready.
const WARM: Duration = Duration::from_millis(1_500);

/// While it is measured one answer of so many is kept, and read afterwards: reading each at once, this program would take
/// the processor's caches from the engine, and time in which the engine falls asleep.
const READ_EVERY: usize = 20;

/// An engine that can be asked.
pub(super) trait Engine {
    /// What it answers, not looked at yet.
    type Answer;

    /// What it is called.
    fn name(&self) -> &'static str;

    /// The roots of its processes.
    fn processes(&self) -> Vec<i32>;

    /// Asks once.
    async fn answer(&self, question: Question, text: &str) -> Result<Self::Answer>;

    /// How many results an answer says there are over all pages.
    fn total(question: Question, answer: &Self::Answer) -> Result<u64>;

    /// Asks once; how many results there are over all pages.
    async fn ask(&self, question: Question, text: &str) -> Result<u64> {
        Self::total(question, &self.answer(question, text).await?)
    }
}

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Question {
    /// The first 24 results and how many there are.
    Search,
    /// The same with counts by brand, category, price and specification.
    Facets,
    /// A few products while somebody types.
    Suggest,
}

/// What a cell came to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sample {
    pub(super) requests: u32,
    pub(super) p50_us: u64,
    pub(super) p99_us: u64,
    /// Processor time of the engine for each request.
    pub(super) cpu_us: f64,
}

/// The share of a core that an engine needs while nobody asks.
pub(super) async fn idle(engine: &impl Engine) -> Result<f64> {
    let pause = Duration::from_secs(2);
    let before = spent(engine)?;
    tokio::time::sleep(pause).await;
    Ok((spent(engine)?.saturating_sub(before)).as_secs_f64() / pause.as_secs_f64())
}

/// Asks one text after the other over one connection, for so long.
pub(super) async fn measure<E: Engine>(
    engine: &E,
    question: Question,
    texts: &[String],
    time: Duration,
    idle: f64,
) -> Result<Sample> {
    let mut texts = texts.iter().cycle();
    let mut next = || texts.next().context("nothing to ask");
    let begun = Instant::now();
    while begun.elapsed() < WARM {
        engine.ask(question, next()?).await?;
    }
    let (mut took, mut kept) = (Vec::new(), Vec::new());
    let (before, begun) = (spent(engine)?, Instant::now());
    while begun.elapsed() < time {
        let asked = Instant::now();
        let answer = engine.answer(question, next()?).await?;
        took.push(asked.elapsed());
        if took.len() % READ_EVERY == 1 {
            kept.push(answer);
        }
    }
    let elapsed = begun.elapsed().as_secs_f64();
    let cpu = spent(engine)?.saturating_sub(before).as_secs_f64() - idle * elapsed;
    ensure!(
        !took.is_empty(),
        "{} answered nothing in {time:?}",
        engine.name()
    );
    for answer in &kept {
        E::total(question, answer)?;
    }
    took.sort_unstable();
    let at = |permille: usize| {
        let time = took[(took.len() * permille / 1_000).min(took.len() - 1)];
        u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
    };
    let requests = u32::try_from(took.len())?;
    Ok(Sample {
        requests,
        p50_us: at(500),
        p99_us: at(990),
        cpu_us: cpu.max(0.0) * 1e6 / f64::from(requests),
    })
}

fn spent(engine: &impl Engine) -> Result<Duration> {
    engine.processes().into_iter().map(cpu::of_tree).sum()
}
