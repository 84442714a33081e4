//! The gateway: nginx in front of everything, configured from the routing table.

mod conf;
mod pages;
mod problems;
#[cfg(test)]
mod tests;
mod upstreams;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use edge::headers::Headers;
use nix::sys::signal::Signal;

use crate::instance::{Instance, make_dir, write_file};
use crate::platform;
use crate::probe::Probe;
use crate::routes::Table;
use crate::state::State;
use crate::supervisor::Spec;

/// Appends a line to a text; writing to a string cannot fail.
macro_rules! line {
    ($out:expr, $($text:tt)*) => {{
        use std::fmt::Write as _;
        writeln!($out, $($text)*).unwrap_or_default()
    }};
}
use line;

pub(crate) use conf::{Gateway, HEALTH_PATH};
use upstreams::Upstreams;

/// Where nginx comes from, for people who have none.
pub(crate) const INSTALL_HINT: &str = "nginx is needed as the gateway: install it (Debian, Ubuntu: `apt install nginx-light`; macOS: `brew install nginx`)";

/// Finds nginx; as root on Debian installs it.
pub(crate) fn find_nginx() -> Result<PathBuf> {
    if let Some(path) = platform::find_program(&["nginx"]) {
        return Ok(path);
    }
    if platform::can_install() {
        platform::install(&["nginx-light"]).context(INSTALL_HINT)?;
        if let Some(path) = platform::find_program(&["nginx"]) {
            return Ok(path);
        }
    }
    bail!(INSTALL_HINT)
}

/// The gateway's configuration for an instance with these ports.
pub(crate) fn configuration(instance: &Instance, state: &State) -> Result<String> {
    let table = Table::load(instance.workspace())?;
    let port = |name: &str| {
        state
            .ports
            .get(name)
            .copied()
            .with_context(|| format!("no port for {name}"))
    };
    let dist = instance.workspace().join("web/dist");
    let headers = Headers::shipped()?;
    let gateway = Gateway {
        table: &table,
        headers: &headers,
        listen: format!("127.0.0.1:{}", port("gateway")?),
        upstreams: Upstreams::Fixed(
            crate::ports::SERVICES
                .iter()
                .map(|(name, _)| Ok(((*name).to_owned(), format!("127.0.0.1:{}", port(name)?))))
                .collect::<Result<_>>()?,
        ),
        payment_origin: format!("http://127.0.0.1:{}", port("paysim")?),
        inline_hashes: pages::inline_hashes(&dist)?,
        pages: dist.join("index.html").is_file().then_some(dist),
        pid: instance.path("gateway/nginx.pid"),
        temporary: instance.path("gateway/tmp"),
        access_log: instance.path("logs/access.log"),
        as_root: platform::is_root(),
    };
    Ok(gateway.render())
}

/// The configuration of the gateway's image (`docker/gateway/nginx.conf`), a template: the image's entrypoint puts in
/// the variables `TM_…`. Services are found by their names.
pub(crate) fn image_configuration(workspace: &Path) -> Result<String> {
    let gateway = Gateway {
        table: &Table::load(workspace)?,
        headers: &Headers::shipped()?,
        listen: "8080".to_owned(),
        upstreams: Upstreams::Named {
            resolver: "${TM_RESOLVER}".to_owned(),
            port: 8080,
        },
        payment_origin: "${TM_PAYMENT_ORIGIN}".to_owned(),
        inline_hashes: pages::inline_hashes(&workspace.join("web"))?,
        pages: Some(PathBuf::from("/usr/share/techmart/pages")),
        pid: PathBuf::from("/tmp/nginx.pid"),
        temporary: PathBuf::from("/tmp"),
        access_log: PathBuf::from("/dev/stdout"),
        as_root: false,
    };
    Ok(gateway.render())
}

/// Writes the configuration and lets nginx check it.
pub(crate) fn prepare(instance: &Instance, state: &State, nginx: &Path) -> Result<PathBuf> {
    let file = instance.path("gateway/nginx.conf");
    write_file(&file, configuration(instance, state)?.as_bytes(), 0o600)?;
    make_dir(&instance.path("gateway/tmp"), 0o700)?;
    check(nginx, &file)?;
    Ok(file)
}

/// `nginx -t`: one line when the configuration is refused.
pub(crate) fn check(nginx: &Path, file: &Path) -> Result<()> {
    let output = Command::new(nginx)
        .args(["-t", "-q", "-e", "stderr", "-c"])
        .arg(file)
        .output()
        .with_context(|| format!("cannot run {}", nginx.display()))?;
    if !output.status.success() {
        let stderr = String::from_utf8_lossy(&output.stderr);
        bail!(
            "nginx refuses its configuration: {}",
            stderr.lines().next().unwrap_or_default()
        );
    }
    Ok(())
}

/// How to run it.
pub(crate) fn spec(nginx: PathBuf, file: &Path, port: u16) -> Spec {
    Spec {
        name: "gateway".to_owned(),
        program: nginx,
        args: vec!["-e".into(), "stderr".into(), "-c".into(), file.into()],
        env: Vec::new(),
        env_once: Vec::new(),
        user: None,
        port,
        ops_port: None,
        probe: Probe::Http(format!("http://127.0.0.1:{port}{HEALTH_PATH}")),
        stop_signal: Signal::SIGQUIT, // finishes requests under way
        stop_after: Duration::from_secs(12),
    }
}
