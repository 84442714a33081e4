//! Who answers a path, and within which limits.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;

use anyhow::Context as _;
use common::limiter::Rule;
use edge::routes::{Route, Table};
use http::{HeaderValue, Method};

/// One path of the table.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) service: String,
    /// The methods, as in `Allow`.
    pub(super) allow: HeaderValue,
    /// How long the answer may take.
    pub(super) timeout: Duration,
    /// The largest body.
    pub(super) body_bytes_max: usize,
    rules: HashMap<Method, Rule>,
}

/// All paths of the table.
#[derive(Debug)]
pub(super) struct Paths {
    exact: HashMap<String, Place>,
    /// Those with parameters, by how many segments they have; the more literal of two comes first.
    patterns: BTreeMap<usize, Vec<Pattern>>,
}

#[derive(Debug)]
struct Pattern {
    /// `None`: any one segment.
    segments: Vec<Option<String>>,
    place: Place,
}

impl Paths {
    pub(super) fn new(table: &Table) -> anyhow::Result<Self> {
        let rules = rules(table);
        let mut paths = Self {
            exact: HashMap::new(),
            patterns: BTreeMap::new(),
        };
        for routes in table.by_path().into_values() {
            let Some(first) = routes.first() else {
                continue;
            };
            let place = Place::new(&routes, &rules)?;
            if first.is_exact() {
                paths.exact.insert(first.path.clone(), place);
                continue;
            }
            let segments: Vec<Option<String>> = segments(&first.path)
                .map(|segment| (!segment.starts_with('{')).then(|| segment.to_owned()))
                .collect();
            let of_length = paths.patterns.entry(segments.len()).or_default();
            of_length.push(Pattern { segments, place });
        }
        for patterns in paths.patterns.values_mut() {
            patterns.sort_by_key(|pattern| {
                let wild: Vec<bool> = pattern.segments.iter().map(Option::is_none).collect();
                wild
            });
        }
        Ok(paths)
    }

    /// The place of a request's path, as it came over the wire.
    pub(super) fn find(&self, path: &str) -> Option<&Place> {
        if let Some(place) = self.exact.get(path) {
            return Some(place);
        }
        // A slash inside a parameter: no path of ours.
        if path.to_ascii_lowercase().contains("%2f") {
            return None;
        }
        let given: Vec<&str> = segments(path).collect();
        let patterns = self.patterns.get(&given.len())?;
        let found = patterns.iter().find(|pattern| pattern.matches(&given));
        found.map(|pattern| &pattern.place)
    }
}

impl Pattern {
    fn matches(&self, given: &[&str]) -> bool {
        let pairs = self.segments.iter().zip(given);
        pairs
            .into_iter()
            .all(|(own, given)| own.as_ref().map_or(!given.is_empty(), |own| own == given))
    }
}

impl Place {
    /// Where methods of a path differ in a limit the larger one holds, as at the gateway; rate classes differ by method.
    fn new(routes: &[&Route], rules: &HashMap<&str, Rule>) -> anyhow::Result<Self> {
        let first = routes.first().context("a path without routes")?;
        let mut methods = BTreeSet::new();
        let mut by_method = HashMap::new();
        for route in routes {
            let rule = rules
                .get(route.rate_class.as_str())
                .with_context(|| format!("no rate class {}", route.rate_class))?;
            for name in &route.methods {
                methods.insert(name.as_str());
                by_method.insert(name.parse()?, *rule);
                if name == "GET" {
                    methods.insert("HEAD");
                    by_method.insert(Method::HEAD, *rule);
                }
            }
        }
        let methods: Vec<&str> = methods.into_iter().collect();
        let timeout = routes.iter().map(|route| route.timeout_ms).max();
        let body_kb = routes.iter().map(|route| route.body_limit_kb).max();
        Ok(Self {
            service: first.service.clone(),
            allow: HeaderValue::try_from(methods.join(", "))?,
            timeout: Duration::from_millis(timeout.unwrap_or_default().into()),
            body_bytes_max: usize::try_from(body_kb.unwrap_or_default())?.saturating_mul(1024),
            rules: by_method,
        })
    }

    /// How often one client may ask like this; `None`: the path does not know the method.
    pub(super) fn rule(&self, method: &Method) -> Option<Rule> {
        self.rules.get(method).copied()
    }
}

fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').skip(1)
}

/// The limiter's rules by rate class. The burst comes on top of the request that the steady rate lets through.
fn rules(table: &Table) -> HashMap<&str, Rule> {
    let classes = table.rate_classes.iter().map(|class| {
        // Once per process, for as long as it runs: the limiter's names are part of its keys.
        let name: &'static str = Box::leak(class.name.clone().into_boxed_str());
        let burst = class.burst.saturating_add(1);
        let rule = Rule::per_minute(name, burst, class.per_minute);
        (class.name.as_str(), rule)
    });
    classes.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(routes: &[(&str, &str, &str)]) -> Paths {
        let class = "[[rate_class]]\nname = \"read\"\nper_minute = 60\nburst = 5\n".to_owned();
        let route = |(path, method, service): &(&str, &str, &str)| {
            format!(
                "[[route]]\npath = {path:?}\nmethods = [{method:?}]\nservice = {service:?}\nrate_class = \"read\"\n"
            )
        };
        let routes: String = routes.iter().map(route).collect();
        Paths::new(&Table::parse(&(class + &routes)).unwrap()).unwrap()
    }

    #[test]
    fn the_more_literal_path_wins() {
        let paths = paths(&[
            ("/api/v1/{a}/notes/{b}", "GET", "orders"),
            ("/api/v1/carts/{id}/{line}", "GET", "cart"),
            ("/api/v1/carts/{id}", "GET", "cart"),
            ("/api/v1/carts/mine", "GET", "auth"),
        ]);
        let service = |path: &str| paths.find(path).map(|place| place.service.clone());
        assert_eq!(service("/api/v1/carts/notes/x").unwrap(), "cart");
        assert_eq!(service("/api/v1/other/notes/x").unwrap(), "orders");
        assert_eq!(service("/api/v1/carts/mine").unwrap(), "auth");
        assert_eq!(service("/api/v1/carts/c1").unwrap(), "cart");
    }

    #[test]
    fn a_parameter_is_one_segment() {
        let paths = paths(&[("/api/v1/carts/{id}/lines", "POST", "cart")]);
        assert!(paths.find("/api/v1/carts/c1/lines").is_some());
        for path in [
            "/api/v1/carts//lines",
            "/api/v1/carts/c1/lines/",
            "/api/v1/carts/c1/x/lines",
            "/api/v1/carts/a%2Fb/lines",
            "/api/v1/carts/a%2fb/lines",
            "api/v1/carts/c1/lines",
        ] {
            assert!(paths.find(path).is_none(), "{path}");
        }
    }

    #[test]
    fn head_goes_wherever_get_goes() {
        let paths = paths(&[("/api/v1/me", "GET", "auth"), ("/api/v1/me", "PUT", "auth")]);
        let place = paths.find("/api/v1/me").unwrap();
        assert_eq!(place.allow, "GET, HEAD, PUT");
        assert!(place.rule(&Method::HEAD).is_some());
        assert!(place.rule(&Method::POST).is_none());
    }
}
