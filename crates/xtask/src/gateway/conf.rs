//! Renders `nginx.conf`. The text is kept in one order: process, limits, maps, server, locations.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::PathBuf;

use super::line;
use super::problems::{problems, render_problem};
use crate::routes::{Route, Table};

/// Answers 200 while the gateway runs; asks no service.
pub(crate) const HEALTH_PATH: &str = "/gateway/healthz";

/// Identity and forwarding headers that only the gateway may set; what a client sends is dropped.
const STRIPPED: [&str; 19] = [
    "Forwarded",
    "X-Forwarded-Host",
    "X-Forwarded-Port",
    "X-Forwarded-Prefix",
    "X-Forwarded-Server",
    "X-Forwarded-User",
    "X-Forwarded-Email",
    "X-Forwarded-Groups",
    "X-Original-Url",
    "X-Rewrite-Url",
    "X-Http-Method-Override",
    "X-Real-Ip",
    "X-Client-Ip",
    "X-Remote-User",
    "X-User-Id",
    "X-User-Email",
    "X-User-Name",
    "X-User-Role",
    "X-User-Roles",
];

/// Everything the configuration depends on.
#[derive(Debug)]
pub(crate) struct Gateway<'a> {
    pub(crate) table: &'a Table,
    /// The loopback port to listen on.
    pub(crate) port: u16,
    /// `host:port` of each service.
    pub(crate) upstreams: BTreeMap<String, String>,
    /// Where the payment provider's script and frames come from.
    pub(crate) payment_origin: String,
    /// Sources of inline scripts for the content security policy.
    pub(crate) inline_hashes: Vec<String>,
    /// The built pages; `None` when there are none.
    pub(crate) pages: Option<PathBuf>,
    /// A private folder for temporary files and the pid.
    pub(crate) home: PathBuf,
    /// Where the access log goes.
    pub(crate) logs: PathBuf,
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
        self.upstream_blocks(&mut out);
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
        line!(out, "pid \"{}/nginx.pid\";", self.home.display());
        line!(out, "error_log stderr warn;");
        line!(out, "events {{\n  worker_connections 2048;\n}}");
    }

    fn common(&self, out: &mut String) {
        let tmp = self.home.join("tmp");
        for kind in ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"] {
            line!(out, "  {kind}_temp_path \"{}/{kind}\";", tmp.display());
        }
        out.push_str(include_str!("http.conf"));
        for header in STRIPPED {
            line!(out, "  proxy_set_header {header} \"\";");
        }
        line!(
            out,
            "  access_log \"{}/access.log\" access;",
            self.logs.display()
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

    fn upstream_blocks(&self, out: &mut String) {
        line!(out, "");
        for (name, address) in &self.upstreams {
            // A connection is dropped here before the service would drop it (idle_timeout_ms).
            line!(
                out,
                "  upstream {name} {{ server {address} max_fails=0; keepalive 32; keepalive_timeout 10s; }}"
            );
        }
    }

    fn server(&self, out: &mut String) {
        line!(out, "\n  server {{");
        line!(
            out,
            "    listen 127.0.0.1:{} default_server backlog=1024;",
            self.port
        );
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
            render_location(out, &routes);
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

    /// Security headers of pages: scripts, frames and calls only from us and the payment provider.
    fn page_headers(&self) -> String {
        let pay = &self.payment_origin;
        let hashes: String = self
            .inline_hashes
            .iter()
            .fold(String::new(), |all, hash| all + " " + hash);
        let policy = [
            "default-src 'self'".to_owned(),
            format!("script-src 'self' {pay}{hashes}"),
            // React sets style attributes of server-rendered markup.
            "style-src 'self'".to_owned(),
            "img-src 'self' data:".to_owned(),
            "font-src 'self'".to_owned(),
            format!("connect-src 'self' {pay}"),
            format!("frame-src {pay}"),
            "object-src 'none'".to_owned(),
            "base-uri 'self'".to_owned(),
            "form-action 'self'".to_owned(),
            "frame-ancestors 'none'".to_owned(),
        ]
        .join("; ");
        let headers = [
            ("Content-Security-Policy", policy.as_str()),
            ("X-Content-Type-Options", "nosniff"),
            ("X-Frame-Options", "DENY"),
            ("Referrer-Policy", "strict-origin-when-cross-origin"),
            (
                "Permissions-Policy",
                "camera=(), geolocation=(), microphone=()",
            ),
            ("Cross-Origin-Opener-Policy", "same-origin"),
        ];
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
fn render_location(out: &mut String, routes: &[&Route]) {
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
    line!(out, "      proxy_pass http://{};", first.service);
    line!(out, "    }}");
}
