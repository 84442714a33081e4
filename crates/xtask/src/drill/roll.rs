//! A service is replaced without a request failing, as a rolling deployment does it: the next instance starts beside the
//! one that runs, gets the traffic once it is ready, and the one before finishes what it began.

use std::time::Duration;

use anyhow::{Context, Result};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::servers::{self, PATIENCE};
use crate::probe::Probe;
use crate::stack::Stack;
use crate::supervisor::Spec;
use crate::{build, gateway};

/// From "ready" to the first request. Load balancers look more than once; verifiers follow new keys every two seconds.
const BEFORE_TRAFFIC: Duration = Duration::from_secs(3);
/// The gateway's workers of before finish within this.
const AFTER_TRAFFIC: Duration = Duration::from_secs(1);

/// One service, and under which name it is supervised now.
#[derive(Debug)]
pub(super) struct Rolling {
    service: &'static str,
    process: String,
    starts: u32,
}

impl Rolling {
    /// A service as the stack started it.
    pub(super) fn of(service: &'static str) -> Self {
        Self {
            service,
            process: service.to_owned(),
            starts: 1,
        }
    }

    /// Replaces it by an instance with the settings of now and some more, which win.
    pub(super) async fn roll(
        &mut self,
        stack: &mut Stack,
        more: &[(String, String)],
    ) -> Result<()> {
        let (port, ops) = (servers::free_port()?, servers::free_port()?);
        let ops_name = format!("{}.ops", self.service);
        stack.state.ports.insert(self.service.to_owned(), port);
        stack.state.ports.insert(ops_name, ops);
        let mut env = stack.settings().service(self.service)?;
        env.extend_from_slice(more);
        self.starts += 1;
        let next = format!("{}-{}", self.service, self.starts);
        stack.supervisor.start(Spec {
            name: next.clone(),
            program: build::program(&stack.instance, self.service)?,
            args: Vec::new(),
            env,
            env_once: Vec::new(),
            user: None,
            port,
            ops_port: Some(ops),
            probe: Probe::Http(format!("http://127.0.0.1:{ops}/readyz")),
            stop_signal: Signal::SIGTERM,
            stop_after: Duration::from_secs(25),
        });
        stack.supervisor.wait_ready(&next, PATIENCE).await?;
        tokio::time::sleep(BEFORE_TRAFFIC).await;
        turn_traffic(stack)?;
        tokio::time::sleep(AFTER_TRAFFIC).await;
        let before = std::mem::replace(&mut self.process, next);
        stack.supervisor.stop(&[before]).await;
        Ok(())
    }
}

/// Starts the payment simulator again with the secrets of now.
pub(super) async fn restart_provider(stack: &mut Stack) -> Result<()> {
    const PROVIDER: &str = "paysim";
    stack.supervisor.stop(&[PROVIDER.to_owned()]).await;
    let port = stack.port(PROVIDER)?;
    stack.supervisor.start(Spec {
        name: PROVIDER.to_owned(),
        program: build::program(&stack.instance, PROVIDER)?,
        args: Vec::new(),
        env: stack.settings().paysim()?,
        env_once: Vec::new(),
        user: None,
        port,
        ops_port: None,
        probe: Probe::Tcp(port),
        stop_signal: Signal::SIGTERM,
        stop_after: Duration::from_secs(25),
    });
    stack.supervisor.wait_ready(PROVIDER, PATIENCE).await
}

/// Has the gateway read where the services are.
fn turn_traffic(stack: &Stack) -> Result<()> {
    gateway::prepare(&stack.instance, &stack.state, &gateway::find_nginx()?)?;
    let process = stack.supervisor.process("gateway");
    let process = process.context("there is no gateway")?;
    kill(Pid::from_raw(process.pid), Signal::SIGHUP).context("the gateway does not hear")?;
    Ok(())
}
