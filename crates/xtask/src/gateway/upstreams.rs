//! How the gateway finds the services.

use std::collections::BTreeMap;

use super::line;

/// Where requests go.
#[derive(Debug)]
pub(crate) enum Upstreams {
    /// `host:port` of each service.
    Fixed(BTreeMap<String, String>),
    /// Each service by its own name at this DNS server, all on this port. The name is asked again every second, so
    /// that instances may come and go.
    Named { resolver: String, port: u16 },
}

impl Upstreams {
    /// What stands before the server.
    pub(super) fn render(&self, out: &mut String) {
        line!(out, "");
        match self {
            Self::Fixed(addresses) => {
                for (name, address) in addresses {
                    // A connection is dropped here before the service would drop it (idle_timeout_ms).
                    line!(
                        out,
                        "  upstream {name} {{ server {address} max_fails=0; keepalive 32; keepalive_timeout 10s; }}"
                    );
                }
            }
            Self::Named { resolver, .. } => {
                line!(out, "  resolver {resolver} valid=1s ipv6=off;");
                line!(out, "  resolver_timeout 2s;");
            }
        }
    }

    /// What stands at the head of the server.
    pub(super) fn render_server(&self, out: &mut String) {
        if let Self::Named { .. } = self {
            // An instance that just started may not be ready yet, and one that died does not answer: another one does.
            line!(out, "    proxy_next_upstream error timeout http_503;");
            line!(out, "    proxy_connect_timeout 300ms;");
        }
    }

    /// What passes a request on to a service.
    pub(super) fn render_pass(&self, out: &mut String, service: &str) {
        match self {
            Self::Fixed(_) => line!(out, "      proxy_pass http://{service};"),
            // A name in a variable is looked up at every request; one in the text only when nginx starts.
            Self::Named { port, .. } => {
                line!(out, "      set $tm_service {service};");
                line!(out, "      proxy_pass http://$tm_service:{port};");
            }
        }
    }
}
