//! The routing table `deploy/routes.toml`: read, checked, and asked.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;

use crate::SERVICES;

/// The table as it was when this program was built.
pub const SHIPPED: &str = include_str!("../../../deploy/routes.toml");

const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/// The whole table.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// How often one client address may ask.
    #[serde(rename = "rate_class")]
    pub rate_classes: Vec<RateClass>,
    /// Every path that is let through.
    #[serde(rename = "route")]
    pub routes: Vec<Route>,
}

/// How often one client address may ask.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RateClass {
    /// Lower-case letters.
    pub name: String,
    /// The steady rate.
    pub per_minute: u32,
    /// Requests above the steady rate that are let through at once.
    pub burst: u32,
}

/// One path with the methods that share its limits.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Route {
    /// As in the OpenAPI documents; `{name}` stands for one segment.
    pub path: String,
    /// What is let through; HEAD goes wherever GET goes.
    pub methods: Vec<String>,
    /// Who answers.
    pub service: String,
    /// The name of a class of the table.
    pub rate_class: String,
    /// How long an answer may take.
    #[serde(default = "default_timeout_ms")]
    pub timeout_ms: u32,
    /// How large a request may be.
    #[serde(default = "default_body_limit_kb")]
    pub body_limit_kb: u32,
}

fn default_timeout_ms() -> u32 {
    10_000
}

fn default_body_limit_kb() -> u32 {
    16
}

impl RateClass {
    /// Whole seconds after which a refused client may try again.
    pub fn retry_after(&self) -> u32 {
        60_u32.div_ceil(self.per_minute).max(1)
    }
}

impl Route {
    /// The path as a regular expression over a decoded request path.
    pub fn pattern(&self) -> String {
        let mut pattern = String::from("^");
        for segment in self.path.split('/').skip(1) {
            pattern.push('/');
            if segment.starts_with('{') {
                pattern.push_str("[^/]+");
            } else {
                pattern.push_str(&regex::escape(segment));
            }
        }
        pattern.push('$');
        pattern
    }

    /// True when the path has no `{name}` in it.
    pub fn is_exact(&self) -> bool {
        !self.path.contains('{')
    }

    /// The path without the names of its parameters, to compare tables.
    pub fn shape(&self) -> String {
        shape(&self.path)
    }
}

/// A path without the names of its parameters: `/carts/{id}` → `/carts/{}`.
pub fn shape(path: &str) -> String {
    let segments = path
        .split('/')
        .map(|s| if s.starts_with('{') { "{}" } else { s });
    segments.collect::<Vec<_>>().join("/")
}

impl Table {
    /// Reads and checks `deploy/routes.toml`.
    ///
    /// # Errors
    /// When there is no such file, or it says something that cannot be meant.
    pub fn load(workspace: &Path) -> Result<Self> {
        let path = workspace.join("deploy/routes.toml");
        let text = std::fs::read_to_string(&path)
            .with_context(|| format!("cannot read {}", path.display()))?;
        Self::parse(&text).context("deploy/routes.toml")
    }

    /// Parses and checks a table.
    ///
    /// # Errors
    /// When it says something that cannot be meant; names the path.
    pub fn parse(text: &str) -> Result<Self> {
        let table: Self = toml::from_str(text)?;
        table.validate()?;
        Ok(table)
    }

