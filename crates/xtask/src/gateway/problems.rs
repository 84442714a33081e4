//! The gateway's own answers, in the form of every other problem of the API.

use super::line;

/// A problem that the gateway itself answers with.
#[derive(Debug)]
pub(super) struct Problem {
    /// Statuses of nginx that lead to it.
    pub(super) causes: &'static str,
    pub(super) status: u16,
    code: &'static str,
    title: &'static str,
    retry_after: Option<&'static str>,
}

const PROBLEMS: [Problem; 8] = [
    problem(
        "400 495 496 497",
        400,
        "bad_request",
        "The request cannot be read",
        None,
    ),
    problem("404", 404, "not_found", "Not found", None),
    problem("405", 405, "method_not_allowed", "Method not allowed", None),
    problem(
        "408",
        408,
        "body_timeout",
        "The request took too long to arrive",
        None,
    ),
    problem("413", 413, "body_too_large", "The body is too large", None),
    problem(
        "414 431 494",
        431,
        "headers_too_large",
        "The address or the headers are too long",
        None,
    ),
    problem(
        "429",
        429,
        "rate_limited",
        "Too many requests",
        Some("$tm_retry_after"),
    ),
    // The service restarts or is overloaded; it did not answer, so the request may be repeated.
    problem(
        "500 502 503",
        503,
        "unavailable",
        "Not available just now",
        Some("1"),
    ),
];

const TIMEOUT: Problem = problem(
    "504",
    504,
    "gateway_timeout",
    "The service did not answer in time",
    Some("1"),
);

const fn problem(
    causes: &'static str,
    status: u16,
    code: &'static str,
    title: &'static str,
    retry_after: Option<&'static str>,
) -> Problem {
    Problem {
        causes,
        status,
        code,
        title,
        retry_after,
    }
}

pub(super) fn problems() -> impl Iterator<Item = &'static Problem> {
    PROBLEMS.iter().chain([&TIMEOUT])
}

impl Problem {
    /// Where nginx finds it. A request that could not be read has no address yet from which nginx
    /// could go to a named location.
    pub(super) fn place(&self) -> String {
        let early = matches!(self.status, 400 | 431);
        if early {
            format!("/gateway/problems/{}", self.code)
        } else {
            format!("@{}", self.code)
        }
    }
}

pub(super) fn render_problem(out: &mut String, problem: &Problem) {
    let Problem {
        status,
        code,
        title,
        ..
    } = problem;
    let place = problem.place();
    let exact = if place.starts_with('@') { "" } else { "= " };
    line!(out, "    location {exact}{place} {{");
    line!(
        out,
        "      internal;\n      types {{ }}\n      default_type application/problem+json;"
    );
    line!(out, "      add_header X-Request-Id $tm_request_id always;");
    line!(out, "      add_header Cache-Control \"no-store\" always;");
    if let Some(seconds) = problem.retry_after {
        line!(out, "      add_header Retry-After {seconds} always;");
    }
    if problem.status == 405 {
        line!(out, "      add_header Allow $tm_allow always;");
    }
    line!(
        out,
        "      return {status} '{{\"type\":\"/problems/{code}\",\"title\":\"{title}\",\"status\":{status},\"code\":\"{code}\",\"request_id\":\"$tm_request_id\"}}\\n';"
    );
    line!(out, "    }}");
}
