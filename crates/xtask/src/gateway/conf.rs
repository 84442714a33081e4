//! Renders `nginx.conf`. The text is kept in one order: process, limits, maps, server, locations.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::PathBuf;

use edge::headers::Headers;

use super::line;
use super::problems::{problems, render_problem};
use super::upstreams::Upstreams;
use crate::routes::{Route, Table};

/// Answers 200 while the gateway runs; asks no service.
pub(crate) const HEALTH_PATH: &str = "/gateway/healthz";

/// Everything the configuration depends on.
#[derive(Debug)]
pub(crate) struct Gateway<'a> {
    pub(crate) table: &'a Table,
    /// What is dropped from requests, and what pages carry.
    pub(crate) headers: &'a Headers,
    /// The address and port to listen on, or the port alone.
    pub(crate) listen: String,
    /// Where requests go.
    pub(crate) upstreams: Upstreams,
    /// Where the payment provider's script and frames come from.
    pub(crate) payment_origin: String,
    /// Sources of inline scripts for the content security policy.
    pub(crate) inline_hashes: Vec<String>,
    /// The built pages; `None` when there are none.
    pub(crate) pages: Option<PathBuf>,
    /// The file with the process's number.
    pub(crate) pid: PathBuf,
    /// A folder for bodies that do not fit into memory.
    pub(crate) temporary: PathBuf,
    /// Where the access log goes.
    pub(crate) access_log: PathBuf,
    /// True when nginx starts as root: its workers then stay root like everything else.
    pub(crate) as_root: bool,
}

impl Gateway<'_> {
    /// The whole file.
    pub(crate) fn render(&self) -> String {
        let mut out = String::with_capacity(32 * 1024);
        line!(
            out,
            "# Generated from deploy/routes.toml by `cargo xtask gateway`. Do not edit."
        );
        self.process(&mut out);
        line!(out, "http {{");
        self.common(&mut out);
        self.limits(&mut out);
        self.upstreams.render(&mut out);
        self.server(&mut out);
        line!(out, "}}");
        out
    }

    fn process(&self, out: &mut String) {
        if self.as_root {
            line!(out, "user root;");
        }
        line!(
            out,
            "daemon off;\nworker_processes 2;\nworker_shutdown_timeout 10s;"
        );
        line!(out, "pid \"{}\";", self.pid.display());
        line!(out, "error_log stderr warn;");
        line!(out, "events {{\n  worker_connections 2048;\n}}");
    }

    fn common(&self, out: &mut String) {
        let tmp = &self.temporary;
        for kind in ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"] {
            line!(out, "  {kind}_temp_path \"{}/{kind}\";", tmp.display());
        }
        out.push_str(include_str!("http.conf"));
        for header in &self.headers.stripped {
            line!(out, "  proxy_set_header {header} \"\";");
        }
        line!(
            out,
            "  access_log \"{}\" access;",
            self.access_log.display()
        );
    }

    fn limits(&self, out: &mut String) {
        line!(out, "\n  # rate class of a request");
        line!(
            out,
            "  map \"$request_method $uri\" $tm_rate_class {{\n    default none;"
        );
        for route in &self.table.routes {
            let mut methods = route.methods.clone();
            if methods.iter().any(|method| method == "GET") {
                methods.push("HEAD".to_owned());
            }
            let pattern = route.pattern();
            let path = pattern.trim_start_matches('^');
            line!(
                out,
                "    \"~^({}) {path}\" {};",
                methods.join("|"),
                route.rate_class
            );
        }
        line!(out, "  }}");
        line!(
            out,
            "  map $tm_rate_class $tm_retry_after {{\n    default 1;"
        );
        for class in &self.table.rate_classes {
            line!(out, "    {} {};", class.name, class.retry_after());
        }
        line!(out, "  }}");
        for class in &self.table.rate_classes {
            let (name, rate) = (&class.name, class.per_minute);
            line!(
                out,
                "  map $tm_rate_class $tm_key_{name} {{ default \"\"; {name} $binary_remote_addr; }}"
            );
            line!(
                out,
                "  limit_req_zone $tm_key_{name} zone={name}:2m rate={rate}r/m;"
            );
        }
        line!(out, "  limit_req_status 429;\n  limit_req_log_level info;");
        for class in &self.table.rate_classes {
            let burst = if class.burst == 0 {
                String::new()
            } else {
                format!(" burst={} nodelay", class.burst)
            };
            line!(out, "  limit_req zone={}{burst};", class.name);
        }
    }

    fn server(&self, out: &mut String) {
        line!(out, "\n  server {{");
        line!(
            out,
            "    listen {} default_server backlog=1024;",
            self.listen
        );
        self.upstreams.render_server(out);
        line!(out, "    set $tm_allow \"GET, HEAD\";");
        for problem in problems() {
            line!(
                out,
                "    error_page {} ={} {};",
                problem.causes,
                problem.status,
                problem.place()
            );
        }
        for problem in problems() {
            render_problem(out, problem);
        }
        line!(
            out,
            "    location = {HEALTH_PATH} {{ access_log off; default_type text/plain; return 200 \"ok\\n\"; }}"
        );
        for routes in self.table.by_path().into_values() {
            render_location(out, &routes, &self.upstreams);
        }
        for prefix in ["/api", "/.well-known/", "/gateway/"] {
            line!(out, "    location {prefix} {{ return 404; }}");
        }
        self.render_pages(out);
        line!(out, "  }}");
    }

    fn render_pages(&self, out: &mut String) {
        let Some(dist) = &self.pages else {
            line!(
                out,
                "    location / {{ default_type text/plain; return 503 \"The pages are not built (they need Node); the API is at /api/v1.\\n\"; }}"
            );
            return;
        };
        let headers = self.page_headers();
        line!(out, "    root \"{}\";", dist.display());
        // Only the pages: the services compress their own answers, and an ETag stays as it was.
        let gzip = "gzip on; gzip_vary on; gzip_min_length 512; gzip_static on;\n      \
                    gzip_types text/css text/javascript application/json \
                    application/manifest+json image/svg+xml text/plain;";
        line!(
            out,
            "    location /assets/ {{\n      {gzip}\n      try_files $uri =404;\n      add_header Cache-Control \"public, max-age=31536000, immutable\";\n      add_header X-Content-Type-Options nosniff always;\n    }}"
        );
        line!(
            out,
            "    location = /index.html {{\n      {gzip}\n      add_header Cache-Control \"no-cache\" always;{headers}\n    }}"
        );
        // The build's manifest lies beside the pages and is nobody's business.
        line!(out, "    location ~ /\\. {{ return 404; }}");
        line!(
            out,
            "    location / {{\n      if ($request_method !~ \"^(GET|HEAD)$\") {{ return 405; }}\n      {gzip}\n      try_files $uri /index.html;\n      add_header Cache-Control \"public, max-age=3600\";{headers}\n    }}"
        );
    }

    /// Security headers of pages.
    fn page_headers(&self) -> String {
        let payment = std::slice::from_ref(&self.payment_origin);
        let headers = self.headers.of_pages(payment, &self.inline_hashes);
        headers
            .iter()
            .fold(String::new(), |mut all, (name, value)| {
                write!(all, "\n      add_header {name} \"{value}\" always;").unwrap_or_default();
                all
            })
    }
}

