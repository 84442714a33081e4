//! Which crate may depend on which (docs/ARCHITECTURE.md, "Dependency rules").

use std::collections::{BTreeMap, BTreeSet};

use crate::metadata::Metadata;

/// Packages that must not be in the tree at all.
const BANNED: [&str; 3] = ["openssl", "openssl-sys", "native-tls"];

/// A crate of the workspace and what it needs of the workspace outside its tests.
pub(crate) type Graph = BTreeMap<String, (Kind, BTreeSet<String>)>;

/// What a crate is; decides what it may depend on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Kernel,
    Common,
    Contract,
    Pricing,
    /// The parts of search, below `crates/search`: the search service's alone.
    Search,
    Service,
    /// `services/all`: the six services in one process.
    Whole,
    /// `cloudwatch`, `documents`, `edge`, `mail`, `paysim`, `schema`, `testkit`, `xtask`.
    Other,
}

/// Reads the workspace's own edges; dev-dependencies are free (tests may look anywhere).
pub(crate) fn graph(metadata: &Metadata) -> Graph {
    metadata
        .members()
        .map(|package| {
            let path = package.dir().to_string_lossy().into_owned();
            let kind = match package.name.as_str() {
                "kernel" => Kind::Kernel,
                "common" => Kind::Common,
                "pricing" => Kind::Pricing,
                _ if path.contains("/crates/contracts/") => Kind::Contract,
                _ if path.contains("/crates/search/") => Kind::Search,
                "all" => Kind::Whole,
                _ if path.contains("/services/") => Kind::Service,
                _ => Kind::Other,
            };
            let edges = package.dependencies.iter();
            let edges = edges.filter(|d| d.path.is_some() && d.kind.as_deref() != Some("dev"));
            (
                package.name.clone(),
                (kind, edges.map(|d| d.name.clone()).collect()),
            )
        })
        .collect()
}

/// Every edge that is against the rules, in words.
pub(crate) fn mistakes(graph: &Graph) -> Vec<String> {
    let mut found = Vec::new();
    for (name, (kind, edges)) in graph {
        for edge in edges {
            let to = graph.get(edge).map_or(Kind::Other, |(kind, _)| *kind);
            let allowed = match kind {
                Kind::Kernel => false,
                // Behind a setting; a crate of its own because of what the SDK weighs.
                Kind::Common => to == Kind::Kernel || edge == "cloudwatch",
                Kind::Contract | Kind::Pricing => to == Kind::Kernel,
                Kind::Search => {
                    matches!(to, Kind::Search | Kind::Kernel) || edge == "contract-catalog"
                }
                // `schema` tells a service at its start which version of its tables it needs.
                Kind::Service => {
                    !matches!(to, Kind::Service | Kind::Whole)
                        && (to != Kind::Search || name == "search")
                        && !matches!(edge.as_str(), "testkit" | "xtask" | "paysim" | "edge")
                }
                // Puts services together and has no business of its own.
                Kind::Whole => {
                    to == Kind::Service || matches!(edge.as_str(), "common" | "edge" | "schema")
                }
                Kind::Other => other_may(name, edge),
            };
            if !allowed {
                found.push(format!("{name} must not depend on {edge}"));
            }
        }
    }
    found
}

/// What the crates with a rule of their own may need; one that is not named here needs nothing of ours.
fn other_may(name: &str, edge: &str) -> bool {
    let allowed: &[&str] = match name {
        "documents" => &["kernel"],
        "mail" => &["kernel", "common"],
        "testkit" => &["kernel", "common", "schema"],
        // It configures the gateway from the same table as the process of all services.
        "xtask" => &["edge"],
        _ => &[],
    };
    allowed.contains(&edge)
}

/// The banned packages among these.
pub(crate) fn banned<'a>(packages: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    packages.filter(|name| BANNED.contains(name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph_of(edges: &[(&str, Kind, &[&str])]) -> Graph {
        let entry = |(name, kind, to): &(&str, Kind, &[&str])| {
            (
                (*name).to_owned(),
                (*kind, to.iter().map(|to| (*to).to_owned()).collect()),
            )
        };
        edges.iter().map(entry).collect()
    }

    #[test]
    fn the_house_stands() {
        let graph = graph_of(&[
            ("kernel", Kind::Kernel, &[]),
            ("cloudwatch", Kind::Other, &[]),
            ("common", Kind::Common, &["kernel", "cloudwatch"]),
            ("pricing", Kind::Pricing, &["kernel"]),
            ("contract-cart", Kind::Contract, &["kernel"]),
            (
                "cart",
                Kind::Service,
                &["common", "kernel", "pricing", "contract-cart"],
            ),
            ("mail", Kind::Other, &["kernel", "common"]),
            ("edge", Kind::Other, &[]),
            ("xtask", Kind::Other, &["edge"]),
            ("all", Kind::Whole, &["cart", "common", "edge"]),
        ]);
        assert!(mistakes(&graph).is_empty());
    }

    #[test]
    fn forbidden_edges_are_named() {
        let graph = graph_of(&[
            ("kernel", Kind::Kernel, &["common"]),
            ("common", Kind::Common, &["kernel", "contract-cart"]),
            ("contract-cart", Kind::Contract, &["pricing"]),
            ("pricing", Kind::Pricing, &["common"]),
            ("cart", Kind::Service, &["orders", "testkit"]),
            ("orders", Kind::Service, &[]),
            ("mail", Kind::Other, &["orders"]),
            ("search-core", Kind::Search, &["common"]),
            ("catalog", Kind::Service, &["search-core", "all", "edge"]),
            ("edge", Kind::Other, &["kernel"]),
            ("cloudwatch", Kind::Other, &["common"]),
            ("xtask", Kind::Other, &["all", "catalog"]),
            ("all", Kind::Whole, &["catalog", "search-core", "mail"]),
        ]);
        assert_eq!(mistakes(&graph).len(), 17);
        assert!(mistakes(&graph).contains(&"cart must not depend on orders".to_owned()));
    }

    #[test]
    fn banned_packages_are_found() {
        let packages = ["serde", "openssl-probe", "native-tls"];
        assert_eq!(banned(packages.into_iter()), ["native-tls"]);
    }
}
