//! Redis (or Valkey): a private cache on loopback. The shop runs without it, only slower.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Result;
use nix::sys::signal::Signal;

use crate::instance::{Instance, write_file};
use crate::platform;
use crate::probe::Probe;
use crate::supervisor::Spec;

/// What people lose without it, in one line.
pub(crate) const MISSING: &str = "not found (Debian, Ubuntu: `apt install redis-server`); the shop runs without it, reads are slower and changes show up to 250 ms later";

/// Finds Redis or Valkey; as root on Debian installs Redis. `None` when there is none.
pub(crate) fn find() -> Option<PathBuf> {
    let names = ["redis-server", "valkey-server"];
    platform::find_program(&names).or_else(|| {
        if platform::can_install() {
            platform::install(&["redis-server"]).ok()?;
        }
        platform::find_program(&names)
    })
}

/// How to run it: a cache, so nothing is written to disk and old entries make room.
pub(crate) fn spec(
    instance: &Instance,
    program: PathBuf,
    port: u16,
    password: &str,
) -> Result<Spec> {
    let file = instance.path("redis/redis.conf");
    let text = format!(
        "bind 127.0.0.1\nport {port}\nprotected-mode yes\nrequirepass {password}\n\
         daemonize no\nsave \"\"\nappendonly no\nmaxmemory 128mb\nmaxmemory-policy allkeys-lru\n\
         dir {}\n",
        instance.path("redis").display()
    );
    write_file(&file, text.as_bytes(), 0o600)?;
    Ok(Spec {
        name: "redis".to_owned(),
        program,
        args: vec![file.into()],
        env: Vec::new(),
        env_once: Vec::new(),
        user: None,
        port,
        ops_port: None,
        probe: Probe::Redis {
            port,
            password: password.to_owned(),
        },
        stop_signal: Signal::SIGTERM,
        stop_after: Duration::from_secs(5),
    })
}

/// The address the services use.
pub(crate) fn url(port: u16, password: &str) -> String {
    format!("redis://:{password}@127.0.0.1:{port}/0")
}