/// One path: its methods, its limits, its service. Where methods differ in a limit the larger
/// one holds; rate classes differ by method (see the map).
fn render_location(out: &mut String, routes: &[&Route], upstreams: &Upstreams) {
    let Some(first) = routes.first() else { return };
    let mut methods: BTreeSet<&str> = routes
        .iter()
        .flat_map(|route| route.methods.iter().map(String::as_str))
        .collect();
    if methods.contains("GET") {
        methods.insert("HEAD");
    }
    let methods: Vec<&str> = methods.into_iter().collect();
    let timeout = routes
        .iter()
        .map(|route| route.timeout_ms)
        .max()
        .unwrap_or_default();
    let body = routes
        .iter()
        .map(|route| route.body_limit_kb)
        .max()
        .unwrap_or_default();
    if first.is_exact() {
        line!(out, "    location = {} {{", first.path);
    } else {
        line!(out, "    location ~ \"{}\" {{", first.pattern());
    }
    line!(out, "      set $tm_allow \"{}\";", methods.join(", "));
    line!(
        out,
        "      if ($request_method !~ \"^({})$\") {{ return 405; }}",
        methods.join("|")
    );
    line!(out, "      client_max_body_size {body}k;");
    line!(out, "      proxy_read_timeout {timeout}ms;");
    line!(out, "      proxy_next_upstream_timeout {timeout}ms;");
    line!(out, "      proxy_hide_header X-Request-Id;");
    line!(out, "      add_header X-Request-Id $tm_request_id always;");
    upstreams.render_pass(out, &first.service);
    line!(out, "    }}");
}
