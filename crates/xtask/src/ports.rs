//! Chooses loopback ports: the remembered one, else the preferred one, else any that is free.

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, TcpListener};

use anyhow::{Context, Result};
use rand::RngExt;

use crate::state::State;

/// The services in the order in which they are listed, with their preferred ports.
pub(crate) const SERVICES: [(&str, u16); 6] = [
    ("auth", 8081),
    ("catalog", 8082),
    ("cart", 8083),
    ("checkout", 8084),
    ("orders", 8085),
    ("search", 8086),
];

/// The probe and metrics port of a service lies this much above its own.
const OPS_OFFSET: u16 = 1000;

/// Every listener of the stack with its preferred port.
fn listeners() -> Vec<(String, u16)> {
    let mut all: Vec<(String, u16)> = vec![
        ("gateway".to_owned(), 8080),
        ("paysim".to_owned(), 8090),
        ("postgres".to_owned(), 54320),
        ("redis".to_owned(), 63790),
        // The process of all services listens where the gateway does.
        ("techmart.ops".to_owned(), 9080),
    ];
    for (name, port) in SERVICES {
        all.push((name.to_owned(), port));
        all.push((format!("{name}.ops"), port + OPS_OFFSET));
    }
    all
}

/// Fills `state.ports` with ports that are free now.
///
/// `gateway` overrides the gateway's port and must be free. `preferred` is false for instances
/// beside the developer's own, which must not take the well-known ports.
pub(crate) fn assign(state: &mut State, gateway: Option<u16>, preferred: bool) -> Result<()> {
    if let Some(port) = gateway {
        if !is_free(port) {
            anyhow::bail!("port {port} is taken; give another with --port");
        }
        state.ports.insert("gateway".to_owned(), port);
    }
    let mut taken = BTreeSet::new();
    for (name, wish) in listeners() {
        let remembered = state.ports.get(&name).copied();
        let port = remembered
            .into_iter()
            .chain(preferred.then_some(wish))
            .find(|port| !taken.contains(port) && is_free(*port))
            .map_or_else(|| any_free(&taken), Ok)?;
        taken.insert(port);
        state.ports.insert(name, port);
    }
    Ok(())
}

/// True when nothing listens on that loopback port.
pub(crate) fn is_free(port: u16) -> bool {
    // SO_REUSEADDR (which std sets) lets a port in TIME_WAIT count as free, as the servers do.
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
}

/// A free port below the range from which systems take the ports of outgoing connections.
fn any_free(taken: &BTreeSet<u16>) -> Result<u16> {
    let mut random = rand::rng();
    (0..500)
        .map(|_| random.random_range(20_000..30_000))
        .find(|port| !taken.contains(port) && is_free(*port))
        .context("no free loopback port was found between 20000 and 30000")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_distinct_and_remembered() {
        let mut state = State::default();
        assign(&mut state, None, false).unwrap();
        let distinct: BTreeSet<u16> = state.ports.values().copied().collect();
        assert_eq!(distinct.len(), 5 + 2 * SERVICES.len());
        let first = state.ports.clone();
        assign(&mut state, None, false).unwrap();
        assert_eq!(first, state.ports);
    }

    #[test]
    fn every_service_of_the_routing_table_has_a_port() {
        assert_eq!(SERVICES.map(|(name, _)| name), edge::SERVICES);
    }

    #[test]
    fn a_taken_port_is_replaced() {
        let mut state = State::default();
        assign(&mut state, None, false).unwrap();
        let old = state.ports["redis"];
        let _listener = TcpListener::bind((Ipv4Addr::LOCALHOST, old)).unwrap();
        assign(&mut state, None, false).unwrap();
        assert_ne!(old, state.ports["redis"]);
    }

    #[test]
    fn a_wanted_gateway_port_that_is_taken_is_refused() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let error = assign(&mut State::default(), Some(port), false).unwrap_err();
        assert!(error.to_string().contains("is taken"));
    }
}
