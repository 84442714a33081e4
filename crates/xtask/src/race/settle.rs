//! From the first answers of a race to the final ones: as a shopper's page does, each client asks
//! again with the same request until nothing is under way any more.

use std::collections::BTreeMap;
use std::fmt;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use futures::future::join_all;

use super::wire::{Answer, Client, Request, Volley};

/// How long a client goes on asking.
const PATIENCE: Duration = Duration::from_secs(90);

/// How often each outcome came.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Tally(BTreeMap<String, usize>);

/// A race that is over.
#[derive(Debug)]
pub(crate) struct Settled {
    /// Last answers in the order of the requests.
    pub(crate) answers: Vec<Answer>,
    /// What came back at first.
    pub(crate) first: Tally,
    /// What came in the end.
    pub(crate) last: Tally,
    /// From the first last byte to the last one.
    pub(crate) spread: Duration,
}

impl Tally {
    /// Counts one.
    pub(crate) fn add(&mut self, outcome: impl Into<String>) {
        *self.0.entry(outcome.into()).or_default() += 1;
    }

    /// Counts all of another.
    pub(crate) fn merge(&mut self, other: &Self) {
        for (outcome, count) in &other.0 {
            *self.0.entry(outcome.clone()).or_default() += count;
        }
    }

    /// How many outcomes begin so.
    pub(crate) fn count(&self, outcome: &str) -> usize {
        let counted = self.0.iter().filter(|(name, _)| name.starts_with(outcome));
        counted.map(|(_, count)| count).sum()
    }

    /// All of them.
    pub(crate) fn total(&self) -> usize {
        self.0.values().sum()
    }

    /// Outcomes that begin with none of these.
    pub(crate) fn besides(&self, allowed: &[&str]) -> Vec<String> {
        let known = |name: &str| allowed.iter().any(|one| name.starts_with(one));
        let others = self.0.iter().filter(|(name, _)| !known(name));
        others
            .map(|(name, count)| format!("{count} × {name}"))
            .collect()
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all: Vec<String> = self
            .0
            .iter()
            .map(|(name, count)| format!("{count} × {name}"))
            .collect();
        f.write_str(&all.join(", "))
    }
}

/// Whether a client has to ask again: the answer says that something is under way, or the service
/// was not there.
pub(crate) fn is_passing(answer: &Answer) -> bool {
    matches!(answer.status, 202 | 502 | 503 | 504)
        || (answer.status == 409
            && matches!(
                answer.code(),
                "completion_in_progress" | "request_in_progress"
            ))
}

/// Asks again until the answer is final. A cut connection is asked again too.
pub(crate) async fn until_final(
    client: Client<'_>,
    request: &Request,
    first: Result<Answer>,
) -> Result<Answer> {
    let begun = Instant::now();
    let mut answer = first;
    let mut pause = Duration::from_millis(150);
    loop {
        match answer {
            Ok(answer) if !is_passing(&answer) => return Ok(answer),
            Ok(answer) if begun.elapsed() > PATIENCE => {
                bail!("never final: {}: {}", answer.outcome(), answer.body)
            }
            Err(error) if begun.elapsed() > PATIENCE => return Err(error),
            Ok(_) | Err(_) => {}
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(Duration::from_secs(2));
        answer = client.send(request).await;
    }
}

/// Waits until every client of a volley has a final answer.
pub(crate) async fn settle(volley: Volley, shots: &[(Client<'_>, Request)]) -> Result<Settled> {
    let mut first = Tally::default();
    for answer in &volley.answers {
        first.add(match answer {
            Ok(answer) => answer.outcome(),
            Err(_) => "cut".to_owned(),
        });
    }
    let waiting = volley
        .answers
        .into_iter()
        .zip(shots)
        .map(|(answer, (client, request))| until_final(*client, request, answer));
    let answers: Vec<Answer> = join_all(waiting).await.into_iter().collect::<Result<_>>()?;
    let mut last = Tally::default();
    for answer in &answers {
        last.add(answer.outcome());
    }
    Ok(Settled {
        answers,
        first,
        last,
        spread: volley.spread,
    })
}
