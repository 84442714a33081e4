//! What an answer to a wrong request must look like.

use anyhow::{Result, bail, ensure};
use reqwest::Response;
use serde_json::Value;

/// One of these statuses, as a problem.
pub(super) async fn refused(answer: Response, statuses: &[u16], how: &str) -> Result<usize> {
    let status = answer.status().as_u16();
    if !statuses.contains(&status) {
        bail!(
            "{how}: {status} instead of one of {statuses:?}: {}",
            answer.text().await?
        );
    }
    problem(answer, how).await?;
    Ok(1)
}

/// A problem with this code.
pub(super) async fn refused_as(answer: Response, code: &str, how: &str) -> Result<usize> {
    let status = answer.status();
    if !status.is_client_error() {
        bail!(
            "{how}: {status} instead of {code}: {}",
            answer.text().await?
        );
    }
    let problem = problem(answer, how).await?;
    ensure!(
        problem["code"] == code,
        "{how}: {problem} instead of {code}"
    );
    Ok(1)
}

/// Any 4xx, as a problem.
pub(super) async fn refused_somehow(answer: Response, how: &str) -> Result<usize> {
    let status = answer.status();
    if !status.is_client_error() {
        bail!(
            "{how}: {status} instead of a refusal: {}",
            answer.text().await?
        );
    }
    problem(answer, how).await?;
    Ok(1)
}

/// Anything but a 5xx; and where it is a refusal, a problem with a code.
pub(super) async fn no_failure(answer: Response, how: &str) -> Result<usize> {
    let status = answer.status();
    if status.is_server_error() {
        bail!("{how}: {status}: {}", answer.text().await?);
    }
    if status.is_client_error() {
        problem(answer, how).await?;
    }
    Ok(1)
}

async fn problem(answer: Response, how: &str) -> Result<Value> {
    let kind = answer.headers().get("content-type").cloned();
    ensure!(
        kind.as_ref()
            .is_some_and(|kind| kind == "application/problem+json"),
        "{how}: a refusal of type {kind:?}"
    );
    let problem: Value = answer.json().await?;
    for member in ["type", "title", "code", "request_id"] {
        ensure!(
            problem[member].is_string(),
            "{how}: the problem has no {member}: {problem}"
        );
    }
    Ok(problem)
}