    fn validate(&self) -> Result<()> {
        let mut classes = BTreeSet::new();
        for class in &self.rate_classes {
            let name = &class.name;
            ensure!(
                !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase()),
                "rate class {name:?}: lower-case letters only"
            );
            ensure!(
                classes.insert(name.as_str()),
                "rate class {name} is listed twice"
            );
            ensure!(
                class.per_minute > 0,
                "rate class {name}: per_minute must be above 0"
            );
        }
        let mut seen = BTreeSet::new();
        for route in &self.routes {
            let path = &route.path;
            validate_path(path)?;
            ensure!(
                SERVICES.contains(&route.service.as_str()),
                "{path}: there is no service {:?}",
                route.service
            );
            ensure!(
                classes.contains(route.rate_class.as_str()),
                "{path}: there is no rate class {:?}",
                route.rate_class
            );
            ensure!(
                (100..=120_000).contains(&route.timeout_ms),
                "{path}: timeout_ms 100 to 120000"
            );
            ensure!(
                (1..=10_240).contains(&route.body_limit_kb),
                "{path}: body_limit_kb 1 to 10240"
            );
            ensure!(!route.methods.is_empty(), "{path}: no methods");
            for method in &route.methods {
                ensure!(
                    METHODS.contains(&method.as_str()),
                    "{path}: unknown method {method:?}"
                );
                ensure!(
                    seen.insert((route.shape(), method.as_str())),
                    "{method} {path} is listed twice"
                );
            }
        }
        for (shape, routes) in self.by_path() {
            ensure!(
                routes
                    .iter()
                    .all(|route| route.service == routes[0].service),
                "{shape} goes to two services"
            );
        }
        Ok(())
    }

    /// The routes grouped by path (parameter names do not matter).
    pub fn by_path(&self) -> BTreeMap<String, Vec<&Route>> {
        let mut paths: BTreeMap<String, Vec<&Route>> = BTreeMap::new();
        for route in &self.routes {
            paths.entry(route.shape()).or_default().push(route);
        }
        paths
    }

    /// Every (path shape, method) of the table with its service.
    pub fn operations(&self) -> BTreeMap<(String, String), String> {
        let routes = self.routes.iter();
        routes
            .flat_map(|route| {
                let shape = route.shape();
                route
                    .methods
                    .iter()
                    .map(move |m| ((shape.clone(), m.clone()), route.service.clone()))
            })
            .collect()
    }
}

fn validate_path(path: &str) -> Result<()> {
    if !path.starts_with("/api/v1/") && !path.starts_with("/.well-known/") {
        bail!("{path:?}: paths begin with /api/v1/ or /.well-known/");
    }
    for segment in path.split('/').skip(1) {
        let inner = segment
            .strip_prefix('{')
            .and_then(|s| s.strip_suffix('}'))
            .unwrap_or(segment);
        let valid = !inner.is_empty()
            && inner
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
        ensure!(
            valid,
            "{path:?}: segment {segment:?} is neither plain nor one {{name}}"
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLASS: &str = "[[rate_class]]\nname = \"read\"\nper_minute = 40\nburst = 5\n";

    fn parse(routes: &str) -> Result<Table> {
        Table::parse(&format!("{CLASS}{routes}"))
    }

    fn route(path: &str, method: &str, service: &str) -> String {
        format!(
            "[[route]]\npath = {path:?}\nmethods = [{method:?}]\nservice = {service:?}\nrate_class = \"read\"\n"
        )
    }

    #[test]
    fn the_shipped_table_is_valid() {
        let table = Table::parse(SHIPPED).unwrap();
        assert!(table.routes.len() > 30);
    }

    #[test]
    fn parameters_match_one_segment() {
        let table = parse(&route("/api/v1/carts/{id}/lines", "POST", "cart")).unwrap();
        let pattern = regex::Regex::new(&table.routes[0].pattern()).unwrap();
        assert!(pattern.is_match("/api/v1/carts/c1/lines"));
        assert!(!pattern.is_match("/api/v1/carts/c1/x/lines"));
        assert!(!pattern.is_match("/api/v1/carts//lines"));
        assert!(!pattern.is_match("/api/v1/carts/c1/lines/"));
    }

    #[test]
    fn retry_after_is_the_time_to_the_next_request() {
        let table = parse(&route("/api/v1/me", "GET", "auth")).unwrap();
        assert_eq!(table.rate_classes[0].retry_after(), 2);
    }

    #[test]
    fn mistakes_are_named() {
        let twice = route("/api/v1/a/{x}", "GET", "auth") + &route("/api/v1/a/{y}", "GET", "auth");
        let split = route("/api/v1/a", "GET", "auth") + &route("/api/v1/a", "POST", "cart");
        for (text, part) in [
            (twice, "listed twice"),
            (split, "two services"),
            (route("/api/v1/a", "GET", "nobody"), "no service"),
            (route("/api/v1/a", "TRACE", "auth"), "unknown method"),
            (route("/api/v2/a", "GET", "auth"), "begin with"),
            (route("/api/v1/a{b}c", "GET", "auth"), "segment"),
            (route("/api/v1//a", "GET", "auth"), "segment"),
            (
                route("/api/v1/a", "GET", "auth").replace("\"read\"", "\"none\""),
                "no rate class",
            ),
        ] {
            let error = parse(&text).unwrap_err().to_string();
            assert!(error.contains(part), "{error}");
        }
    }
}
